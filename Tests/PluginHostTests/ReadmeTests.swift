import TestSupport
import Testing

/// The README's host is ReadmeExample.swift, to the letter: what a newcomer copies compiles and does what it says.
@Suite struct ReadmeTests {
    private static let repository = #filePath.split(separator: "/", omittingEmptySubsequences: false).dropLast(3)
        .joined(separator: "/")

    @Test func showsTheExampleThatIsCompiledHere() throws {
        let readme = String(decoding: try readFile(Self.repository + "/README.md"), as: UTF8.self)
        let example = String(
            decoding: try readFile(Self.repository + "/Tests/PluginHostTests/ReadmeExample.swift"), as: UTF8.self)
        #expect(readme.contains("```swift\n" + example + "```"))
    }

    @Test func runsTheExample() async throws {
        let folder = try TemporaryFolder()
        func adder(_ version: String, _ body: String) throws -> String {
            try Fixture.build(
                """
                #include <switchboard.h>
                SWB_MANIFEST("name = adder\\n" "version = \(version)\\n" "export = add\\n");
                SWB_EXPORT int32_t add(int32_t a, int32_t b) { return \(body); }
                """, named: "adder-\(version)", into: folder)
        }
        let answers = try await runHost(adder: adder("1.2.0", "a + b"), newer: adder("1.3.0", "a * b"))
        #expect(answers == [5, 6])
    }
}
