import TestSupport
import Testing

/// The README's workflow, its steps run one after the other as GitHub's runner runs them, in a repository that holds redact.
@Suite(.serialized)
struct WorkflowTests {
    private let folder: TemporaryFolder
    private let shell: AuthorShell
    private let workflow: AuthorSection.Block

    /// A release of redact: what it calls itself, and whose sources it has.
    private struct Release {
        let version: String
        var sources: String
    }

    init() throws {
        folder = try TemporaryFolder()
        workflow = try AuthorSection().workflow()
        let variables = [
            "PLUGIN": "redact.so", "HEADER": "Sources/CRedact/redact.h", "CONTRACT": "Sources/CRedact/redact.contract",
            "BUILDS": folder.file("builds"),
        ]
        shell = AuthorShell(folder: folder.file("plugin"), variables: variables)
        try Self.make(folder.file("plugin"))
        try Self.make(folder.file("builds"))
        for version in ["1.0.0", "1.1.0", "2.0.0"] {
            let bytes = try readFile(BuiltPlugins.path("redact", version))
            try folder.write(bytes, to: "builds/redact-\(version).so")
            guard version == "2.0.0" else { continue }
            // The manifest is text in the file: the same plugin under the name of a minor release.
            let place = try #require(bytes.indices.first { bytes[$0...].starts(with: Array("version = 2.0.0".utf8)) })
            var renamed = bytes
            renamed.replaceSubrange(place..<(place + 15), with: Array("version = 1.2.0".utf8))
            try folder.write(renamed, to: "builds/redact-1.2.0.so")
        }
        let result = try shell.run("git init -q; printf '*.so\\n*.so.contract\\n' >.gitignore")
        #expect(result.exitCode == 0, "\(result.stdout)")
    }

    /// Commits a release, and tags it where it is out.
    private func commit(_ version: String, sources: String, isOut: Bool = false) throws {
        let package = "\(AuthorSection.repository)/Plugins/Redact/\(sources)"
        let result = try shell.run(
            """
            rm -rf Sources Package.swift
            cp -r '\(package)/Package.swift' '\(package)/Sources' .
            sed -i 's/^version = .*/version = \(version)/' Sources/*/plugin.manifest
            # The package is built by scripts/build-plugins, by its author's line; here its product is put in place.
            cat >build <<'END'
            version=$(sed -n 's/^version = //p' Sources/*/plugin.manifest)
            cp "$BUILDS/redact-$version.so" redact.so
            cp Sources/CRedact/redact.contract redact.so.contract
            END
            git add -A
            git commit -qm 'redact \(version)'
            \(isOut ? "git tag \(version)" : "")
            """)
        #expect(result.exitCode == 0, "\(result.stdout)")
    }

