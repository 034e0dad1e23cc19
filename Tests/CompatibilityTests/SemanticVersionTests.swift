import Compatibility
import Foundation
import Testing

/// The specification's own cases, and those of node-semver's fixtures that are about strict versions.
struct SemanticVersionTests {
    @Test(arguments: [
        "0.0.4", "1.2.3", "10.20.30", "1.1.2-prerelease+meta", "1.1.2+meta", "1.1.2+meta-valid", "1.0.0-alpha",
        "1.0.0-beta", "1.0.0-alpha.beta", "1.0.0-alpha.beta.1", "1.0.0-alpha.1", "1.0.0-alpha0.valid",
        "1.0.0-alpha.0valid", "1.0.0-alpha-a.b-c-somethinglong+build.1-aef.1-its-okay", "1.0.0-rc.1+build.1",
        "2.0.0-rc.1+build.123", "1.2.3-beta", "10.2.3-DEV-SNAPSHOT", "1.2.3-SNAPSHOT-123", "2.0.0+build.1848",
        "2.0.1-alpha.1227", "1.0.0-alpha+beta", "1.2.3----RC-SNAPSHOT.12.9.1--.12+788", "1.2.3----R-S.12.9.1--.12+meta",
        "1.2.3----RC-SNAPSHOT.12.9.1--.12", "1.0.0+0.build.1-rc.10000aaa-kk-0.1", "1.0.0-0A.is.legal",
        "9007199254740991.9007199254740991.9007199254740991", "1.0.0-99999999999999999999999", "1.0.0+001",
    ])
    func readsAndWrites(_ text: String) throws {
        #expect(try SemanticVersion(text).description == text)
    }

    @Test(arguments: [
        "", "1", "1.2", "1.2.3.4", "1.2.3-0123", "1.2.3-0123.0123", "1.1.2+.123", "+invalid", "-invalid",
        "-invalid+invalid", "-invalid.01", "alpha", "alpha.beta", "alpha.1", "1.0.0-alpha_beta", "1.0.0-alpha..",
        "1.0.0-alpha..1", "01.1.1", "1.01.1", "1.1.01", "1.2.3.DEV", "1.2-SNAPSHOT",
        "1.2.31.2.3----RC-SNAPSHOT.12.09.1",
        "1.2-RC-SNAPSHOT", "-1.0.3-gamma+b7718", "+justmeta", "9.8.7+meta+meta", "9.8.7-whatever+meta+meta",
        "v1.2.3", " 1.2.3", "1.2.3 ", "1.2.3-", "1.2.3+", "1.2.3-é", "１.2.3", "1.2.3\0", "1..3", "1.2.",
        "9007199254740992.0.0", "99999999999999999999999.0.0", "1.0.0-01",
    ])
    func refuses(_ text: String) {
        #expect(throws: SemanticVersionError.self) { try SemanticVersion(text) }
    }

    @Test(arguments: [
        ("1.02.3", 2, "a number without leading zeros"), ("1.2", 3, "a dot and the patch number"),
        ("1.2.3x", 5, "the end"), ("1.2.3-a..b", 8, "a letter, a digit or a hyphen"), ("", 0, "a digit"),
        ("1.2.3-01", 6, "a numeric identifier without leading zeros"),
        ("1.9007199254740992.0", 2, "a number of at most 9007199254740991"),
        (String(repeating: "1", count: 257), 256, "at most 256 bytes"),
    ])
    func saysWhereItStopped(_ text: String, _ position: Int, _ expected: String) {
        let error = #expect(throws: SemanticVersionError.self) { try SemanticVersion(text) }
        #expect(error?.text == text)
        #expect(error?.position == position)
        #expect(error?.expected == expected)
    }

    @Test func errorCannotForgeTerminalOutput() {
        let error = #expect(throws: SemanticVersionError.self) { try SemanticVersion("1.2.3\u{1b}[2J\n") }
        #expect(
            error?.description
                == "\"1.2.3\\u{1b}[2J\\u{a}\" is no semantic version: expected the end at byte 5")
    }

    /// Each stands before the next (SemVer 2.0.0, item 11, with the edges of identifiers).
    static let ascending = [
        "0.0.0-0", "0.0.0-0.0", "0.0.0", "0.0.1", "0.1.0", "1.0.0-0", "1.0.0-2", "1.0.0-11",
        "1.0.0-9999999999999999999", "1.0.0-10000000000000000000", "1.0.0--", "1.0.0-A", "1.0.0-alpha",
        "1.0.0-alpha.1", "1.0.0-alpha.1.0", "1.0.0-alpha.beta", "1.0.0-beta", "1.0.0-beta.2", "1.0.0-beta.11",
        "1.0.0-rc.1", "1.0.0", "1.0.1", "1.0.10", "1.2.0", "1.10.0", "2.0.0", "10.0.0",
    ]

    @Test func ordersEveryPair() throws {
        let versions = try Self.ascending.map { try SemanticVersion($0) }
        for (left, a) in versions.enumerated() {
            for (right, b) in versions.enumerated() {
                #expect((a < b) == (left < right), "\(a) < \(b)")
                #expect((a == b) == (left == right), "\(a) == \(b)")
            }
        }
    }

    @Test func buildMetadataHasNoPartInPrecedenceEqualityAndHash() throws {
        let (a, b) = (try SemanticVersion("1.0.0+a"), try SemanticVersion("1.0.0+b"))
        #expect(a == b && !(a < b) && !(b < a))
        #expect(Set([a, b]).count == 1)
        #expect(a.description == "1.0.0+a")
    }

    @Test func isCodedAsItsText() throws {
        let version = try SemanticVersion("1.4.0-rc.1+7")
        let json = try JSONEncoder().encode([version])
        #expect(String(decoding: json, as: UTF8.self) == "[\"1.4.0-rc.1+7\"]")
        #expect(try JSONDecoder().decode([SemanticVersion].self, from: json).first?.description == "1.4.0-rc.1+7")
        #expect(throws: DecodingError.self) {
            try JSONDecoder().decode([SemanticVersion].self, from: Data("[\"1.4\"]".utf8))
        }
    }

    @Test(arguments: [
        ("1.0.0", "1.x.y"), ("1.99.3", "1.x.y"), ("2.0.0-rc.1", "2.x.y"), ("0.3.7", "0.3.x"), ("0.3.0", "0.3.x"),
        ("0.0.3", "0.0.3"), ("0.0.0", "0.0.0"), ("12.0.1", "12.x.y"),
    ])
    func belongsToLine(_ text: String, _ line: String) throws {
        #expect(try SemanticVersion(text).line.description == line)
    }

    @Test func lineIsWhatCaretMatches() throws {
        let versions = try ["0.0.0", "0.0.1", "0.0.2", "0.1.0", "0.1.9", "0.2.0", "1.0.0", "1.7.0", "2.0.0", "2.0.1"]
            .map { try SemanticVersion($0) }
        for low in versions {
            let caret = try VersionRange("^\(low)")
            for high in versions where high >= low {
                #expect((low.line == high.line) == caret.contains(high), "\(low) \(high)")
            }
        }
    }
}
