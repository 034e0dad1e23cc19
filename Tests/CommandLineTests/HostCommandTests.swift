import Glibc
import TestSupport
import Testing

/// Commands against a `plugctl serve` of its own.
@Suite struct HostCommandTests {
    private let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
    }

    @Test func aPluginsWholeLife() throws {
        let (oldID, newID) = (String(repeating: "a0", count: 20), String(repeating: "b1", count: 20))
        let first = try greeter("1.0.0", buildID: oldID, into: folder)
        let second = try greeter("1.1.0", buildID: newID, into: folder)
        let host = try RunningHost()
        #expect(host.greeting.hasPrefix("serving on \(host.socket), process "))
        #expect(host.greeting.hasSuffix(", 0 plugins loaded"))
        #expect(try host.plugctl("list").stdout == "no plugins are loaded\n")

        let loaded = try host.plugctl("load", first)
        #expect(
            loaded.stdout == """
                greeter 1.0.0 loaded, current
                  image       build-id:\(oldID)
                  generation  1
                  unloading   unloadable
                  protection  folder

                """)
        #expect(loaded.exitCode == 0 && loaded.stderr.isEmpty)
        let again = try host.plugctl("load", first)
        #expect(again.stdout.hasPrefix("greeter 1.0.0 was loaded already, unchanged, current\n") && again.exitCode == 0)
        #expect(try host.plugctl("call", "greeter", "greet", "you").stdout == "1.0.0: you")

        let swapped = try host.plugctl("swap", "greeter", second)
        #expect(swapped.stdout.hasPrefix("greeter swapped from 1.0.0 to 1.1.0\n"))
        #expect(swapped.stdout.contains("  old  1.0.0  build-id:\(oldID)  generation 1\n"))
        #expect(swapped.stdout.contains("  new  1.1.0  build-id:\(newID)  generation 2\n"))
        #expect(swapped.stdout.hasSuffix("  old version: unmapped\n") && swapped.exitCode == 0)
        #expect(try host.plugctl("call", "greeter", "greet", "you", "--range", "^1.1").stdout == "1.1.0: you")

        let row = try host.plugctl("list").stdout.split(separator: "\n").last?.split(separator: " ")
        #expect(row?.prefix(3) == ["greeter", "1.1.0", "current"] && row?.last == "build-id:\(newID)")

        let unloaded = try host.plugctl("unload", "greeter@1.1.0")
        #expect(unloaded.stdout.hasPrefix("greeter 1.1.0 unloaded: unmapped\n") && unloaded.exitCode == 0)
        #expect(try host.plugctl("call", "greeter", "greet").exitCode == 4)
        #expect(host.end() == 0)
        #expect(access(host.socket, F_OK) != 0)
        #expect(try host.standardError() == "")
    }

    /// What stays in memory is counted in every list, and shown by `--all`.
    @Test func saysWhatStaysInMemoryAndWhy() throws {
        let file = try Fixture.build(
            """
            #include <pthread.h>
            #include <switchboard.h>
            SWB_MANIFEST("name = keeper\\n" "version = 1.0.0\\n" "export = run message\\n");
            static void *nothing(void *unused) { return unused; }
            SWB_MESSAGE(run) { pthread_t thread; return pthread_create(&thread, NULL, nothing, NULL); }
            """, named: "keeper", into: folder)
        let host = try RunningHost()
        #expect(try host.plugctl("load", file).exitCode == 0)
        let unloaded = try host.plugctl("unload", "keeper")
        #expect(unloaded.exitCode == 0)
        #expect(
            unloaded.stdout.hasPrefix(
                "keeper 1.0.0 unloaded: resident: unmapping is not safe: the image imports pthread_create"))
        #expect(try host.plugctl("list", "--json").stdout == #"{"plugins":[]}"# + "\n")
        #expect(try host.plugctl("load", file).exitCode == 0)
        let list = try host.plugctl("list", "--json").stdout
        #expect(list.contains(#""residentGenerations":1"#) && list.contains(#""state":"current""#))
        #expect(!list.contains(#""state":"resident""#))
        #expect(try host.plugctl("list", "--all", "--json").stdout.contains(#""state":"resident""#))
    }

    @Test func swapsToAVersionThatWaits() throws {
        let first = try greeter("1.0.0", into: folder)
        let second = try greeter("1.1.0", into: folder)
        let host = try RunningHost()
        #expect(try host.plugctl("load", first).exitCode == 0)
        #expect(try host.plugctl("load", second).stdout.contains("waits beside the current version"))
        let swapped = try host.plugctl("swap", "greeter@1.1.0", "--json")
        #expect(swapped.exitCode == 0 && swapped.stdout.contains(#""version":"1.1.0""#))
    }

    @Test func refusalsKeepTheOldVersionServing() throws {
        let first = try greeter("1.0.0", into: folder)
        let bad = try folder.write("not ELF", to: "bad.so")
        let stubborn = try Fixture.build(
            """
            #include <switchboard.h>
            SWB_MANIFEST("name = greeter\\n" "version = 1.2.0\\n" "export = greet message\\n" "export = fail message\\n");
            SWB_MESSAGE(greet) { return swb_reply_text(call, "never"); }
            SWB_MESSAGE(fail) { return swb_reply_text(call, "never"); }
            SWB_EXPORT int32_t swb_start(const swb_host_v1 *host, void **instance) { (void)host; (void)instance; return 5; }
            """, named: "stubborn", into: folder)
        let host = try RunningHost()
        #expect(try host.plugctl("load", first).exitCode == 0)
        let refused = try host.plugctl("swap", "greeter", bad)
        #expect(refused.exitCode == 3 && refused.stdout.contains("elf.structure"))
        #expect(refused.stderr == "error[refused]: \(bad) is refused: elf.structure\n")
        #expect(try host.plugctl("swap", "greeter", stubborn).exitCode == 6)
        #expect(try host.plugctl("swap", "somebody", first).exitCode == 2)
        #expect(try host.plugctl("swap", "greeter@9.9.9").exitCode == 4)
        #expect(try host.plugctl("load", folder.file("nothing.so")).exitCode == 4)
        #expect(try host.plugctl("unload", "somebody").exitCode == 4)
        #expect(try host.plugctl("call", "greeter", "fail").exitCode == 6)
        #expect(try host.plugctl("call", "greeter", "greet", "you").stdout == "1.0.0: you")
    }

    @Test func servesTheFoldersItIsGiven() throws {
        _ = try greeter("1.0.0", into: folder)
        _ = try greeter("1.1.0", into: folder)
        try folder.write([0x7f, 0x45, 0x4c, 0x46, 2, 1], to: "cut.so")
        let host = try RunningHost("--plugins", folder.path)
        #expect(host.greeting.hasSuffix(", 2 plugins loaded"))
        #expect(try host.plugctl("call", "greeter", "greet", "you").stdout == "1.1.0: you", "the newest is current")
        let list = try host.plugctl("list", "--host", "--json")
        #expect(list.stdout.contains(#""protection":""#) && list.stdout.contains(#""machine":"#))
        #expect(try host.standardError() == "1 unreadable: \(folder.file("cut.so"))\n", "passed over, and not silently")
    }

    /// A host at start shows no table: the log must say why a plugin is missing.
    @Test func servesWithoutThePluginThatItRefusesAndSaysWhy() throws {
        let bad = try greeter("1.0.0", into: folder)
        chmod(bad, 0o777)
        let host = try RunningHost("--plugins", folder.path)
        #expect(host.greeting.hasSuffix(", 0 plugins loaded"))
        let lines = try host.standardError().split(separator: "\n")
        #expect(lines.first == "error[refused]: \(bad) is refused: file.writable")
        #expect(lines.count == 2 && lines.last?.hasPrefix("  file.writable: ") == true)
    }

    @Test(arguments: [SIGTERM, SIGINT])
    func endsCleanlyOnASignal(signal: Int32) throws {
        let host = try RunningHost("--plugins", folder.path)
        #expect(host.end(signal) == 0)
        #expect(access(host.socket, F_OK) != 0)
    }

    /// It could write a second line, and in the host's name.
    @Test func whatAPluginLogsStaysOneLine() throws {
        let file = try Fixture.build(
            """
            #include <switchboard.h>
            SWB_MANIFEST("name = loud\\n" "version = 1.0.0\\n" "export = nothing\\n");
            SWB_EXPORT void nothing(void) {}
            int32_t swb_start(const swb_host_v1 *host, void **instance) {
              static const char text[] = "one\\nswitchboard [swap.reverted] two\\033[2J\\n";
              const swb_log_v1 *log = host->service(host->context, SWB_LOG_SERVICE_V1);
              log->write(log->context, SWB_LOG_INFO, text, sizeof text - 1);
              (void)instance;
              return 0;
            }
            """, named: "loud", into: folder)
        let host = try RunningHost()
        #expect(try host.plugctl("load", file).exitCode == 0)
        #expect(
            try host.standardError() == #"loud 1.0.0 [info] one\u{a}switchboard [swap.reverted] two\u{1b}[2J"# + "\n")
    }

    /// It loaded all the others first.
    @Test func endsBetweenTwoPluginsThatItLoadsAtItsStart() throws {
        let barrier = try Barrier(in: folder)
        for name in ["first", "second"] {
            _ = try Fixture.build(
                """
                #include <barrier.h>
                #include <switchboard.h>
                SWB_MANIFEST("name = \(name)\\n" "version = 1.0.0\\n" "export = nothing\\n");
                SWB_EXPORT void nothing(void) {}
                __attribute__((constructor)) static void run(void) {
                  close(open("\(folder.file("ran-" + name))", O_CREAT | O_WRONLY, 0600));
                  wait_at_barrier();
                }
                """, named: name,
                flags: ["-I\(Fixture.sourceFolder)", "-DBARRIER=\"\(barrier.path)\""], into: folder)
        }
        let host = try Command.run(
            [
                "sh", "-c",
                """
                \(Plugctl.path) serve --plugins \(folder.path) & host=$!
                head -c 1 \(barrier.path).entered; kill $host
                # By the time that it has answered it has heard the signal, too.
                for turn in 1 2 3; do \(Plugctl.path) list > /dev/null; done
                printf .. > \(barrier.path).release; wait $host
                """,
            ],
            environment: ["SWITCHBOARD_SOCKET": folder.file("host.sock")])
        #expect(host.exitCode == 0 && host.stdout == "x", "\(host)")
        #expect(access(folder.file("ran-first"), F_OK) == 0 && access(folder.file("ran-second"), F_OK) != 0)
    }

    @Test func refusesASecondHostOnTheSameSocket() throws {
        let host = try RunningHost()
        let second = try host.plugctl("serve")
        #expect(second.exitCode == 1)
        #expect(second.stderr.hasPrefix("error[control.held]: another host (process "))
        #expect(second.stderr.contains(host.socket))
    }

    @Test func takesOverTheSocketOfAKilledHost() throws {
        let host = try RunningHost()
        #expect(host.end(SIGKILL) == 128 + SIGKILL)
        #expect(access(host.socket, F_OK) == 0, "a killed host removes nothing")
        #expect(try host.plugctl("list").exitCode == 5)
        let next = try Command.run(
            [
                "sh", "-c",
                "\(Plugctl.path) serve & host=$!; while ! \(Plugctl.path) list; do :; done; kill $host; wait $host",
            ],
            environment: ["SWITCHBOARD_SOCKET": host.socket])
        #expect(next.exitCode == 0)
        #expect(next.stdout.contains("no plugins are loaded\n"))
    }
}
