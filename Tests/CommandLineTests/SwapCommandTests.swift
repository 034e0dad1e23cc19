import TestSupport
import Testing

/// `swap` with its options, `revert` and `commit`, against a `plugctl serve` of its own; whole output.
@Suite struct SwapCommandTests {
    private let folder: TemporaryFolder
    private let first: String
    private let second: String

    init() throws {
        folder = try TemporaryFolder()
        first = try greeter("1.0.0", buildID: id("01"), into: folder)
        second = try greeter("1.1.0", buildID: id("02"), into: folder)
    }

    @Test func aSwapOnProbationIsTakenBackOrKept() throws {
        let host = try RunningHost("--plugins", folder.path)
        #expect(try host.plugctl("swap", "greeter", first, "--state", "discard").exitCode == 0)
        let swapped = try host.plugctl("swap", "greeter", second, "--probation", "3600", "--drain-limit", "5")
        #expect(
            stable(swapped.stdout) == """
                greeter swapped from 1.0.0 to 1.1.0
                  old  1.0.0  build-id:01  generation N
                  new  1.1.0  build-id:02  generation N
                  published in TIME, 0 calls in flight at publication
                  old version: ready to come back until its successor's probation is over
                  on probation for 3600 s: `plugctl revert greeter` puts back 1.0.0, `plugctl commit greeter` retires it

                """)
        #expect(swapped.exitCode == 0 && swapped.stderr.isEmpty)
        #expect(try host.plugctl("list").stdout.contains("ready"))

