import Compatibility
import Testing

/// node-semver's rules, by tables: most rows are those of its own fixtures.
struct VersionRangeTests {
    static let admitted: [(String, String)] = [
        ("1.0.0 - 2.0.0", "1.2.3"), ("^1.2.3+build", "1.2.3"), ("^1.2.3+build", "1.3.0"),
        ("1.2.3-pre+asdf - 2.4.3-pre+asdf", "1.2.3"), ("1.2.3-pre+asdf - 2.4.3-pre+asdf", "1.2.3-pre.2"),
        ("1.2.3-pre+asdf - 2.4.3-pre+asdf", "2.4.3-alpha"), ("1.2.3+asdf - 2.4.3+asdf", "1.2.3"),
        ("1.0.0", "1.0.0"), (">=*", "0.2.4"), ("", "1.0.0"), ("*", "1.2.3"), (">=1.0.0", "1.0.0"),
        (">=1.0.0", "1.0.1"), (">=1.0.0", "1.1.0"), (">1.0.0", "1.0.1"), (">1.0.0", "1.1.0"), ("<=2.0.0", "2.0.0"),
        ("<=2.0.0", "1.9999.9999"), ("<=2.0.0", "0.2.9"), ("<2.0.0", "1.9999.9999"), ("<2.0.0", "0.2.9"),
        (">= 1.0.0", "1.0.0"), (">=  1.0.0", "1.0.1"), (">=   1.0.0", "1.1.0"), ("> 1.0.0", "1.0.1"),
        (">  1.0.0", "1.1.0"), ("<=   2.0.0", "2.0.0"), ("<= 2.0.0", "1.9999.9999"), ("<=  2.0.0", "0.2.9"),
        ("<    2.0.0", "1.9999.9999"), ("<\t2.0.0", "0.2.9"), (">=0.1.97", "0.1.97"),
        ("0.1.20 || 1.2.4", "1.2.4"), (">=0.2.3 || <0.0.1", "0.0.0"), (">=0.2.3 || <0.0.1", "0.2.3"),
        (">=0.2.3 || <0.0.1", "0.2.4"), ("||", "1.3.4"), ("2.x.x", "2.1.3"), ("1.2.x", "1.2.3"),
        ("1.2.x || 2.x", "2.1.3"), ("1.2.x || 2.x", "1.2.3"), ("x", "1.2.3"), ("2.*.*", "2.1.3"), ("1.2.*", "1.2.3"),
        ("1.2.* || 2.*", "2.1.3"), ("1.2.* || 2.*", "1.2.3"), ("2", "2.1.2"), ("2.3", "2.3.1"), ("~0.0.1", "0.0.1"),
        ("~0.0.1", "0.0.2"), ("~x", "0.0.9"), ("~2", "2.0.9"), ("~2.4", "2.4.0"), ("~2.4", "2.4.5"),
        ("~>3.2.1", "3.2.2"), ("~1", "1.2.3"), ("~>1", "1.2.3"), ("~> 1", "1.2.3"), ("~1.0", "1.0.2"),
        ("~ 1.0", "1.0.2"), ("~ 1.0.3", "1.0.12"), (">=1", "1.0.0"), (">= 1", "1.0.0"), ("<1.2", "1.1.1"),
        ("< 1.2", "1.1.1"), ("~v0.5.4-pre", "0.5.5"), ("~v0.5.4-pre", "0.5.4"), ("=0.7.x", "0.7.2"),
        ("<=0.7.x", "0.7.2"), (">=0.7.x", "0.7.2"), ("<=0.7.x", "0.6.2"), ("~1.2.1 >=1.2.3", "1.2.3"),
        ("~1.2.1 =1.2.3", "1.2.3"), ("~1.2.1 1.2.3", "1.2.3"), ("~1.2.1 >=1.2.3 1.2.3", "1.2.3"),
        ("~1.2.1 1.2.3 >=1.2.3", "1.2.3"), (">=1.2.1 1.2.3", "1.2.3"), ("1.2.3 >=1.2.1", "1.2.3"),
        (">=1.2.3 >=1.2.1", "1.2.3"), (">=1.2.1 >=1.2.3", "1.2.3"), (">=1.2", "1.2.8"), ("^1.2.3", "1.8.1"),
        ("^0.1.2", "0.1.2"), ("^0.1", "0.1.2"), ("^0.0.1", "0.0.1"), ("^1.2", "1.4.2"), ("^1.2 ^1", "1.4.2"),
        ("^1.2.3-alpha", "1.2.3-pre"), ("^1.2.0-alpha", "1.2.0-pre"), ("^0.0.1-alpha", "0.0.1-beta"),
        ("^0.0.1-alpha", "0.0.1"), ("^0.1.1-alpha", "0.1.1-beta"), ("^x", "1.2.3"), ("x - 1.0.0", "0.9.7"),
        ("x - 1.x", "0.9.7"), ("1.0.0 - x", "1.9.7"), ("1.x - x", "1.9.7"), ("<=7.x", "7.9.9"),
        ("^0", "0.9.9"), ("^0.x", "0.4.0"), ("^0.0", "0.0.7"), ("^0.0.x", "0.0.7"), ("^1.x", "1.0.0"),
        ("~1.2.3-rc.1", "1.2.3-rc.2"), ("~1.2.3-rc.1", "1.2.9"), ("1.2 - 2.3", "2.3.9"), ("1 - 2", "2.9.9"),
        (">1.2", "1.3.0"), (">1", "2.0.0"), ("<=1.2", "1.2.99"), ("<=1", "1.99.99"), ("=1.2.3", "1.2.3"),
        ("= 1.2.3", "1.2.3"), ("v1.2.3", "1.2.3"), ("1.2.3+a", "1.2.3+b"), (" ^1.2 ", "1.2.0"),
        (">1.2.3-rc.1 <2", "1.2.3-rc.2"), ("1.2.3-rc.1", "1.2.3-rc.1"), ("^1.0||^3", "3.1.0"), ("^1 || ", "9.9.9"),
        ("X", "0.0.0"), (">=0.0.0", "0.0.0"), (">1.2.3 <1.2.5-0", "1.2.4"), ("1.x.3", "1.9.9"), ("*.1.2", "7.0.0"),
        ("1.2.x-rc.1", "1.2.7"), ("^9007199254740991", "9007199254740991.4.0"),
        ("~9007199254740991.9007199254740991", "9007199254740991.9007199254740991.1"),
    ]

