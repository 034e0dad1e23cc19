import TestSupport
import Testing

@testable import Compatibility

/// Reading of signatures and keys; nothing is verified here.
@Suite struct MinisignTests {
    @Test(arguments: [
        (MinisignVectors.prehashed, MinisignSignature.Algorithm.prehashed), (MinisignVectors.legacy, .legacy),
    ])
    func readsWhatMinisignWrites(_ text: String, _ algorithm: MinisignSignature.Algorithm) throws {
        let signature = try MinisignSignature(parsing: Array(text.utf8))
        #expect(signature.algorithm == algorithm)
        #expect("\(signature.keyID)" == "FCC6C75A9D4715A4")
        #expect(signature.trustedComment == "timestamp:1753000000 name=adder version=1.2.0")
        #expect(signature.signature.count == 64 && signature.commentSignature.count == 64)
        let key = try MinisignPublicKey(parsing: Array(MinisignVectors.publicKey.utf8))
        #expect(key.id == signature.keyID && key.key.count == 32)
    }

    private static let lines = MinisignVectors.prehashed.split(separator: "\n").map(String.init)

    private static func text(_ change: (inout [String]) -> Void) -> String {
        var lines = lines
        change(&lines)
        return lines.joined(separator: "\n") + "\n"
    }

    @Test(arguments: [
        ("", "it has 0 lines, expected 4"),
        ("\n\n\n\n", "line 1 does not begin with \"untrusted comment:\""),
        (text { $0.removeLast() }, "it has 3 lines, expected 4"),
        (text { $0.append("more") }, "it has 5 lines, expected 4"),
        (text { $0.append("") }, "it has 5 lines, expected 4"),
        (text { $0[0] = "comment: x" }, "line 1 does not begin with \"untrusted comment:\""),
        (text { $0[1].removeLast() }, "line 2 is no base64"),
        (text { $0[1] = "RUSk" }, "line 2 has 3 bytes as base64, expected 74"),
        (text { $0[1] = "RX" + $0[1].dropFirst(2) }, "line 2 names an algorithm other than Ed and ED"),
        (text { $0[2] = "Trusted comment: x" }, "line 3 does not begin with \"trusted comment: \""),
        (text { $0[2] += "\r" }, "line 3 holds control characters"),
        (text { $0[3] = "AAAA" }, "line 4 has 3 bytes as base64, expected 64"),
        (text { $0[3] += " " }, "line 4 is no base64"),
        (text { $0[2] += String(repeating: "x", count: 4096) }, "it has 4403 bytes, the limit is 4096"),
    ])
    func refusesEverythingElse(_ text: String, _ reason: String) {
        let error = #expect(throws: MinisignError.self) { _ = try MinisignSignature(parsing: Array(text.utf8)) }
        #expect(error?.description == reason)
    }

    @Test func refusesACommentThatIsNotText() {
        var bytes = Array(MinisignVectors.prehashed.utf8)
        bytes[bytes.lastIndex(of: UInt8(ascii: "="))! - 100] = 0xff
        #expect(throws: MinisignError.self) { _ = try MinisignSignature(parsing: bytes) }
    }

    @Test(arguments: [
        ("untrusted comment: x\n", "it has 1 lines, expected 2"),
        ("untrusted comment: x\nRWSk\n", "line 2 has 3 bytes as base64, expected 42"),
        (
            MinisignVectors.publicKey.replacing("RWSk", with: "RUSk"), "line 2 names an algorithm other than Ed"
        ), (String(repeating: "x", count: 2000), "it has 2000 bytes, the limit is 1024"),
    ])
    func refusesWhatIsNoKey(_ text: String, _ reason: String) {
        let error = #expect(throws: MinisignError.self) { _ = try MinisignPublicKey(parsing: Array(text.utf8)) }
        #expect(error?.description == reason)
    }

    @Test(arguments: [
        ("name=adder version=1", "name", "adder"), ("x\tname=adder", "name", "adder"), ("surname=x", "name", nil),
        ("name=a name=b", "name", nil), ("name=a name=a", "name", "a"), ("name=", "name", ""), ("", "name", nil),
        ("name=a=b", "name", "a=b"),
    ])
    func findsTheWordsOfAComment(_ comment: String, _ key: String, _ value: String?) {
        #expect(MinisignSignature.word(key, of: comment) == value)
    }

    /// RFC 4648, section 10, and the texts beside each that would be the same bytes to a lenient reader.
    @Test(
        arguments: [
            ("", []), ("Zg==", [0x66]), ("Zm8=", [0x66, 0x6f]), ("Zm9v", [0x66, 0x6f, 0x6f]),
            ("Zm9vYg==", Array("foob".utf8)), ("+/+/", [0xfb, 0xff, 0xbf]), ("Zh==", nil), ("Zm9=", nil), ("Zg=", nil),
            ("Zg", nil), ("Zg===", nil), ("=Zg=", nil), ("Z===", nil), ("====", nil), ("Zg==Zg==", nil),
            ("Zm9v\n", nil),
            ("Zm 9", nil), ("-_-_", nil), ("Zm9\u{e9}", nil),
        ] as [(String, [UInt8]?)])
    func readsOneBase64TextForTheSameBytes(_ text: String, _ bytes: [UInt8]?) {
        #expect(Base64.decode(Array(text.utf8)[...]) == bytes)
    }
}