        let reverted = try host.plugctl("revert", "greeter")
        #expect(
            stable(reverted.stdout) == """
                greeter reverted from 1.1.0 to 1.0.0
                  old  1.1.0  build-id:02  generation N
                  new  1.0.0  build-id:01  generation N
                  published in TIME, drained in TIME, 0 calls in flight at publication
                  old version: unmapped

                """)
        #expect(reverted.exitCode == 0 && reverted.stderr.isEmpty)
        #expect(try host.plugctl("call", "greeter", "greet").stdout == "1.0.0: ")

        #expect(try host.plugctl("swap", "greeter", second, "--probation=3600").exitCode == 0)
        let committed = try host.plugctl("commit", "greeter")
        #expect(
            stable(committed.stdout) == """
                greeter 1.1.0 committed
                  new  1.1.0  build-id:02  generation N
                  old  1.0.0  build-id:01  generation N: unmapped, drained in TIME

                """)
        #expect(committed.exitCode == 0 && committed.stderr.isEmpty)
        #expect(try host.plugctl("call", "greeter", "greet").stdout == "1.1.0: ")
    }

    @Test(arguments: ["revert", "commit"])
    func withoutAProbationThereIsNothingToDecide(command: String) throws {
        let host = try RunningHost("--plugins", folder.path)
        let sentence =
            "no swap of greeter is on probation: swap with a probation to be able to revert or commit it"
        let text = try host.plugctl(command, "greeter")
        #expect(text.stdout.isEmpty && text.stderr == "error[conflict]: \(sentence)\n" && text.exitCode == 1)
        let json = try host.plugctl(command, "greeter", "--json")
        #expect(json.stdout == #"{"error":{"code":"conflict","exit":1,"message":"\#(sentence)"}}"# + "\n")
        #expect(json.exitCode == 1)
    }

    @Test func aDryRunChangesNothing() throws {
        let host = try RunningHost()
        #expect(try host.plugctl("load", first).exitCode == 0)
        let before = try host.plugctl("list", "--json").stdout
        let dry = try host.plugctl("swap", "greeter", second, "--dry-run")
        #expect(
            stable(dry.stdout) == """
                greeter can be swapped from 1.0.0 to 1.1.0: a dry run, 1.0.0 serves as before
                  old  1.0.0  build-id:01  generation N
                  new  1.1.0  build-id:02  generation N

                """)
        #expect(dry.exitCode == 0 && dry.stderr.isEmpty)
        let json = try host.plugctl("swap", "greeter", second, "--dry-run", "--json").stdout
        #expect(json.contains(#""isDryRun":true"#) && json.contains(#""version":"1.1.0""#))
        #expect(try host.plugctl("list", "--json").stdout == before)
        #expect(try host.plugctl("call", "greeter", "greet").stdout == "1.0.0: ")
    }

    @Test func severalPluginsAreSwappedAsOneOrNotAtAll() throws {
        func other(_ version: String, _ buildID: String) throws -> String {
            try Fixture.build(
                """
                #include <switchboard.h>
                SWB_MANIFEST("name = other\\n" "version = \(version)\\n" "export = greet message\\n");
                SWB_MESSAGE(greet) { return swb_reply_text(call, "\(version)"); }
                """, named: "other-\(version)", flags: ["-Wl,--build-id=0x\(id(buildID))"], into: folder)
        }
        let (oldOther, newOther) = (try other("3.0.0", "03"), try other("3.1.0", "04"))
        let host = try RunningHost()
        for file in [first, oldOther] { #expect(try host.plugctl("load", file).exitCode == 0) }

        let missing = try host.plugctl("swap", "--together", "greeter=\(second)", "other=\(folder.file("no.so"))")
        #expect(
            missing.stdout.isEmpty && missing.stderr == "error[not-found]: there is no file \(folder.file("no.so"))\n")
        #expect(missing.exitCode == 4)
        #expect(try host.plugctl("call", "greeter", "greet").stdout == "1.0.0: ", "none is swapped")

        let dry = try host.plugctl("swap", "--dry-run", "--together", "greeter=\(second)", "other=\(newOther)")
        #expect(
            dry.stdout.hasPrefix("2 plugins can be swapped together: a dry run, nothing was published\ngreeter can be"))
        let swapped = try host.plugctl(
            "swap", "--together", "greeter=\(second)", "other=\(newOther)", "--probation", "60")
        #expect(
            stable(swapped.stdout) == """
                2 plugins swapped together, published in TIME
                greeter swapped from 1.0.0 to 1.1.0
                  old  1.0.0  build-id:01  generation N
                  new  1.1.0  build-id:02  generation N
                  published in TIME, 0 calls in flight at publication
                  old version: ready to come back until its successor's probation is over
                  on probation for 60 s: `plugctl revert greeter` puts back 1.0.0, `plugctl commit greeter` retires it
                other swapped from 3.0.0 to 3.1.0
                  old  3.0.0  build-id:03  generation N
                  new  3.1.0  build-id:04  generation N
                  published in TIME, 0 calls in flight at publication
                  old version: ready to come back until its successor's probation is over
                  on probation for 60 s: `plugctl revert other` puts back 3.0.0, `plugctl commit other` retires it

                """)
        #expect(swapped.exitCode == 0 && swapped.stderr.isEmpty)
        #expect(try host.plugctl("revert", "other").exitCode == 0)
        #expect(try host.plugctl("call", "greeter", "greet").stdout == "1.0.0: ", "a transaction goes back as one")
        #expect(try host.plugctl("revert", "greeter").exitCode == 1)
    }

    @Test func aTransactionIsBounded() throws {
        let host = try RunningHost()
        let command = try Plugctl.run(
            ["swap", "--together"] + (0..<65).map { "p\($0)=\(first)" },
            environment: ["SWITCHBOARD_SOCKET": host.socket])
        #expect(
            command.stderr
                == #"error[request.parameters]: "params.plugins" is malformed: 65 plugins cannot be swapped together: 1 to 64 can"#
                + "\n")
        #expect(command.exitCode == 2)
        let twice = try host.plugctl("swap", "--together", "greeter=\(first)", "greeter=\(second)")
        #expect(twice.exitCode == 2 && twice.stderr.contains("each plugin once"))
    }
}

/// A text without what differs from run to run (times, dates, numbers of generations), and with build-ids cut short.
func stable(_ text: String) -> String {
    short(text).replacing(/\d+ (ns|µs|ms)\b/, with: "TIME")
        .replacing(/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ/, with: "DATE")
        .replacing(/generation \d+/, with: "generation N")
}

/// A text with build-ids cut to their first byte.
func short(_ text: String) -> String {
    text.replacing(/build-id:([0-9a-f]{2})[0-9a-f]+/) { "build-id:\($0.1)" }
}

/// A build-id as long as those that linkers make, of one byte.
func id(_ byte: String) -> String { String(repeating: byte, count: 20) }
