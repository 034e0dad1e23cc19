import FoundationEssentials
import Glibc
import TestSupport
import Testing

/// Commands that look at files, and `call FILE`: no host.
@Suite struct FileCommandTests {
    private let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
    }

    @Test func inspectHasAllItsKeysAndNoOthers() throws {
        let file = try greeter("1.0.0", buildID: "0123ab", into: folder)
        let command = try Plugctl.run("inspect", file, "--json")
        let object = try JSONDecoder().decode([String: AnyJSON].self, from: Data(command.stdout.utf8))
        #expect(
            Set(object.keys) == [
                "file", "class", "machine", "type", "soname", "needed", "runpath", "buildID", "versionNeeds", "exports",
                "imports", "notes", "segments", "tls", "flags", "swift", "unloadClass", "unloadReasons", "manifest",
                "manifestSource",
            ])
        #expect(object["buildID"] == .text("0123ab"))
        #expect(object["class"] == .text("ELF64") && object["type"] == .text("DYN"))
        #expect(object["tls"] == .null && object["soname"] == .null)
        #expect(command.exitCode == 0 && command.stderr.isEmpty)
    }

    /// `nm` is the second opinion.
    @Test func inspectShowsTheSymbolsThatNmShows() throws {
        let file = try Fixture.build(
            """
            #include <stdlib.h>
            #include <stdio.h>
            __attribute__((visibility("default"))) int shown;
            __attribute__((visibility("protected"))) int guarded(void) { return 1; }
            __attribute__((visibility("default"), weak)) void weakly(void) { puts(getenv("HOME")); }
            __attribute__((visibility("default"))) _Thread_local int slot;
            int hidden(void) { return 2; }
            """, named: "symbols", into: folder)
        let object = try JSONDecoder().decode(
            [String: AnyJSON].self, from: Data(try Plugctl.run("inspect", file, "--json").stdout.utf8))
        func nm(_ flag: String) throws -> AnyJSON {
            let lines = try Command.run(["nm", "-D", "--without-symbol-versions", "-j", flag, file]).stdout
            return .array(Set(lines.split(separator: "\n")).sorted().map { .text(String($0)) })
        }
        #expect(object["exports"] == (try nm("--defined-only")))
        #expect(object["imports"] == (try nm("--undefined-only")))
        #expect(object["tls"] != .null && object["manifest"] == .null)
    }

    @Test func checkShowsATablePerFile() throws {
        let good = try greeter("1.0.0", into: folder)
        let result = try Plugctl.run("check", good)
        #expect(result.stdout.hasPrefix("\(good): greeter 1.0.0: admissible\n"))
        #expect(result.stdout.contains("  GATE "))
        #expect(!result.stdout.contains("\u{1b}"), "no colour where no terminal is")
        #expect(result.exitCode == 0 && result.stderr.isEmpty)
    }

    @Test func checkRefusesWithThree() throws {
        let good = try greeter("1.0.0", into: folder)
        let bad = try folder.write("not ELF", to: "bad.so")
        let result = try Plugctl.run("check", good, bad)
        #expect(result.stdout.contains("\(bad): no readable manifest: refused\n"))
        #expect(result.stdout.contains("\(good): greeter 1.0.0: admissible\n"))
        #expect(result.exitCode == 3)
        let json = try Plugctl.run("check", good, bad, "--json")
        #expect(json.exitCode == 3 && json.stdout.contains(#"{"admissible":true,"file":"\#(good)","report":"#))
    }

    /// The table has no room for what is wrong with line 3; each code is named once, however often it refuses.
    @Test func refusalsSayWhy() throws {
        let file = try Fixture.build(
            #"""
            #include <switchboard.h>
            SWB_MANIFEST("name = odd\n" "version = 1.0.0\n" "version = 1.0.1\n");
            """#, named: "odd", into: folder)
        let checked = try Plugctl.run("check", file)
        #expect(checked.stdout.contains("\n  manifest.malformed: manifest line 3: "))
        let bytes = try readFile(file)
        let cut = try folder.write(Array(bytes.prefix(64)), to: "cut.so")
        let called = try Plugctl.run("call", cut, "export")
        #expect(called.stdout.contains("\n  elf.segments: the file is broken, program header table has "))
        #expect(called.stderr == "error[refused]: \(cut) is refused: elf.segments, elf.sections\n")
    }

    @Test(arguments: [["check"], ["inspect"], ["scan"], ["check", "--json"]])
    func missingFilesAreFour(command: [String]) throws {
        let result = try Plugctl.run(command + ["/nonexistent/x.so"])
        #expect(result.stderr.hasPrefix("error[not-found]: no such "))
        #expect(result.exitCode == 4)
    }

    /// As `load` and `call` refuse them: a name that leads to no file is one that was not found.
    @Test(arguments: ["check", "inspect", "call"])
    func foldersAndPipesAreNoFiles(command: String) throws {
        mkfifo(folder.file("pipe.so"), 0o600)
        for (path, kind) in [(folder.path, "a folder"), (folder.file("pipe.so"), "a pipe"), ("/dev/null", "a device")] {
            let result = try Plugctl.run([command, path] + (command == "call" ? ["export"] : []))
            #expect(result.stderr == "error[not-found]: \(path) is \(kind), not a regular file: name the .so itself\n")
            #expect(result.exitCode == 4)
        }
    }

    /// A sparse file of 1 GiB and a byte: nobody makes a copy of it, on disk or in memory, to find out.
    @Test(arguments: ["check", "check --rehearse", "inspect", "call"])
    func aFileOverTheLimitIsRefusedUnread(command: String) throws {
        let path = try folder.write([0x7f, 0x45, 0x4c, 0x46], to: "huge.so")
        truncate(path, (1 << 30) + 1)
        // In KiB of address space, of which the program itself needs about a third, and in blocks of what it may write.
        let limits = "ulimit -v 1000000; ulimit -f 1000000"
        let export = command == "call" ? "export" : ""
        let result = try Command.run(["sh", "-c", "\(limits); \(Plugctl.path) \(command) \(path) \(export)"])
        #expect(
            result.stdout.hasPrefix(
                "\(path): no readable manifest: refused\n  image unread, resident (the file is too large to be read)\n")
        )
        #expect(
            result.stdout.contains(
                "\n  file.size: plugin has 1073741825 bytes, this host reads files of at most 1073741824\n"))
        #expect(result.exitCode == 3)
        #expect(
            result.stderr == (command.hasPrefix("check") ? "" : "error[refused]: \(path) is refused: file.size\n"))
    }

    @Test func hostFactsMayComeFromAPipe() throws {
        let file = try greeter("1.0.0", into: folder)
        let piped = try Command.run(
            ["sh", "-c", "\(Plugctl.path) facts | \(Plugctl.path) check --host-facts /dev/stdin \(file)"])
        #expect(piped.exitCode == 0 && piped.stderr.isEmpty)
        let endless = try Plugctl.run("check", "--host-facts", "/dev/zero", file)
        #expect(endless.stderr == "error[request.too-long]: /dev/zero has more than 1048576 bytes\n")
        let directory = try Plugctl.run("check", "--host-facts", "/", file)
        #expect(directory.stderr == "error[system]: cannot read /: Is a directory (errno 21)\n")
    }

    /// What only the sentence says (which line, which byte, which functions) is not lost beside the table.
    @Test func checkSaysInASentenceWhatItFound() throws {
        let source: Fixture.Source = """
            #include <switchboard.h>
            SWB_MANIFEST("name = wordy\\n" "version = 1.0.0\\n" "export = greet message\\n");
            SWB_MESSAGE(greet) { return swb_reply(call, request, count); }
            SWB_EXPORT void surplus(void) {}
            """
        let warned = try Plugctl.run("check", try Fixture.build(source, named: "wordy", into: folder))
        #expect(
            warned.stdout.contains(
                "\n  exports.undeclared: plugin exports surplus, which the manifest does not declare\n"))
        let malformed = try Plugctl.run(
            "check", try Fixture.build(.file("refused_malformed_manifest.c"), named: "malformed", into: folder))
        #expect(malformed.stdout.contains("\n  manifest.malformed: manifest line "))
    }

    /// A file's name may hold anything that a terminal would obey.
    @Test func aPathInAnErrorCannotForgeOutput() throws {
        let bad = try folder.write("not ELF", to: "bad\u{1b}[31m\n.so")
        for command in ["check", "inspect", "call"] {
            let result = try Plugctl.run([command, bad] + (command == "call" ? ["greet"] : []))
            #expect(!(result.stdout + result.stderr).contains("\u{1b}"), "\(command)")
            #expect(result.exitCode != 0)
        }
    }

    @Test func checkJudgesForAnotherHost() throws {
        let file = try greeter("1.0.0", into: folder)
        let facts = try Plugctl.run("facts")
        #expect(facts.exitCode == 0)
        let here = try folder.write(facts.stdout, to: "here.json")
        #expect(try Plugctl.run("check", "--host-facts", here, file).exitCode == 0)
        var elsewhere = try JSONDecoder().decode([String: AnyJSON].self, from: Data(facts.stdout.utf8))
        elsewhere["machine"] = .number(elsewhere["machine"] == .number(183) ? 62 : 183)
        let there = try folder.write(Array(JSONEncoder().encode(elsewhere)), to: "there.json")
        let refused = try Plugctl.run("check", "--host-facts", there, file)
        #expect(refused.exitCode == 3 && refused.stdout.contains("elf.machine"))
        let broken = try Plugctl.run("check", "--host-facts", file, file)
        #expect(broken.exitCode == 2 && broken.stderr.contains("plugctl facts"))
    }

    @Test func scanFindsPluginsNewestFirstWhateverLiesAbout() throws {
        let names = ["1.9.0", "1.10.0", "1.10.0-rc.1"]
        for name in names { _ = try greeter(name, named: "deep-\(name)", into: folder) }
        mkdir(folder.file("sub"), 0o755)
        rename(folder.file("deep-1.9.0.so"), folder.file("sub/no-suffix"))
        symlink("..", folder.file("sub/loop"))
        symlink("no-suffix", folder.file("sub/alias"))
        symlink("/nonexistent", folder.file("sub/dangling"))
        mkfifo(folder.file("sub/pipe"), 0o600)
        try folder.write([0x7f, 0x45, 0x4c, 0x46, 2, 1], to: "cut.so")
        let foreign = try Fixture.build("int foreign;", named: "foreign", into: folder)
        let result = try Plugctl.run("scan", folder.path)
        let versions = result.stdout.split(separator: "\n").dropFirst().map { $0.split(separator: " ")[1] }
        #expect(versions == ["1.10.0", "1.10.0-rc.1", "1.9.0"])
        #expect(
            result.stderr == "1 file without a manifest, 1 unreadable: \(folder.file("cut.so")), \(foreign)\n")
        #expect(result.exitCode == 0)
    }

    @Test func callLoadsAFileInThisProcess() throws {
        let file = try greeter("1.0.0", into: folder)
        let result = try Plugctl.run("call", file, "greet", "World")
        #expect(result.stdout == "1.0.0: World" && result.stderr.isEmpty && result.exitCode == 0)
        let piped = try Command.run(["sh", "-c", "printf 'a\\377' | \(Plugctl.path) call \(file) greet - --json"])
        #expect(piped.stdout == #"{"base64":"MS4wLjA6IGH/"}"# + "\n")
    }

    /// A full disk or a closed descriptor must not pass for facts that were written; a reader that is gone may.
    @Test(arguments: [(">/dev/full", 1), (">&-", 1), ("| true", 0)])
    func aResultThatCannotBeWrittenIsAFailure(redirection: String, exitCode: Int32) throws {
        let result = try Command.run(["sh", "-c", "\(Plugctl.path) facts \(redirection)"])
        #expect(result.exitCode == exitCode)
        #expect(result.stderr.hasPrefix("error[system]: cannot write to standard output: ") == (exitCode == 1))
    }

    /// The words are the plugin's, the terminal is the operator's.
    @Test func aPluginsErrorCannotDriveTheTerminal() throws {
        let file = try Fixture.build(
            """
            #include <switchboard.h>
            SWB_MANIFEST("name = rude\\n" "version = 1.0.0\\n" "export = fail message\\n");
            SWB_MESSAGE(fail) { swb_reply_text(call, "no\\x1b[31m\\nerror[none]: all is well"); return 7; }
            """, named: "rude", into: folder)
        let result = try Plugctl.run("call", file, "fail")
        #expect(result.exitCode == 6)
        #expect(result.stderr.hasSuffix(#"no\u{1b}[31m\u{a}error[none]: all is well"# + "\n"))
    }

    @Test func callSaysHowThePluginFailed() throws {
        let file = try greeter("1.0.0", into: folder)
        let failed = try Plugctl.run("call", file, "fail")
        #expect(failed.exitCode == 6 && failed.stderr.contains("no greeting today"))
        #expect(try Plugctl.run("call", file, "nothing").exitCode == 4)
        #expect(try Plugctl.run("call", file, "greet", "--range", "^2").exitCode == 4)
        #expect(try Plugctl.run("call", file, "greet", "--range", "two").exitCode == 2)
        #expect(try Plugctl.run("call", folder.file("nothing.so"), "greet").exitCode == 4)
        let bad = try folder.write("not ELF", to: "bad.so")
        #expect(try Plugctl.run("call", bad, "greet").exitCode == 3)
    }
}
