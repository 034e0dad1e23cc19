import FuzzSupport

@testable import Compatibility

/// Signature and public key of minisign's: any bytes give one, whose text is the only one for it, or an error.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzSignature(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let bytes = Array(UnsafeBufferPointer(start: start, count: count))
    let lines = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).map(Array.init)
    do throws(MinisignError) {
        let signature = try MinisignSignature(parsing: bytes)
        let name = Array((signature.algorithm == .legacy ? "Ed" : "ED").utf8)
        law("an id has 8 bytes", signature.keyID.bytes.count == 8)
        law("line 2 is the only text for it", base64(name + signature.keyID.bytes + signature.signature) == lines[1])
        law("line 3 is the comment", Array("trusted comment: \(signature.trustedComment)".utf8) == lines[2])
        law("line 4 is the only text for it", base64(signature.commentSignature) == lines[3])
        for word in ["name", "version", ""] { _ = MinisignSignature.word(word, of: signature.trustedComment) }
    } catch {
        law("an error is safe to show", isPrintable(error.description))
        law("an error is bounded", error.description.utf8.count < 512)
    }
    do throws(MinisignError) {
        let key = try MinisignPublicKey(parsing: bytes)
        law("a key's line is the only text for it", base64(Array("Ed".utf8) + key.id.bytes + key.key) == lines[1])
    } catch {
        law("an error is safe to show", isPrintable(error.description))
    }
    return 0
}

/// The other direction, RFC 4648 section 4, written for this test alone.
private func base64(_ bytes: [UInt8]) -> [UInt8] {
    let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
    var text: [UInt8] = []
    for start in stride(from: 0, to: bytes.count, by: 3) {
        let group = bytes[start..<min(start + 3, bytes.count)]
        let number = group.reduce(0) { $0 << 8 | Int($1) } << (8 * (3 - group.count))
        for index in 0..<4 {
            text.append(index <= group.count ? alphabet[number >> (18 - 6 * index) & 63] : UInt8(ascii: "="))
        }
    }
    return text
}
