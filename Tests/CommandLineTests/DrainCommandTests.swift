import Glibc
import TestSupport
import Testing

/// What an operator sees while a call does not leave the old version.
@Suite struct DrainCommandTests {
    private let folder: TemporaryFolder
    private let gate: String

    init() throws {
        folder = try TemporaryFolder()
        gate = folder.file("gate")
        mkfifo(gate, 0o600)
    }

    private func gatekeeper(_ version: String) throws -> String {
        try Fixture.build(
            """
            #include <fcntl.h>
            #include <string.h>
            #include <switchboard.h>
            #include <unistd.h>
            SWB_MANIFEST("name = gate\\n" "version = \(version)\\n" "export = wait message\\n" "export = tell message\\n");
            /* Stands at a pipe until whoever opened it for writing closes it (fifo(7)). */
            SWB_MESSAGE(wait) {
              char path[256] = {0}, byte;
              memcpy(path, request, count < 255 ? count : 255);
              int gate = open(path, O_RDONLY);
              while (read(gate, &byte, 1) > 0) {}
              close(gate);
              return swb_reply_text(call, "let through");
            }
            SWB_MESSAGE(tell) { return swb_reply_text(call, "\(version)"); }
            """, named: "gate-\(version)", flags: ["-Wl,--build-id=0x\(id("0" + version.dropFirst(2).prefix(1)))"],
            into: folder)
    }

    /// Runs `body` while a call is inside gate 1.0.0; the call ends with it.
    private func withCallInside(_ body: (RunningHost, _ next: String) throws -> Void) throws {
        let host = try RunningHost()
        #expect(try host.plugctl("load", try gatekeeper("1.0.0")).exitCode == 0)
        let next = try gatekeeper("1.1.0")
        // In the background of a shell that is gone: it ends when the gate opens, at the latest with the host.
        let started = try Command.run(
            ["sh", "-c", "\(Plugctl.path) call gate wait \(gate) >\(folder.file("reply")) 2>&1 &"],
            environment: ["SWITCHBOARD_SOCKET": host.socket])
        #expect(started.exitCode == 0)
        let open = Glibc.open(gate, O_WRONLY)  // returns when the call stands there
        defer { close(open) }
        try body(host, next)
    }

    @Test func aDrainThatTimesOutGoesOnAndIsShown() throws {
        try withCallInside { host, next in
            let swapped = try host.plugctl("swap", "gate", next, "--drain-limit", "0.01")
            #expect(
                withoutThreads(swapped.stderr).hasPrefix(
                    "error[timed-out]: gate timed out in its drain: gate 1.1.0 serves (generation N)"))
            #expect(swapped.stdout.isEmpty && swapped.exitCode == 7)
            #expect(try host.plugctl("call", "gate", "tell").stdout == "1.1.0")
            let list = try host.plugctl("list")
            #expect(
                withoutThreads(list.stdout) == """
                    PLUGIN  VERSION  STATE     ROUTES  CALLS  RESIDENT  GENERATION  UNLOADING   SINCE  IMAGE
                    gate    1.1.0    current   -       0      0         2           unloadable  DATE  build-id:01
                    gate    1.0.0    draining  -       1      0         1           unloadable  DATE  build-id:00
                    inside gate 1.0.0, generation N, which is draining:
                      THREAD  NAME      EXPORT  SEEN FOR
                      THREAD  swb-call  wait    SECONDS

                    """)
            let json = try host.plugctl("list", "--json").stdout
            #expect(
                json.contains(#""inside":[{"export":"wait","seconds":"#) && json.contains(#""threadName":"swb-call"}]"#)
            )
            #expect(json.contains(#""mappings":"#) && json.contains(#""bytes":"#))
        }
    }

    @Test func aDrainThatTimesOutMayKeepTheOldVersionResident() throws {
        try withCallInside { host, next in
            let swapped = try host.plugctl(
                "swap", "gate", next, "--drain-limit", "0.01", "--on-drain-timeout", "resident")
            #expect(swapped.exitCode == 0 && swapped.stderr.isEmpty)
            #expect(swapped.stdout.contains("\n  old version: resident: calls did not leave it within 0.01 seconds: "))
            #expect(try host.plugctl("list", "--all").stdout.contains("gate 1.0.0 is resident: calls did not leave it"))
        }
    }

    @Test func aDrainThatTimesOutMayTakeTheSwapBack() throws {
        try withCallInside { host, next in
            let swapped = try host.plugctl("swap", "gate", next, "--drain-limit=0.01", "--on-drain-timeout=revert")
            #expect(swapped.exitCode == 7 && swapped.stdout.isEmpty)
            #expect(swapped.stderr.contains("so it was put back in front and serves"))
            #expect(try host.plugctl("call", "gate", "tell").stdout == "1.0.0")
        }
    }

    @Test func theOldVersionOnProbationShowsWhoIsInside() throws {
        try withCallInside { host, next in
            let swapped = try host.plugctl("swap", "gate", next, "--probation", "3600")
            #expect(swapped.exitCode == 0 && swapped.stderr.isEmpty)
            #expect(try host.plugctl("list").stdout.contains("\ninside gate 1.0.0, generation 1, which is ready:\n"))
        }
    }

    @Test func theLedgerAddsUp() throws {
        try withCallInside { host, next in
            #expect(try host.plugctl("load", next).exitCode == 0)
            let text = try host.plugctl("list", "--host").stdout
            let ledger = text.split(separator: "\nledger\n").last.map { "ledger\n" + $0 }
            #expect(
                ledger?.replacing(/(\d+\.)?\d+( s\b)?/, with: "N") == """
                    ledger
                      generations  N in memory, N of them retired and resident
                      bytes        N of address space for their images
                      mappings     N of their images at most; the process has N of N
                      in flight    N calls and leases
                      longest      N

                    """)
            #expect(
                text.contains("\n  generations  2 in memory, 0 of them") && text.contains("\n  in flight    1 calls"))
            let json = try host.plugctl("list", "--host", "--json").stdout
            for key in ["processMappings", "mappingLimit", "longestInside", "warnings", "resident", "generations"] {
                #expect(json.contains("\"\(key)\":"), "\(key)")
            }
        }
    }

    /// Thread numbers and times, and the width of what they take, differ from run to run.
    private func withoutThreads(_ text: String) -> String {
        stable(text).replacing(/SINCE +IMAGE/, with: "SINCE  IMAGE")
            .replacing(/\n  THREAD +NAME/, with: "\n  THREAD  NAME")
            .replacing(/\n  \d+ +swb-call/, with: "\n  THREAD  swb-call")
            .replacing(/\d+(\.\d)? s\n/, with: "SECONDS\n")
    }
}
