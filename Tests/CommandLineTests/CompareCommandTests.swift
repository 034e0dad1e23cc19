import TestSupport
import Testing

/// `compare` over real plugins.
@Suite struct CompareCommandTests {
    private let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
    }

    /// A plugin with these lines in its manifest behind name and version, and a function for each of its exports.
    private func speaker(
        _ version: String, _ lines: [String], named file: String? = nil, code: String = "", flags: [String] = [],
        compiler: Fixture.Compiler = .clang
    ) throws -> String {
        let exports = lines.filter { $0.hasPrefix("export = ") }.map { $0.split(separator: " ")[2] }
        let manifest = (["name = speaker", "version = \(version)"] + lines).map { "\"\($0)\\n\"" }.joined(
            separator: " ")
        return try Fixture.build(
            .text(
                """
                #include <switchboard.h>
                SWB_MANIFEST(\(manifest));
                \(exports.map { "SWB_EXPORT int \($0)(int x); int \($0)(int x) { return x + 1; }\n" }.joined())
                \(code)
                """), named: file ?? "speaker-\(version)", compiler: compiler, flags: flags, into: folder)
    }

    @Test func nothingDiffers() throws {
        let old = try speaker("1.0.0", ["export = say"])
        let new = try speaker("1.0.1", ["export = say"])
        let result = try Plugctl.run("compare", old, new)
        #expect(
            result.stdout == """
                speaker 1.0.0 to 1.0.1: compatible
                  declared 1.0.0..1.0.1 is a patch step, and nothing differs

                """)
        #expect(result.exitCode == 0 && result.stderr.isEmpty)
    }

    @Test func anAdditionNeedsAMinorStep() throws {
        let old = try speaker("1.0.0", ["export = say"])
        let new = try speaker("1.0.1", ["export = say", "export = shout 00112233445566ff"])
        let result = try Plugctl.run("compare", old, new)
        #expect(
            result.stdout == """
                speaker 1.0.0 to 1.0.1: refused
                  CHANGE        SEVERITY  NEEDS  ABOUT  OLD  NEW               WHAT TO DO
                  export.added  additive  minor  shout  -    00112233445566ff
                  export.added: export shout was added
                  declared 1.0.0..1.0.1 is a patch step; export shout was added: needs 1.1.0

                """)
        #expect(result.exitCode == 3 && result.stderr.isEmpty)
        #expect(try Plugctl.run("compare", old, new, "--declared", "1.0.0..1.1.0").exitCode == 0)
    }

    @Test func everythingAtOnce() throws {
        let old = try speaker("1.0.0", ["export = say 00112233445566ff", "export = whisper message"])
        let new = try speaker(
            "1.1.0", ["export = say 10112233445566ff", "export = shout"],
            code: """
                #include <pthread.h>
                SWB_EXPORT void extra(void);
                void extra(void) { pthread_t thread; pthread_create(&thread, 0, 0, 0); }
                """, flags: ["-Wl,-soname,speaker"])
        let result = try Plugctl.run("compare", old, new, "--format", "github")
        // Which versions they are is the build machine's affair.
        #expect(
            result.stdout.replacing(/GLIBC_[0-9.]+[0-9]/, with: "GLIBC_x") == """
                ::error title=export.type::the type of say changed: keep the type, or release a new major version; plugctl contract diff shows both
                ::error title=export.removed::export whisper was removed: keep it, or release a new major version
                ::notice title=export.added::export shout was added
                ::notice title=unload.class::the old file is unloadable, the new one resident: it imports pthread_create, which may leave a running thread behind: do without it, or vouch with unload = clean: every swap keeps its memory else
                ::notice title=glibc.version::the old file needs GLIBC_x, the new one GLIBC_x: build it on an older system, or tell operators
                ::notice title=export.undeclared::the new file exports extra and does not declare it: declare it in the manifest, or compile with -fvisibility=hidden
                ::notice title=elf.soname::the soname was not set and is speaker
                ::error title=speaker%3A refused::declared 1.0.0..1.1.0 is a minor step; the type of say changed: needs 2.0.0

                """)
        #expect(result.exitCode == 3)
    }

    @Test func annotationsAreEscaped() throws {
        let old = try speaker("1.0.0", ["export = say"])
        let new = try speaker("2.0.0", ["export = says"])
        let result = try Plugctl.run("compare", old, new, "--format", "github", "--annotate", "a,b:c%.h")
        #expect(
            result.stdout == """
                ::warning file=a%2Cb%3Ac%25.h,title=export.removed::export say was removed: keep it, or release a new major version
                ::notice file=a%2Cb%3Ac%25.h,title=export.added::export says was added
                ::notice file=a%2Cb%3Ac%25.h,title=speaker%3A compatible::declared 1.0.0..2.0.0 is a major step, and that is enough

                """)
        #expect(result.exitCode == 0)
    }

    @Test func programsReadTheSame() throws {
        let old = try speaker("1.0.0", ["export = say"])
        let new = try speaker("1.0.1", ["export = say", "export = shout"])
        let byFormat = try Plugctl.run("compare", old, new, "--format", "json")
        #expect(
            byFormat.stdout
                == #"{"abidiff":null,"compatible":false,"findings":[{"bump":"minor","code":"export.added","new":"untyped","old":"","remedy":"","severity":"additive","statement":"export shout was added","subject":"shout"}],"needs":"minor","new":"\#(new)","newVersion":"1.0.1","old":"\#(old)","oldVersion":"1.0.0","plugin":"speaker","verdict":"declared 1.0.0..1.0.1 is a patch step; export shout was added: needs 1.1.0"}"#
                + "\n")
        #expect(byFormat.exitCode == 3)
        #expect(try Plugctl.run("compare", old, new, "--json").stdout == byFormat.stdout)
    }

    @Test func whatCannotBeCompared() throws {
        let plugin = try speaker("1.0.0", ["export = say"])
        let other = try greeter("1.0.0", into: folder)
        let strangers = try Plugctl.run("compare", plugin, other)
        #expect(strangers.exitCode == 3)
        #expect(
            strangers.stdout.hasSuffix("  no version is enough: the plugin was called speaker and is called greeter\n"))
        let missing = try Plugctl.run("compare", plugin, folder.file("nothing.so"))
        #expect(missing.stderr == "error[not-found]: no such file: \(folder.file("nothing.so"))\n")
        #expect(missing.exitCode == 4 && missing.stdout.isEmpty)
        let plain = try Fixture.build("int foreign;", named: "plain", into: folder)
        let foreign = try Plugctl.run("compare", plugin, plain)
        #expect(
            foreign.stderr == "error[manifest]: \(plain) has no readable manifest; plugctl check \(plain) says more\n")
        #expect(foreign.exitCode == 3 && foreign.stdout.isEmpty)
        let backwards = try Plugctl.run("compare", try speaker("1.0.1", ["export = say"]), plugin)
        #expect(backwards.exitCode == 3)
        #expect(backwards.stdout.hasSuffix("  1.0.0 is older than 1.0.1: give the older release first\n"))
    }
}