    static let refused: [(String, String)] = [
        ("1.0.0 - 2.0.0", "2.2.3"), ("1.2.3+asdf - 2.4.3+asdf", "1.2.3-pre.2"),
        ("1.2.3+asdf - 2.4.3+asdf", "2.4.3-alpha"),
        ("^1.2.3+build", "2.0.0"), ("^1.2.3+build", "1.2.0"), ("^1.2.3", "1.2.3-pre"), ("^1.2", "1.2.0-pre"),
        (">1.2", "1.3.0-beta"), ("<=1.2.3", "1.2.3-beta"), ("^1.2.3", "1.2.3-beta"), ("=0.7.x", "0.7.0-asdf"),
        (">=0.7.x", "0.7.0-asdf"), ("<=0.7.x", "0.7.0-asdf"), ("1.0.0", "1.0.1"), (">=1.0.0", "0.0.0"),
        (">=1.0.0", "0.0.1"), (">=1.0.0", "0.1.0"), (">1.0.0", "0.0.1"), (">1.0.0", "0.1.0"), ("<=2.0.0", "3.0.0"),
        ("<=2.0.0", "2.9999.9999"), ("<=2.0.0", "2.2.9"), ("<2.0.0", "2.9999.9999"), ("<2.0.0", "2.2.9"),
        (">=0.1.97", "0.1.93"), ("0.1.20 || 1.2.4", "1.2.3"), (">=0.2.3 || <0.0.1", "0.0.3"),
        (">=0.2.3 || <0.0.1", "0.2.2"), ("2.x.x", "1.1.3"), ("2.x.x", "3.1.3"), ("1.2.x", "1.3.3"),
        ("1.2.x || 2.x", "3.1.3"), ("1.2.x || 2.x", "1.1.3"), ("2.*.*", "1.1.3"), ("2.*.*", "3.1.3"),
        ("1.2.*", "1.3.3"), ("1.2.* || 2.*", "3.1.3"), ("1.2.* || 2.*", "1.1.3"), ("2", "1.1.2"), ("2.3", "2.4.1"),
        ("~0.0.1", "0.1.0-alpha"), ("~0.0.1", "0.1.0"), ("~2.4", "2.5.0"), ("~2.4", "2.3.9"), ("~>3.2.1", "3.3.2"),
        ("~>3.2.1", "3.2.0"), ("~1", "0.2.3"), ("~>1", "2.2.3"), ("~1.0", "1.1.0"), ("<1", "1.0.0"), (">=1.2", "1.1.1"),
        ("~v0.5.4-beta", "0.5.4-alpha"), ("=0.7.x", "0.8.2"), (">=0.7.x", "0.6.2"), ("<0.7.x", "0.7.2"),
        ("<1.2.3", "1.2.3-beta"), ("=1.2.3", "1.2.3-beta"), (">1.2", "1.2.8"), ("^0.0.1", "0.0.2-alpha"),
        ("^0.0.1", "0.0.2"), ("^1.2.3", "2.0.0-alpha"), ("^1.2.3", "1.2.2"), ("^1.2", "1.1.9"), ("*", "1.2.3-foo"),
        ("^1.0.0", "2.0.0-rc1"), ("1 - 2", "2.0.0-pre"), ("1 - 2", "1.0.0-pre"), ("1.0 - 2", "1.0.0-pre"),
        ("1.1.x", "1.0.0-a"), ("1.1.x", "1.1.0-a"), ("1.1.x", "1.2.0-a"), ("1.x", "1.0.0-a"), ("1.x", "1.1.0-a"),
        ("1.x", "1.2.0-a"), (">=1.0.0 <1.1.0", "1.1.0"), (">=1.0.0 <1.1.0", "1.1.0-pre"),
        (">=1.0.0 <1.1.0-pre", "1.1.0-pre"), ("<*", "0.0.0"), (">*", "1.0.0"), ("<x", "0.0.0-0"), (">X", "99.0.0"),
        ("<0.0.0", "0.0.0-0"), ("^0.0", "0.1.0"), ("^0", "1.0.0"), (">1", "1.9.9"), (">1.2", "1.2.99"),
        ("<=1.2", "1.3.0"), ("^1.2.3-rc.1", "1.2.4-rc.2"), ("^1.2.3-rc.1", "1.2.3-beta"), ("", "1.0.0-rc.1"),
        ("||", "1.0.0-rc.1"), ("1.2.3-rc.1", "1.2.3"), ("^1 <1.5", "1.5.0"), ("^1 ^2", "1.5.0"), ("^1 ^2", "2.5.0"),
        (">=2 <1", "1.5.0"), ("~1.2.3-rc.1", "1.3.0-rc.1"), ("<2.0.0", "2.0.0-rc.1"),
    ]

