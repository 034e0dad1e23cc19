import Glibc
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
        let old = try speaker("1.0.0", ["export = say 0123456789abcdef"])
        let new = try speaker("1.0.1", ["export = say 0123456789abcdef"])
        let result = try Plugctl.run("compare", old, new)
        #expect(
            result.stdout == """
                speaker 1.0.0 to 1.0.1: compatible
                  declared 1.0.0..1.0.1 is a patch step, and nothing differs

                """)
        #expect(result.exitCode == 0 && result.stderr.isEmpty)
    }

    /// A flag that was forgotten in CI would hide that the version did not grow.
    @Test func aStepThatTheManifestsDoNotSayIsTold() throws {
        let old = try speaker("1.0.0", ["export = say 0123456789abcdef"])
        let new = try speaker("1.0.1", ["export = say 0123456789abcdef"])
        let other = try Plugctl.run("compare", old, new, "--declared", "5.0.0..6.0.0")
        #expect(
            other.stdout == """
                speaker 5.0.0 to 6.0.0: compatible
                  CHANGE            SEVERITY  NEEDS  ABOUT  OLD           NEW           WHAT TO DO
                  version.declared  noted     patch  -      1.0.0..1.0.1  5.0.0..6.0.0  declare what the manifests say, or nothing
                  version.declared: the manifests say 1.0.0..1.0.1, and the declared 5.0.0..6.0.0 counts
                  declared 5.0.0..6.0.0 is a major step, and that is enough

                """)
        #expect(other.exitCode == 0)
        let annotated = try Plugctl.run("compare", old, new, "--declared", "5.0.0..6.0.0", "--format", "github")
        #expect(
            annotated.stdout.hasPrefix(
                "::notice title=version.declared::the manifests say 1.0.0..1.0.1, and the declared 5.0.0..6.0.0 counts: "
                    + "declare what the manifests say, or nothing\n"))
        #expect(
            try Plugctl.run("compare", old, new, "--declared", "5.0.0..6.0.0", "--format", "json").stdout
                .contains(#""code":"version.declared""#))
        let same = try Plugctl.run("compare", old, new, "--declared", "1.0.0..1.0.1")
        #expect(try same.stdout == Plugctl.run("compare", old, new).stdout)
    }

    /// Half of a file lacks half of what it has, and none of that is a change that a version could announce.
    @Test func aBrokenFileIsRefused() throws {
        let old = try speaker("1.0.0", ["export = say 0123456789abcdef"])
        let half = folder.file("half.so")
        #expect(try Command.run(["sh", "-c", "head -c 3000 '\(old)' >'\(half)'"]).exitCode == 0)
        let result = try Plugctl.run("compare", old, half, "--declared", "1.0.0..2.0.0")
        #expect(result.exitCode == 3 && result.stdout.isEmpty, "\(result.stdout)")
        #expect(result.stderr.hasPrefix("error[elf]: \(half) is broken: "), "\(result.stderr)")
    }

    @Test func anAdditionNeedsAMinorStep() throws {
        let old = try speaker("1.0.0", ["export = say 0123456789abcdef"])
        let new = try speaker("1.0.1", ["export = say 0123456789abcdef", "export = shout 00112233445566ff"])
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
        let old = try speaker("1.0.0", ["export = say 0123456789abcdef"])
        let new = try speaker("2.0.0", ["export = says 0123456789abcdef"])
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
        let old = try speaker("1.0.0", ["export = say 0123456789abcdef"])
        let new = try speaker("1.0.1", ["export = say 0123456789abcdef", "export = shout"])
        let byFormat = try Plugctl.run("compare", old, new, "--format", "json")
        #expect(
            byFormat.stdout
                == #"{"abidiff":null,"compatible":false,"findings":[{"bump":"minor","code":"export.added","new":"untyped","old":"","remedy":"","severity":"additive","statement":"export shout was added","subject":"shout"}],"needs":"minor","newVersion":"1.0.1","oldVersion":"1.0.0","plugin":"speaker","verdict":"declared 1.0.0..1.0.1 is a patch step; export shout was added: needs 1.1.0"}"#
                + "\n")
        #expect(byFormat.exitCode == 3)
        #expect(try Plugctl.run("compare", old, new, "--json").stdout == byFormat.stdout)
    }

    @Test func whatCannotBeCompared() throws {
        let plugin = try speaker("1.0.0", ["export = say 0123456789abcdef"])
        let other = try greeter("1.0.0", into: folder)
        let strangers = try Plugctl.run("compare", plugin, other)
        #expect(strangers.exitCode == 3)
        #expect(
            strangers.stdout.hasSuffix("  no version is enough: the plugin was called speaker and is called greeter\n"))
        let missing = try Plugctl.run("compare", plugin, folder.file("nothing.so"))
        #expect(missing.stderr == "error[not-found]: no such file: \(folder.file("nothing.so"))\n")
        #expect(missing.exitCode == 4 && missing.stdout.isEmpty)
        for format in [["--json"], ["--format", "json"], ["--format=json"]] {
            let result = try Plugctl.run(["compare", plugin, folder.file("nothing.so")] + format)
            #expect(result.stdout.hasPrefix(#"{"error":{"code":"not-found","exit":4,"#), "\(format)")
        }
        let plain = try Fixture.build("int foreign;", named: "plain", into: folder)
        let foreign = try Plugctl.run("compare", plugin, plain)
        #expect(
            foreign.stderr == "error[manifest]: \(plain) has no readable manifest; plugctl check \(plain) says more\n")
        #expect(foreign.exitCode == 3 && foreign.stdout.isEmpty)
        let backwards = try Plugctl.run("compare", try speaker("1.0.1", ["export = say 0123456789abcdef"]), plugin)
        #expect(backwards.exitCode == 3)
        #expect(backwards.stdout.hasSuffix("  1.0.0 is older than 1.0.1: give the older release first\n"))
    }

    private func header(_ version: Int, _ text: String) throws -> String {
        try folder.write("#define VERSION \(version)\n#define LIMIT 8\n" + text, to: "greeter-\(version).h")
    }

    @Test func contractsAreComparedOnTheirOwn() throws {
        let old = try header(1, "struct point { int x; };\nint greet(struct point *);\n")
        let new = try header(2, "struct point { int x, y; };\nint greet(struct point *);\n")
        for (number, header) in [old, new].enumerated() {
            let written = try Plugctl.run(
                "contract", "snapshot", header, "--except", "VERSION", "--output", folder.file("\(number).contract"))
            #expect(written.exitCode == 0, "\(written.stderr)")
        }
        let (before, after) = (folder.file("0.contract"), folder.file("1.contract"))
        let arguments = ["compare", before, after, "--declared", "1.0.0..1.1.0", "--format", "github", "--annotate"]
        let result = try Plugctl.run(arguments + [new])
        #expect(
            result.stdout.replacing(folder.path + "/", with: "") == """
                ::error file=greeter-2.h,line=3,title=member.added::struct point, member y was added (greet): take it back, or release a new major version%0Aold callers survive only where a caller of OLD never makes struct point itself: NEW's plugin uses y%0Aold plugins survive only where a plugin of OLD never makes struct point itself: NEW's host uses y
                ::error file=greeter-2.h,line=3,title=record.size::struct point changed (greet): take it back, or release a new major version%0Aold callers survive only where a caller of OLD never makes struct point itself: NEW's plugin uses the bytes beyond 4%0Aold plugins survive only where a plugin of OLD never makes struct point itself: NEW's host uses the bytes beyond 4
                ::error file=greeter-2.h,title=greeter-2.h%3A refused::declared 1.0.0..1.1.0 is a minor step; struct point, member y was added (greet): needs 2.0.0

                """)
        #expect(result.exitCode == 3 && result.stderr.isEmpty)
        let free = try Plugctl.run("compare", before, after)
        #expect(free.stdout.hasSuffix(": needs a major step\n") && free.exitCode == 3)
        #expect(free.stdout.hasPrefix("greeter-2.h: refused\n"))
        let same = try Plugctl.run("compare", before, before)
        #expect(same.stdout == "greeter-1.h: compatible\n  no difference\n" && same.exitCode == 0)
        // A version's number is another in every release: who does not leave it out hears of it.
        let headers = try Plugctl.run("compare", old, new)
        #expect(headers.stdout.contains("VERSION = 1") && headers.exitCode == 3)
    }

    @Test func aPipeIsNotWaitedFor() throws {
        let header = try header(1, "int say(int);\n")
        let pipe = folder.file("pipe")
        #expect(mkfifo(pipe, 0o600) == 0)
        let result = try Plugctl.run("compare", header, pipe)
        #expect(result.stderr == "error[usage]: \(pipe) is not a regular file: write what it holds to one\n")
        #expect(result.exitCode == 2)
    }

    @Test func aPluginAndAContractAreNotOfAKind() throws {
        let plugin = try speaker("1.0.0", ["export = say 0123456789abcdef"])
        let header = try header(1, "int say(int);\n")
        let mixed = try Plugctl.run("compare", plugin, header)
        #expect(
            mixed.stderr
                == "error[usage]: one of OLD and NEW is a plugin, the other a contract: give two of a kind; see plugctl compare --help\n"
        )
        #expect(mixed.exitCode == 2)
        try folder.write("switchboard-contract 1\nheader x.h\n", to: "speaker-1.0.0.so.contract")
        let broken = try Plugctl.run("compare", plugin, plugin)
        #expect(broken.stderr.hasPrefix("error[contract.snapshot]: \(plugin).contract: "))
        #expect(broken.exitCode == 3)
    }

    private static let abidiff: String? = try? Command.run(["abidiff", "--version"]).stdout

    /// Whose verdict stands beside ours, and never for consent where it could not tell.
    @Test(
        .enabled("install the package abigail-tools") { abidiff != nil },
        arguments: [
            (
                "int b; int a;", ["-g"], "auto", 0,
                "  abidiff: changed, and it cannot tell whether somebody breaks (exit code 4)\n"
            ),
            ("int a; int b;", ["-g"], "auto", 0, "  abidiff: no change\n"),
            ("int a; int b;", ["-g"], "no", 0, ""),
            ("int a; int b;", [], "auto", 0, ""),
            ("int a; int b;", [], "yes", 1, "no debug information: compile with -g\n"),
            (
                "int a; int b; };\nSWB_EXPORT void more(void); void more(void) {} struct q { int a;", ["-g"], "yes", 0,
                "(exit code 4)\n"
            ),
        ])
    func abidiffIsHeard(members: String, flags: [String], mode: String, code: Int32, words: String) throws {
        func plugin(_ name: String, _ members: String) throws -> String {
            try speaker(
                "1.0.0", ["export = say 0123456789abcdef"], named: name,
                code: """
                    struct p { \(members) };
                    SWB_EXPORT int ask(struct p *p); int ask(struct p *p) { return p->a; }
                    """, flags: flags)
        }
        let result = try Plugctl.run(
            "compare", plugin("old", "int a; int b;"), plugin("new", members), "--abidiff", mode)
        #expect(result.exitCode == code, "\(result.stdout)\(result.stderr)")
        let said = result.stdout + result.stderr
        #expect(words.isEmpty ? !said.contains("abidiff") : said.contains(words), "\(said)")
    }

    @Test(.enabled("install the package abigail-tools") { abidiff != nil })
    func abidiffMayForbid() throws {
        let old = try speaker(
            "1.0.0", ["export = say 0123456789abcdef"], code: "SWB_EXPORT int ask(void); int ask(void) { return 1; }",
            flags: ["-g"])
        let new = try speaker("1.1.0", ["export = say 0123456789abcdef"], flags: ["-g"])
        let shown = try Plugctl.run("compare", old, new)
        #expect(shown.stdout.contains("  abidiff: incompatible (exit code 12)\n") && shown.exitCode == 0)
        let heard = try Plugctl.run("compare", old, new, "--abidiff", "yes")
        #expect(heard.stdout.hasSuffix("abidiff finds the new file incompatible with the old one: needs 2.0.0\n"))
        #expect(heard.exitCode == 3)
        // A program of that name that fails is no consent either.
        try folder.write("#!/bin/sh\necho broken >&2\nexit 1\n", to: "abidiff", mode: 0o755)
        let path = ["PATH": "\(folder.path):/usr/bin:/bin"]
        let failed = try Plugctl.run(["compare", old, new, "--abidiff", "yes"], environment: path)
        #expect(failed.stderr == "error[abidiff]: abidiff cannot tell: it failed, exit code 1: broken\n")
        #expect(failed.exitCode == 1)
        #expect(!(try Plugctl.run(["compare", old, new], environment: path).stdout.contains("abidiff")))
    }

    /// Exit bit 4 alone is no consent: a struct that grew in its middle gives no more.
    @Test(.enabled("install the package abigail-tools") { abidiff != nil })
    func aChangeThatNobodyCanJudgeBreaks() throws {
        func plugin(_ version: String, _ members: String) throws -> String {
            try speaker(
                version, ["export = ask"],
                code: """
                    struct p { \(members) };
                    SWB_EXPORT int look(struct p *p); int look(struct p *p) { return p->a; }
                    """, flags: ["-g"])
        }
        let old = try plugin("1.0.0", "int a; int b;"), new = try plugin("1.1.0", "int c; int a; int b;")
        #expect(try Plugctl.run("compare", old, new).exitCode == 0, "auto only shows it")
        let heard = try Plugctl.run("compare", old, new, "--abidiff", "yes")
        #expect(
            heard.stdout.hasSuffix(
                "is a minor step; abidiff sees a change, and no digest tells whether it breaks: needs 2.0.0\n"))
        #expect(heard.exitCode == 3)
    }
}
