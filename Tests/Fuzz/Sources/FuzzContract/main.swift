import Compatibility
import FuzzSupport

@testable import Contract

/// Contract: any text gives a contract, which reads back from its own snapshot, or an error safe to show.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzContract(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    var text = String(decoding: UnsafeBufferPointer(start: start, count: count), as: UTF8.self)
    var contract: Contract?
    // A changed text is refused for its digests, before most of what could go wrong: they are set right, some of them.
    for _ in 0..<8 where contract == nil {
        do throws(LineError) {
            contract = try Contract(snapshot: text)
        } catch {
            law("an error is safe to show", isPrintable(error.description))
            law("an error is bounded", error.description.utf8.count < 16_384)
            law("an error says what to do", !error.problem.isEmpty && !error.remedy.isEmpty)
            law("an error names a line of the text", (error.line ?? 1) <= text.utf8.count { $0 == 10 } + 1)
            guard let repaired = repaired(text, error) else { return 0 }
            text = repaired
        }
    }
    guard let contract else { return 0 }
    for (symbol, export) in contract.exports {
        let digest = contract.digest(of: symbol)
        law("a function has a digest, and a message has none", (digest == nil) == (export == .message))
        law("a digest is one", digest.map { $0.utf8.count == 16 && UInt64($0, radix: 16) != nil } ?? true)
    }
    let snapshot = contract.snapshot
    law("a snapshot is safe to show", snapshot.split(separator: "\n").allSatisfy { isPrintable(String($0)) })
    do throws(LineError) {
        let again = try Contract(snapshot: snapshot)
        law("a contract reads back from its snapshot", again == contract, snapshot)
        law("a contract has one snapshot", again.snapshot == snapshot)
    } catch {
        law("a contract's snapshot is a snapshot", false, "\(error) of \(snapshot)")
    }
    return 0
}

/// The text with the digest that the error says, where it says one.
private func repaired(_ text: String, _ error: LineError) -> String? {
    guard let number = error.line, let place = error.problem.firstRange(of: "has digest ") else { return nil }
    let digest = error.problem[place.upperBound...].prefix { $0 != " " }
    // By bytes: a character may be a line end and what precedes it.
    var lines = text.utf8.split(separator: 10, omittingEmptySubsequences: false).map { Array($0) }
    let words = lines[number - 1].split(separator: 32)
    guard words.count == 3 else { return nil }
    lines[number - 1] = Array(words[0] + [32] + words[1] + [32] + digest.utf8)
    return String(decoding: Array(lines.joined(separator: [10])), as: UTF8.self)
}
