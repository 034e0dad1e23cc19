import Compatibility
import Testing

struct VersionBumpTests {
    @Test(arguments: [
        ("1.2.3..1.2.4", VersionBump.patch), ("1.2.3..1.3.0", .minor), ("1.2.3..1.9.7", .minor),
        ("1.2.3..2.0.0", .major), ("1.2.3..12.0.0", .major), ("0.9.0..1.0.0", .major),
        ("0.3.1..0.3.2", .minor), ("0.3.1..0.4.0", .major), ("0.0.3..0.0.4", .major),
        ("1.2.0..2.0.0-rc.1", .major), ("2.0.0-rc.1..2.0.0", .patch), ("1.1.0..1.2.0-beta", .minor),
    ])
    func whatAStepAllows(text: String, bump: VersionBump) throws {
        let step = try VersionStep(text)
        #expect(step.bump == bump)
        #expect(step.description == text)
    }

    @Test(arguments: [
        ("1.2.3", "1.2.4", "1.3.0", "2.0.0"), ("0.3.1", "0.3.2", "0.3.2", "0.4.0"),
        ("0.0.3", "0.0.4", "0.0.4", "0.0.4"),
    ])
    func theLowestVersionThatIsEnough(old: String, patch: String, minor: String, major: String) throws {
        let version = try SemanticVersion(old)
        for (bump, expected) in [(VersionBump.patch, patch), (.minor, minor), (.major, major)] {
            let next = bump.next(after: version)
            #expect(next.description == expected)
            let step = try #require(VersionStep(from: version, to: next))
            #expect(step.bump >= bump)
        }
    }

    @Test(arguments: [
        ("1.2.0", #""1.2.0" is no step of versions: write two versions as 1.2.0..1.3.0"#),
        ("1.2.0..1.2.0", #""1.2.0..1.2.0" is no step of versions: write two versions, not one twice"#),
        ("1.3.0..1.2.0", #""1.3.0..1.2.0" is no step of versions: write the older version first"#),
        (
            "1.2..1.3.0",
            #""1.2..1.3.0" is no step of versions: write two versions as 1.2.0..1.3.0: "#
                + #""1.2" is no semantic version: expected a dot and the patch number at byte 3"#
        ),
        ("", #""" is no step of versions: write two versions as 1.2.0..1.3.0"#),
    ])
    func whatIsNoStep(text: String, sentence: String) {
        let error = #expect(throws: VersionStepError.self) { try VersionStep(text) }
        #expect(error?.description == sentence)
    }

    @Test func aSmallerBumpAsksForLess() {
        #expect([VersionBump.major, .patch, .minor].sorted() == [.patch, .minor, .major])
    }
}