    static let malformed: [(String, Int, String)] = [
        ("foo", 0, "a number, \"x\" or \"*\""), (">", 1, "a number, \"x\" or \"*\""),
        ("^", 1, "a number, \"x\" or \"*\""), ("1.2.3.4", 5, "a blank, \"||\" or the end"),
        (">=1.2.3<2.0.0", 7, "a blank, \"||\" or the end"), ("1.2.3 -", 6, "a number, \"x\" or \"*\""),
        ("1.2.3 - ", 8, "a number, \"x\" or \"*\""), ("1 - 2 - 3", 6, "\"||\" or the end"),
        (">=1 - 2", 4, "a number, \"x\" or \"*\""), ("^01.2", 1, "a number without leading zeros"),
        ("1.2.3-01", 6, "a numeric identifier without leading zeros"), ("1.2.", 4, "a number, \"x\" or \"*\""),
        ("^1.2 | ^2", 5, "a comparator, \"||\" or the end"), ("^=1.2", 1, "a number, \"x\" or \"*\""),
        ("==1.2.3", 1, "a number, \"x\" or \"*\""), ("1.2-rc", 3, "a blank, \"||\" or the end"),
        ("1.2.3-", 6, "a letter, a digit or a hyphen"), ("1,2", 1, "a blank, \"||\" or the end"),
        (">>1", 1, "a number, \"x\" or \"*\""), ("=>1", 1, "a number, \"x\" or \"*\""),
        ("^1.2\n", 4, "a blank, \"||\" or the end"),
        ("<9007199254740992", 1, "a number of at most 9007199254740991"),
        ("^99999999999999999999999999999", 1, "a number of at most 9007199254740991"),
        (String(repeating: " ", count: 257), 256, "at most 256 bytes"),
    ]

    @Test(arguments: admitted)
    func admits(_ range: String, _ version: String) throws {
        #expect(try VersionRange(range).contains(SemanticVersion(version)))
    }

    @Test(arguments: refused)
    func leavesOut(_ range: String, _ version: String) throws {
        #expect(try !VersionRange(range).contains(SemanticVersion(version)))
    }

    @Test(arguments: malformed)
    func saysWhereItStopped(_ text: String, _ position: Int, _ expected: String) {
        let error = #expect(throws: VersionRangeError.self) { try VersionRange(text) }
        #expect(error?.text == text)
        #expect(error?.position == position)
        #expect(error?.expected == expected)
    }

    @Test func keepsTheTextAsWritten() throws {
        #expect(try VersionRange(" ^1.2  ||3.x").description == " ^1.2  ||3.x")
        #expect(try VersionRange("^1") == VersionRange("^1"))
        #expect(try VersionRange("^1") != VersionRange("1.x"))
    }

