import Glibc
import TestSupport
import Testing

/// `plugctl contract snapshot` and `digest`, as an author uses them.
struct ContractCommandTests {
    private static let header = """
        #include <stdint.h>
        struct db;
        typedef struct { int x, y; } point;
        int greet(const point *at, struct db *db);
        uint32_t count(void);

        """

    @Test func snapshotIsWrittenAndVerified() throws {
        let folder = try TemporaryFolder()
        let header = try folder.write(Self.header, to: "greeter.h")
        let snapshot = folder.file("greeter.contract")
        let written = try Plugctl.run("contract", "snapshot", header, "-o", snapshot)
        #expect(written.stdout == "\(snapshot): 2 exports\n" && written.exitCode == 0)
        #expect(
            try Plugctl.run("contract", "snapshot", header).stdout
                == String(decoding: readFile(snapshot), as: UTF8.self))
        let same = try Plugctl.run("contract", "snapshot", header, "--verify", snapshot)
        #expect(same.stdout == "\(snapshot) is what greeter.h says\n" && same.exitCode == 0)

        try folder.write(Self.header.replacing("uint32_t count", with: "uint64_t count"), to: "greeter.h")
        let stale = try Plugctl.run("contract", "snapshot", header, "--verify", snapshot)
        #expect(stale.exitCode == 3 && stale.stdout.isEmpty)
        #expect(stale.stderr.hasPrefix("error[contract.stale]: \(snapshot) is not what \(header) says: judge it with "))
        #expect(stale.stderr.contains("\n  line 5 of the snapshot: export count "))
    }

    @Test func aSnapshotThatNobodyCouldReadIsNotWritten() throws {
        let folder = try TemporaryFolder()
        let names = (0..<600).map { "f\($0)" + String(repeating: "_", count: 4000) }
        let header = try folder.write(names.map { "void \($0)(void);\n" }.joined(), to: "large.h")
        let result = try Plugctl.run("contract", "snapshot", header, "-o", folder.file("large.contract"))
        #expect(
            result.stderr
                == "error[contract.too-large]: \(header): its snapshot has 4829251 bytes, the limit is 4194304: "
                + "split the header, or take part of its exports with --only\n")
        #expect(result.exitCode == 3 && result.stdout.isEmpty && access(folder.file("large.contract"), F_OK) != 0)
    }

    /// A CI job that is cancelled leaves nothing behind, however plugctl is ended: here by its own clang.
    @Test(arguments: ["TERM", "INT", "HUP", "KILL"])
    func noClangOutlivesPlugctl(signal: String) async throws {
        let folder = try TemporaryFolder()
        let header = try folder.write(Self.header, to: "greeter.h")
        let number = folder.file("number")
        let clang = try folder.write(
            "#!/bin/sh\necho $$ > \(number)\nkill -\(signal) $PPID\nexec sleep 300\n", to: "clang")
        chmod(clang, 0o755)
        // Whoever runs the tests may ignore these signals, and what is ignored stays so in every child.
        let result = try Command.run(
            ["env", "--default-signal", Plugctl.path, "contract", "snapshot", header],
            environment: ["SWITCHBOARD_CLANG": clang])
        #expect(result.exitCode > 128)
        let text = String(decoding: try readFile(number), as: UTF8.self)
        let process = try #require(Int32(text.dropLast()))
        defer { kill(process, SIGKILL) }
        try await eventually {
            let state = try Command.run(["cat", "/proc/\(process)/stat"]).stdout
            // A zombie is gone, too: whoever adopted it has not looked yet.
            return state.isEmpty || state.contains(") Z ")
        }
    }

    /// A name forgotten, and the header would be gone.
    @Test(arguments: [["snapshot", "-o"], ["digest", "--header"]])
    func whatIsReadIsNeverWritten(words: [String]) throws {
        let folder = try TemporaryFolder()
        let header = try folder.write(Self.header, to: "greeter.h")
        let result = try Plugctl.run(["contract", words[0], header, words[1], "\(folder.path)/./greeter.h"])
        #expect(result.exitCode == 2 && result.stderr.contains("is the file that is read: name another to write"))
        #expect(String(decoding: try readFile(header), as: UTF8.self) == Self.header)
    }

    @Test func headersLieInFoldersOfAnyName() throws {
        let folder = try TemporaryFolder()
        #expect(try Command.run(["mkdir", folder.file("jörg 日本")]).exitCode == 0)
        let header = try folder.write(Self.header + "#define MAX 3\n", to: "jörg 日本/grüße.h")
        let text = try Plugctl.run("contract", "snapshot", header).stdout
        #expect(text.hasPrefix("switchboard-contract 1\nheader grüße.h\n"), "\(text)")
        #expect(text.hasSuffix("\nconstant MAX = 3\n"), "\(text)")
    }

    @Test func digestIsTheSameFromHeaderAndSnapshot() throws {
        let folder = try TemporaryFolder()
        let header = try folder.write(Self.header, to: "greeter.h")
        let snapshot = try folder.write(Plugctl.run("contract", "snapshot", header).stdout, to: "greeter.contract")
        let digest = try Plugctl.run("contract", "digest", header)
        let lines = digest.stdout.split(separator: "\n")
        #expect(lines.map { $0.prefix(15) } == ["export = count ", "export = greet "])
        #expect(lines.allSatisfy { $0.split(separator: " ")[3].count == 16 } && digest.exitCode == 0)
        #expect(try Plugctl.run("contract", "digest", snapshot).stdout == digest.stdout)
        #expect(try Plugctl.run("contract", "digest", "--std=c++17", "-DX=1", "-I.", header).stderr.contains("extern"))
        let json = try Plugctl.run("contract", "digest", snapshot, "--json").stdout
        #expect(
            json.hasPrefix(#"{"exports":[{"symbol":"count","type":""#)
                && json.contains(#""header":"greeter.h","target":"#))
    }

    @Test func digestWritesATypeHeader() throws {
        let folder = try TemporaryFolder()
        let header = try folder.write(Self.header, to: "greeter.h")
        let types = folder.file("greeter_types.h")
        #expect(try Plugctl.run("contract", "digest", header, "--header", types).exitCode == 0)
        let program = "#include \"greeter_types.h\"\nconst char *type = GREETER_GREET_TYPE;\n"
        let source = try folder.write(program, to: "use.c")
        let compiled = try Command.run(["clang", "-fsyntax-only", "-Wall", "-Werror", source])
        #expect(compiled.exitCode == 0, "\(compiled.stderr)")
    }

    @Test func refusalsSayWhereAndWhy() throws {
        let folder = try TemporaryFolder()
        let header = try folder.write("#include <stdarg.h>\nvoid log_it(va_list list);\nvoid f(void);\n", to: "log.h")
        let refused = try Plugctl.run("contract", "snapshot", header)
        #expect(
            refused.stderr == """
                error[contract.inexpressible]: an export cannot be expressed in a contract: change its type, or leave it out: --except log_it
                  \(header):2:21: log_it: va_list is laid out by each target as it likes, and can be read only once

                """)
        #expect(refused.exitCode == 3)
        #expect(try Plugctl.run("contract", "snapshot", header, "--except", "log_it").exitCode == 0)
        let broken = try folder.write("int f(unknown *);\n", to: "broken.h")
        let uncompiled = try Plugctl.run("contract", "digest", broken)
        #expect(uncompiled.exitCode == 3)
        #expect(uncompiled.stderr.contains("\n  \(broken):1:7: error: unknown type name 'unknown'\n"))
        let absent = try Plugctl.run("contract", "snapshot", folder.file("absent.h"))
        #expect(absent.stderr == "error[not-found]: no such file: \(folder.file("absent.h"))\n" && absent.exitCode == 4)
        let edited = try Plugctl.run("contract", "snapshot", header, "--except", "log_it").stdout
            .replacing("void f(void)", with: "int f(void)")
        let snapshot = try folder.write(edited, to: "log.contract")
        #expect(try Plugctl.run("contract", "digest", snapshot).exitCode == 3)
    }

    /// Out of memory, say: nobody has found fault with the header.
    @Test func aKilledClangIsNoFaultOfTheHeader() throws {
        let folder = try TemporaryFolder()
        let header = try folder.write(Self.header, to: "greeter.h")
        let clang = try folder.write("#!/bin/sh\nkill -9 $$\n", to: "clang")
        #expect(try Command.run(["chmod", "+x", clang]).exitCode == 0)
        let result = try Plugctl.run(["contract", "snapshot", header], environment: ["SWITCHBOARD_CLANG": clang])
        #expect(result.exitCode == 1)
        #expect(result.stderr.hasPrefix("error[contract.compiler-output]: "), "\(result.stderr)")
    }

    @Test func withoutClangItSaysWhatToInstall() throws {
        let folder = try TemporaryFolder()
        let header = try folder.write(Self.header, to: "greeter.h")
        let result = try Plugctl.run(["contract", "snapshot", header], environment: ["PATH": folder.path])
        #expect(result.exitCode == 1)
        #expect(
            result.stderr
                == "error[contract.no-compiler]: no clang beside swiftc, nor in PATH (\(folder.path)): install the Swift "
                + "toolchain or the package clang, or name one in SWITCHBOARD_CLANG\n")
    }

    @Test(arguments: [
        (["frob", "x"], #"contract has no "frob": it is snapshot, digest or diff; see plugctl contract --help"#),
        (["snapshto", "x"], #"contract has no "snapshto": did you mean "snapshot"? See plugctl contract --help"#),
        (["snapshot", "a", "b"], "contract snapshot takes one file; see plugctl contract --help"),
        (["diff", "a"], "contract diff takes OLD and NEW; see plugctl contract --help"),
        (["digest", "a", "-o", "b"], "contract digest has no --output; see plugctl contract --help"),
        (
            ["snapshot", "a", "-ob", "--verify", "b"],
            "--output writes a snapshot and --verify reads one: give one of the two; see plugctl contract --help"
        ),
    ])
    func mistakes(arguments: [String], sentence: String) throws {
        let result = try Plugctl.run(["contract"] + arguments)
        #expect(result.stderr == "error[usage]: \(sentence)\n" && result.exitCode == 2)
    }
}
