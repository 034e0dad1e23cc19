import TestSupport
import Testing

/// `route`, against a `plugctl serve` of its own; whole output.
@Suite struct RouteCommandTests {
    private let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
    }

    /// A host with greeter 1.0.0 in front (generation 1) and 1.1.0 beside it (generation 2).
    private func host() throws -> RunningHost {
        let host = try RunningHost()
        for (version, id) in [("1.0.0", id("01")), ("1.1.0", id("02"))] {
            #expect(try host.plugctl("load", try greeter(version, buildID: id, into: folder)).exitCode == 0)
        }
        return host
    }

    @Test func aCanaryIsOpenedAndClosed() throws {
        let host = try host()
        #expect(try host.plugctl("route").stdout == "no routes\n")
        let open = try host.plugctl("route", "greeter", "^1", "--canary", "1.1.0=2.5")
        #expect(
            short(open.stdout) == """
                greeter ^1
                  serves    1.0.0  build-id:01  generation 1
                  fixed     no, it follows what is current
                  canary    2.5 % of the keyed calls: 1.1.0  build-id:02  generation 2
                  labels    none
                  fallback  none
                  bound     -

                """)
        #expect(open.exitCode == 0 && open.stderr.isEmpty)
        #expect(try host.plugctl("route", "greeter", "^1").stdout == open.stdout)
        #expect(
            short(try host.plugctl("route", "greeter", "^1", "--canary", "1.1.0=0.01", "--json").stdout)
                == #"{"bound":[],"canary":{"basisPoints":1,"serves":{"generation":2,"image":"build-id:02","version":"1.1.0"},"#
                + #""version":"1.1.0"},"isHeld":false,"isServedByFallback":false,"labels":[],"main":{"generation":1,"#
                + #""image":"build-id:01","version":"1.0.0"},"plugin":"greeter","range":"^1"}"# + "\n")
        #expect(try host.plugctl("route").stdout.contains("1.1.0=0.01"))
        let closed = try host.plugctl("route", "greeter", "^1", "--close-canary")
        #expect(closed.stdout.contains("\n  canary    none\n") && closed.exitCode == 0)
    }

    @Test func labelsAndFixedVersions() throws {
        let host = try host()
        #expect(try host.plugctl("route", "greeter", "^1", "--label", "beta=1.1.0").exitCode == 0)
        #expect(try host.plugctl("route", "greeter", "^1", "--label", "alpha=1.1.0").exitCode == 0)
        #expect(try host.plugctl("route", "greeter", "*", "--canary=1.0.0=100").exitCode == 0)
        let fixed = try host.plugctl("route", "greeter", "^1", "--fix", "1.1.0")
        #expect(
            short(fixed.stdout) == """
                greeter ^1
                  serves    1.1.0  build-id:02  generation 2
                  fixed     to 1.1.0
                  canary    none
                  label     alpha: 1.1.0  build-id:02  generation 2
                  label     beta: 1.1.0  build-id:02  generation 2
                  fallback  none
                  bound     -

                """)
        let table = """
            PLUGIN   RANGE  SERVES        CANARY     LABELS                   FALLBACK  BOUND
            greeter  *      1.0.0         1.0.0=100  -                        -         -
            greeter  ^1     1.1.0, fixed  -          alpha=1.1.0, beta=1.1.0  -         -

            """
        #expect(try host.plugctl("route").stdout == table)
        #expect(try host.plugctl("route", "greeter").stdout == table)
        #expect(try host.plugctl("route", "somebody").stdout == "somebody has no routes\n")
        #expect(try host.plugctl("route", "somebody", "--json").stdout == #"{"routes":[]}"# + "\n")

        #expect(try host.plugctl("route", "greeter", "^1", "--remove-label", "alpha").exitCode == 0)
        let followed = try host.plugctl("route", "greeter", "^1", "--follow")
        #expect(followed.stdout.contains("\n  serves    1.0.0  build-id:\(id("01"))  generation 1\n  fixed     no, "))
        #expect(followed.stdout.contains("\n  label     beta: ") && !followed.stdout.contains("alpha"))
    }

    /// What stands in is another plugin: the table names it, and the host's log says since when.
    @Test func aFallbackStandsIn() throws {
        let spare = try Fixture.build(
            """
            #include <switchboard.h>
            SWB_MANIFEST("name = spare\\n" "version = 7.0.0\\n" "export = greet message\\n");
            SWB_MESSAGE(greet) { return swb_reply_text(call, "spare"); }
            """, named: "spare", flags: ["-Wl,--build-id=0x\(id("07"))"], into: folder)
        let host = try host()
        #expect(try host.plugctl("load", spare).exitCode == 0)
        let set = try host.plugctl("route", "greeter", "^1", "--fallback", "spare")
        #expect(set.stdout.contains("\n  fallback  spare\n"))
        #expect(try host.plugctl("unload", "greeter").exitCode == 0)
        #expect(
            short(try host.plugctl("route", "greeter", "^1").stdout) == """
                greeter ^1
                  serves    7.0.0  build-id:07  generation 3
                  fixed     no, it follows what is current
                  canary    none
                  labels    none
                  fallback  spare, which serves now
                  bound     -

                """)
        #expect(
            try host.plugctl("route").stdout == """
                PLUGIN   RANGE  SERVES       CANARY  LABELS  FALLBACK  BOUND
                greeter  ^1     spare 7.0.0  -       -       spare     -

                """)
        #expect(try host.standardError().hasPrefix("switchboard [route.fallback] "))
        let nobody = try host.plugctl("route", "greeter", "^1", "--no-fallback")
        #expect(nobody.stdout.contains("\n  serves    nothing\n") && nobody.stdout.contains("\n  fallback  none\n"))
    }

    @Test func whatCannotBeIsRefusedAndChangesNothing() throws {
        let host = try host()
        #expect(try host.plugctl("route", "greeter", "^1", "--fix", "1.1.0").exitCode == 0)
        let before = try host.plugctl("route", "--json").stdout
        for (change, exitCode) in [
            (["--canary", "9.9.9=5"], 4), (["--label", "beta=9.9.9"], 4), (["--fix", "9.9.9"], 4),
            (["--fallback", "nobody"], 4), (["--fallback", "greeter"], 2), (["--remove-label", "beta"], 4),
            (["--label", "no label=1.0.0"], 2),
        ] as [([String], Int32)] {
            let refused = try Plugctl.run(
                ["route", "greeter", "^1"] + change, environment: ["SWITCHBOARD_SOCKET": host.socket])
            #expect(
                refused.exitCode == exitCode && refused.stdout.isEmpty && refused.stderr.hasPrefix("error["),
                "\(change)")
        }
        #expect(try host.plugctl("route", "--json").stdout == before)
        let missing = try host.plugctl("route", "greeter", "^2")
        #expect(
            missing.stderr
                == "error[not-found]: nobody has bound or changed a route greeter ^2; the plugin's routes: ^1\n")
        #expect(missing.exitCode == 4)
    }
}