    @Test func errorIsOneSafeSentence() {
        let error = #expect(throws: VersionRangeError.self) { try VersionRange("^1\u{1b}") }
        #expect(
            error?.description == "\"^1\\u{1b}\" is no version range: expected a blank, \"||\" or the end at byte 2")
    }

    static let ofOneLine = [
        "^1.2", "1.x", "~1.4.2", "1.2.3", ">=1.2 <2", ">=1.2 <2.0.0-0", ">=1.2.0-rc.1 <2", "^0.3.1", "0.3.x", "~0.3",
        "^0.0.3", "0.0.3", ">=0.0.3 <0.0.4", ">0.0.3 <0.0.5", "^1 || ~1.9", "1.2 - 1.9", "1 - 1", "^0.0.3 || 0.0.3-rc",
        "<*", ">=2 <1", "^1 ^2", "^1 || ^2 <1", "2.0.0-rc.1", ">=2.0.0-rc.1 <2.0.0", ">=1.2 <2.0.0-0", "^1.9 <=1.99.5",
        ">=1.2.3-rc.1 <1.2.3", ">1.2.3-rc.1 <1.2.3-rc.1.1", "<0.0.1", ">=0.0.0 <0.0.1",
    ]

    static let ofSeveralLines = [
        "", "*", "x", ">=1", ">1.2", "<2", "<=1", "^1 || ^2", "1 - 2", "^0", "0.x", "~0", "^0.0", "~0.0.3", "0.0.x",
        ">=0.0.3 <0.0.5", ">=0.3 <0.5", ">=1 <2.0.1", ">=1 <=2.0.0", ">=0.9.9 <2", ">0.9.9 <2", "||", "^1 || *",
        ">=1.2 <2.0.0-beta", ">=1.2 <=2.0.0-0", "<0.0.2", "1.2.3 || 2.0.0-rc.1", "^0.3 || ^0.4", "0.0.3 || 0.0.4",
    ]

    @Test(arguments: ofOneLine)
    func staysWithinOneLine(_ range: String) throws {
        #expect(try VersionRange(range).staysWithinOneLine)
    }

    @Test(arguments: ofSeveralLines)
    func spansLines(_ range: String) throws {
        #expect(try !VersionRange(range).staysWithinOneLine)
    }

    /// The same question answered by enumeration: every admitted version of a grid is in one line.
    @Test(arguments: ofOneLine + ofSeveralLines)
    func agreesWithEnumeration(_ text: String) throws {
        let range = try VersionRange(text)
        var lines: Set<VersionLine> = []
        let suffixes = ["", "-0", "-alpha", "-beta", "-rc", "-rc.1", "-rc.1.0", "-rc.2"]
        for major in 0...3 {
            for minor in [0, 1, 2, 3, 4, 5, 8, 9, 10, 99] {
                for patch in [0, 1, 2, 3, 4, 5, 9, 10] {
                    for suffix in suffixes {
                        let version = try SemanticVersion("\(major).\(minor).\(patch)\(suffix)")
                        if range.contains(version) { lines.insert(version.line) }
                    }
                }
            }
        }
        #expect((lines.count <= 1) == range.staysWithinOneLine, "\(lines)")
    }

    /// 20,000 texts, each a few edits away from a sound one: none traps, and what is read keeps its text.
    @Test func survivesMutations() throws {
        let sample = try SemanticVersion("1.2.3-rc.1")
        var random = SplitMix64(seed: 0x5357)
        let alphabet = Array("0123456789.xX*-+ |<>=^~vab\t".utf8) + [0, 0x1b, 0xff]
        var read = 0
        for _ in 0..<20_000 {
            var bytes = Array(Self.admitted[Int(random.next() % UInt64(Self.admitted.count))].0.utf8)
            for _ in 0...random.next() % 4 { mutate(&bytes, alphabet, &random) }
            let text = String(decoding: bytes, as: UTF8.self)
            guard let range = try? VersionRange(text) else { continue }
            read += 1
            #expect(range.description == text)
            _ = range.staysWithinOneLine
            _ = range.contains(sample)
        }
        #expect(read > 1000 && read < 20_000)
    }

    /// What only pre-releases can be the lowest of was forgotten until a fuzzer asked: a bound that excludes itself is
    /// followed by itself and ".0", and below a pre-release lies "-0".
    @Test(
        arguments: [
            ("^1.2", "1.2.0"), (">1.2.3", "1.2.4"), ("<2", "0.0.0"), ("=1.2.3", "1.2.3"),
            (">=1.2.3-rc.1", "1.2.3-rc.1"),
            (">0.2.3 >1.2.3-3.1j", "1.2.3-3.1j.0"), (">1.2.2 <1.2.3-beta", "1.2.3-0"), ("^3 || ^1.4", "1.4.0"),
            (">2 <1", nil),
        ] as [(String, String?)])
    func hasALowest(_ range: String, _ lowest: String?) throws {
        #expect(try VersionRange(range).lowest?.description == lowest)
    }
}
