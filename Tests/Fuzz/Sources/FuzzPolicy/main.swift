import FuzzSupport

@testable import Compatibility

/// Policy: any bytes give a policy that reads back from its own lines, or an error safe to show.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzPolicy(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let bytes = Array(UnsafeBufferPointer(start: start, count: count))
    let policy: HostPolicy
    do throws(HostPolicyError) {
        policy = try HostPolicy(parsing: bytes)
    } catch {
        law("an error is safe to show", isPrintable(error.description))
        law("an error is bounded", error.description.utf8.count < 16_384)
        law("an error says what to do", !error.problem.isEmpty && !error.remedy.isEmpty)
        law("an error names a line of the text", (error.line ?? 1) <= bytes.count { $0 == 10 } + 1)
        return 0
    }
    law("folders are bounded", policy.folders.count <= HostPolicy.lineLimit)
    // By its first byte: to a String "/" with a combining mark behind it is another character.
    law("folders are absolute", policy.folders.allSatisfy { $0.utf8.first == UInt8(ascii: "/") })
    law("owners are bounded", policy.owners.count <= HostPolicy.lineLimit)
    law("severities are of gates", Set(policy.severities.keys).isSubset(of: GatePolicy.codes))

    let lines = PolicyKey.all.flatMap { key in key.texts(in: policy).map { "\(key.name) = \($0)\n" } }.joined()
    do throws(HostPolicyError) {
        law("a policy reads back from its lines", try HostPolicy(parsing: lines) == policy, lines)
    } catch {
        law("a policy's lines are a policy", false, "\(error) of \(lines)")
    }
    return 0
}
