import TestSupport
import Testing

/// The support that every suite leans on, tested in the first suite that does.
@Suite struct TestSupportTests {
    @Test(arguments: Fixture.Compiler.allCases)
    func compilersBuildASharedObject(_ compiler: Fixture.Compiler) throws {
        let folder = try TemporaryFolder()
        let source: Fixture.Source = "#include <switchboard.h>\nSWB_EXPORT int f(void) { return 3; }\n"
        let path = try Fixture.build(source, compiler: compiler, into: folder)
        #expect(try readFile(path).starts(with: [0x7f, 0x45, 0x4c, 0x46]))
    }

    @Test func failedCompilationThrowsTheCompilersWords() throws {
        let folder = try TemporaryFolder()
        let error = try #require(throws: TestSupportError.self) {
            try Fixture.build("#error no such luck\n", into: folder)
        }
        #expect(error.description.contains("no such luck"))
    }

    @Test func commandDrainsBothOutputs() throws {
        let script = "head -c 300000 /dev/zero >&2; head -c 300000 /dev/zero; exit 7"
        let command = try Command.run(["sh", "-c", script])
        #expect(command.exitCode == 7)
        #expect(command.stdout.utf8.count == 300_000)
        #expect(command.stderr.utf8.count == 300_000)
    }

    @Test func commandCountsSignalsAsAShellDoes() throws {
        #expect(try Command.run(["sh", "-c", "kill -9 $$"]).exitCode == 137)
    }

    @Test func commandAddsToTheEnvironment() throws {
        let command = try Command.run(["sh", "-c", "echo $COLOUR; test -n \"$PATH\""], environment: ["COLOUR": "blue"])
        #expect(command.stdout == "blue\n")
        #expect(command.exitCode == 0)
    }

    @Test func folderGoesWithItsOwner() throws {
        var folder: TemporaryFolder? = try TemporaryFolder()
        let path = try #require(folder?.path)
        try folder?.write("x", to: "file")
        #expect(try Command.run(["mkdir", "-p", "\(path)/a/b"]).exitCode == 0)
        #expect(try Command.run(["ls", path]).stdout == "a\nfile\n")
        folder = nil
        #expect(try Command.run(["ls", path]).exitCode != 0)
    }
}
