import TestSupport
import Testing

/// State that goes from version to version, and a version that is not well, as an operator sees them.
@Suite struct StateCommandTests {
    private let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
    }

    /// Counts its calls in a state of schema 3; `extra` are lines of its manifest.
    private func tally(_ version: String, _ extra: String = "", restores: Bool = true) throws -> String {
        try Fixture.build(
            """
            #include <stdlib.h>
            #include <string.h>
            #include <stdio.h>
            #include <switchboard.h>
            SWB_MANIFEST("name = tally\\n" "version = \(version)\\n" "schema = 3\\n" "export = count message\\n" "\(extra)");
            int32_t swb_start(const swb_host_v1 *host, void **instance) {
              (void)host;
              return (*instance = calloc(1, sizeof(uint64_t))) ? 0 : 1;
            }
            void swb_stop(void *instance) { free(instance); }
            SWB_MESSAGE(count) {
              char text[32];
              snprintf(text, sizeof text, "%llu", (unsigned long long)++*(uint64_t *)instance);
              return swb_reply_text(call, text);
            }
            int32_t swb_save(void *instance, const swb_call_v1 *call) { return swb_reply(call, instance, 8); }
            int32_t swb_restore(void *instance, uint32_t schema, const uint8_t *state, size_t count,
                                const swb_call_v1 *call) {
              if (!\(restores ? 1 : 0) || schema != 3 || count != 8) {
                swb_reply_text(call, "no such state");
                return 9;
              }
              memcpy(instance, state, 8);
              return 0;
            }
            """, named: "tally-\(version)", flags: ["-Wl,--build-id=0x\(id("0" + version.dropFirst(2).prefix(1)))"],
            into: folder)
    }

    @Test func theReplyShowsTheStateThatWentOver() throws {
        let host = try RunningHost()
        #expect(try host.plugctl("load", try tally("1.1.0")).exitCode == 0)
        #expect(try host.plugctl("call", "tally", "count").stdout == "1")
        let next = try tally("1.2.0")
        let dry = try host.plugctl("swap", "tally", next, "--dry-run")
        #expect(
            stable(dry.stdout) == """
                tally can be swapped from 1.1.0 to 1.2.0: a dry run, 1.1.0 serves as before
                  old  1.1.0  build-id:01  generation N
                  new  1.2.0  build-id:02  generation N
                  state: 8 bytes of schema 3 handed over quiesced, calls were held for TIME

                """)
        #expect(try host.plugctl("call", "tally", "count").stdout == "2", "the old version's state is as it was")
        let swapped = try host.plugctl("swap", "tally", next)
        #expect(
            stable(swapped.stdout) == """
                tally swapped from 1.1.0 to 1.2.0
                  old  1.1.0  build-id:01  generation N
                  new  1.2.0  build-id:02  generation N
                  published in TIME, drained in TIME, 0 calls in flight at publication
                  state: 8 bytes of schema 3 handed over quiesced, calls were held for TIME
                  old version: unmapped

                """)
        #expect(try host.plugctl("call", "tally", "count").stdout == "3")
        let discarded = try host.plugctl("swap", "tally", try tally("1.3.0"), "--state", "discard")
        #expect(discarded.exitCode == 0 && !discarded.stdout.contains("state:"))
        #expect(try host.plugctl("call", "tally", "count").stdout == "1")
        let json = try host.plugctl("swap", "tally", next, "--json").stdout
        #expect(json.contains(#""handOver":{"bytes":8,"mode":"quiesced","pauseNanoseconds":"#))
    }

    @Test func aLiveHandOverSaysWhatItCosts() throws {
        let host = try RunningHost()
        #expect(try host.plugctl("load", try tally("1.1.0", "state = live-ok\\n")).exitCode == 0)
        let swapped = try host.plugctl("swap", "tally", try tally("1.2.0"))
        #expect(
            swapped.stdout.contains(
                "\n  state: 8 bytes of schema 3 handed over live, calls went on: "
                    + "what they changed after the save stayed behind\n"))
        #expect(swapped.exitCode == 0)
    }

    @Test func aStateThatIsNotTakenLeavesTheOldVersionServing() throws {
        let host = try RunningHost()
        #expect(try host.plugctl("load", try tally("1.1.0")).exitCode == 0)
        #expect(try host.plugctl("call", "tally", "count").stdout == "1")
        let failed = try host.plugctl("swap", "tally", try tally("1.2.0", restores: false))
        #expect(failed.stdout.isEmpty && failed.exitCode == 6)
        #expect(failed.stderr.hasPrefix("error[plugin-failed]: tally 1.2.0 failed in its state hand-over: "))
        #expect(failed.stderr.contains("no such state"))
        #expect(try host.plugctl("call", "tally", "count").stdout == "2")
    }

    /// The host looks after what is on probation by itself, and its log says what it did.
    @Test func aVersionThatIsNotWellIsTakenBack() throws {
        let sick = try Fixture.build(
            """
            #include <switchboard.h>
            SWB_MANIFEST("name = greeter\\n" "version = 1.1.0\\n" "export = greet message\\n" "export = fail message\\n");
            SWB_MESSAGE(greet) { return swb_reply_text(call, "sick"); }
            SWB_MESSAGE(fail) { return 7; }
            /* Well when it is started, and never after. */
            int32_t swb_health(void *instance, const swb_call_v1 *call) {
              static int looks;
              (void)instance;
              return looks++ == 0 ? 0 : (swb_reply_text(call, "out of breath"), 4);
            }
            """, named: "sick", into: folder)
        let host = try RunningHost()
        #expect(try host.plugctl("load", try greeter("1.0.0", into: folder)).exitCode == 0)
        #expect(try host.plugctl("swap", "greeter", sick, "--probation", "3600").exitCode == 0)
        // Each look takes longer than starting a process: some tens of times what the host's watch takes.
        for _ in 0..<5_000 where !(try host.standardError().contains("[swap.reverted]")) {
            #expect(try host.plugctl("list").exitCode == 0)
        }
        #expect(try host.plugctl("call", "greeter", "greet").stdout == "1.0.0: ")
        let log = try host.standardError()
        #expect(log.hasPrefix("switchboard [swap.reverted] greeter 1.0.0 is back in front: 1.1.0 "), "\(log)")
        #expect(log.contains("out of breath"))
    }
}