    /// Runs the steps until one fails: its name, and what the last one printed.
    private func runSteps() throws -> (failed: String?, output: String) {
        let steps = workflow.steps
        #expect(
            steps.map(\.name) == [
                "runner", "toolchain", "build alone", "the snapshot is the header's", "check",
                "compare with the last release",
            ])
        var output = ""
        // The first makes a runner of an empty container; here the shell is one.
        for step in steps.dropFirst() {
            let result = try shell.run(step.commands, shell: ["sh", "-e"])
            output = result.stdout
            if result.exitCode != 0 { return ("\(step.name): exit code \(result.exitCode)", output) }
        }
        return (nil, output)
    }

    @Test func whatItIsGivenIsWhatTheAuthorSectionMakes() throws {
        #expect(
            workflow.variables == ["PLUGIN": "greeter.so", "HEADER": "greeter.h", "CONTRACT": "greeter.contract"])
        #expect(
            workflow.steps[0].commands.contains(#"echo "SWITCHBOARD=$GITHUB_WORKSPACE/switchboard" >>"$GITHUB_ENV""#))
    }

    @Test func theFirstReleaseHasNothingToBeComparedWith() throws {
        try commit("1.0.0", sources: "1.0.0")
        let (failed, output) = try runSteps()
        #expect(failed == nil && output == "no release yet\n")
    }

    /// As where git distrusts the folder of a container: that there is no release must not be its excuse.
    @Test func aHistoryThatCannotBeReadFails() throws {
        try commit("1.0.0", sources: "1.0.0", isOut: true)
        try commit("1.1.0", sources: "1.1.0")
        _ = try shell.run("mv .git ../history")
        let (failed, _) = try runSteps()
        #expect(failed == "compare with the last release: exit code 128")
    }

    /// The very release that a tag is pushed for is compared with the one before it.
    @Test func aTaggedReleaseIsComparedWithTheOneBefore() throws {
        try commit("1.0.0", sources: "1.0.0", isOut: true)
        try commit("1.1.0", sources: "1.1.0", isOut: true)
        let (failed, output) = try runSteps()
        #expect(failed == nil && output.contains("declared 1.0.0..1.1.0"), "\(output)")
    }

    @Test func aMinorReleasePasses() throws {
        try commit("1.0.0", sources: "1.0.0", isOut: true)
        try commit("1.1.0", sources: "1.1.0")
        let (failed, output) = try runSteps()
        #expect(failed == nil)
        #expect(
            Self.withoutAbidiff(output) == """
                ::notice file=Sources/CRedact/redact.h,title=redact%3A compatible::declared 1.0.0..1.1.0 is a minor step, and nothing differs

                """)
    }

    @Test func anotherContractUnderTheNameOfAMinorReleaseFailsAndSaysWhy() throws {
        try commit("1.0.0", sources: "1.0.0", isOut: true)
        try commit("1.1.0", sources: "1.1.0", isOut: true)
        try commit("1.2.0", sources: "2.0.0")
        let (failed, output) = try runSteps()
        #expect(failed == "compare with the last release: exit code 3")
        let errors = output.split(separator: "\n").filter { $0.hasPrefix("::error ") }
        #expect(
            errors == [
                "::error file=Sources/CRedact/redact.h,line=12,title=constant.value::constant REDACT_REPLY_FORMAT changed: take it back, leave it out of the contract with --except, or release a new major version%0Aold callers survive only where nobody relies on it: 1 is compiled into OLD's side, 2 into NEW's%0Aold plugins survive only where nobody relies on it: 1 is compiled into OLD's side, 2 into NEW's",
                "::error file=Sources/CRedact/redact.h,title=redact%3A refused::declared 1.1.0..1.2.0 is a minor step; constant REDACT_REPLY_FORMAT changed: needs 2.0.0",
            ])
    }

    @Test func theSameContractAsAMajorReleasePasses() throws {
        try commit("1.1.0", sources: "1.1.0", isOut: true)
        try commit("2.0.0", sources: "2.0.0")
        let (failed, output) = try runSteps()
        #expect(failed == nil)
        #expect(output.hasSuffix("::declared 1.1.0..2.0.0 is a major step, and that is enough\n"))
    }

    @Test func aHeaderThatLeftItsSnapshotBehindFails() throws {
        try commit("1.0.0", sources: "1.0.0")
        _ = try shell.run("sed -i 's/REDACT_REPLY_FORMAT 1/REDACT_REPLY_FORMAT 2/' Sources/CRedact/redact.h")
        let (failed, _) = try runSteps()
        #expect(failed == "the snapshot is the header's: exit code 3")
    }

    /// Without the verdict of a program that need not be installed.
    private static func withoutAbidiff(_ output: String) -> String {
        output.split(separator: "\n").filter { !$0.contains("title=abidiff::") }.map { $0 + "\n" }.joined()
    }

    private static func make(_ folder: String) throws {
        let result = try Command.run(["mkdir", folder])
        guard result.exitCode == 0 else { throw TestSupportError(result.stderr) }
    }
}
