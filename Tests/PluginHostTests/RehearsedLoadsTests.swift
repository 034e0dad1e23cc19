import Glibc
import PluginHost
import TestSupport
import Testing

/// A host that loads nothing which has not come through a rehearsal.
@Suite(.timeLimit(.minutes(5))) struct RehearsedLoadsTests {
    /// Each kind that must not be loaded, and the code that says so.
    static let refused = [
        ("rehearsed_crash_in_constructor", "rehearsal.crashed"),
        ("rehearsed_abort_in_constructor", "rehearsal.crashed"),
        ("rehearsed_trap_in_constructor", "rehearsal.crashed"),
        ("rehearsed_exit_in_constructor", "rehearsal.no-report"),
        ("rehearsed_hang_in_constructor", "rehearsal.hung"), ("rehearsed_crash_in_start", "rehearsal.crashed"),
        ("rehearsed_exit_in_start", "rehearsal.no-report"), ("rehearsed_hang_in_start", "rehearsal.hung"),
        ("rehearsed_error_in_start", "rehearsal.failed"), ("rehearsed_crash_in_health", "rehearsal.crashed"),
        ("rehearsed_hang_in_health", "rehearsal.hung"), ("rehearsed_unhealthy", "rehearsal.failed"),
        ("rehearsed_crash_in_stop", "rehearsal.crashed"), ("rehearsed_hang_in_stop", "rehearsal.hung"),
        ("rehearsed_crash_in_destructor", "rehearsal.crashed"), ("rehearsed_closes_descriptors", "rehearsal.no-report"),
        ("rehearsed_forges_report", "rehearsal.no-report"), ("rehearsed_kills_its_group", "rehearsal.crashed"),
        ("rehearsed_kills_its_parent", "rehearsal.no-report"), ("rehearsed_floods_and_aborts", "rehearsal.crashed"),
        ("rehearsed_crashes_beside_child", "rehearsal.crashed"),
        ("rehearsed_unhealthy_after_import", "rehearsal.failed"),
        ("rehearsed_forks_in_constructor", "rehearsal.no-report"),
        ("rehearsed_forks_in_start", "rehearsal.no-report"),
        ("rehearsed_kills_its_parent_later", "rehearsal.no-report"),
    ]

    @Test(arguments: [false, true])
    func whatFailsNeverRunsHere(_ isSealed: Bool) async throws {
        RehearsalProcesses.markOurs()
        for hangs in [false, true] { try await refuseAll(isSealed, hangs) }
        #expect(try RehearsalProcesses.alive() == [])
    }

    /// - Parameter hangs: which of them: only what hangs waits for its limit.
    private func refuseAll(_ isSealed: Bool, _ hangs: Bool) async throws {
        try await withRehearsals({
            $0.rehearsal.limit = hangs ? .seconds(2) : .seconds(120)
            $0.signatures.mode = isSealed ? .warn : .off
        }) { host, folder in
            _ = try await host.load(Plugins.answers("1.0.0", answer: 7, into: folder))
            let binding = try host.bind("answers", "^1", answer)
            let before = mappedCopies(under: folder)
            for (name, code) in Self.refused where name.contains("hang") == hangs {
                let path = try Plugins.build("\(name).c", into: folder)
                guard case .refused(let report) = try await hostError({ _ = try await host.load(path) }) else {
                    Issue.record("\(name) was not refused")
                    continue
                }
                #expect(report.refusalCodes == code, "\(name)")
                #expect(try call(binding) == 7)
            }
            #expect(mappedCopies(under: folder) == before)
            #expect(host.list(includingRetired: true).count == 1)
        }
    }

    @Test func whatLeavesProcessesIsLoadedWithAWarning() async throws {
        try await withRehearsals { host, folder in
            let path = try Fixture.build(
                """
                #include <stdlib.h>
                #include <switchboard.h>
                #include <unistd.h>
                SWB_MANIFEST("name = untidy\\n" "version = 1.0.0\\n" "unload = clean\\n" "export = answer\\n");
                SWB_EXPORT int32_t answer(void) { return 1; }
                int32_t swb_start(const swb_host_v1 *host, void **instance) {
                  (void)host, (void)instance;
                  if (getenv("SWITCHBOARD_REHEARSAL") && fork() == 0) for (;;) pause();
                  return 0;
                }
                """, into: folder)
            #expect(try await host.load(path).warnings.map(\.code).contains("rehearsal.leftovers"))
        }
    }

    @Test func aHostWithoutAProgramForThemDoesNotStart() throws {
        let error = #expect(throws: PluginHostError.self) {
            _ = try PluginHost(HostConfiguration(rehearsal: RehearsalPolicy(mode: .require)))
        }
        #expect(error?.code == "invalid-request")
        #expect(
            error?.description == """
                rehearsals are required, and this program cannot be one: call Rehearsal.runIfRequested() at the top of its \
                main, or name a program that does
                """)
    }

    @Test(arguments: ["/bin/true", "/nonexistent"])
    func aProgramThatKnowsNoRehearsalIsNoVerdict(_ program: String) async throws {
        try await withRehearsals({ $0.rehearsal.program = program }) { host, folder in
            let path = try Plugins.answers("1.0.0", answer: 1, into: folder)
            let error = try await hostError { _ = try await host.load(path) }
            #expect(error.code == "system")
            #expect(
                error.description
                    == (program == "/bin/true"
                        ? """
                        there was no rehearsal: /bin/true did not take it up; let it call Rehearsal.runIfRequested() at the top \
                        of its main, or name another program
                        """
                        : "there was no rehearsal: cannot start /nonexistent: No such file or directory (errno 2)"))
        }
    }

    /// The loader's thread is free while a rehearsal lasts.
    @Test func otherFilesAreLoadedMeanwhile() async throws {
        try await withRehearsals({ $0.rehearsal.limit = .seconds(60) }) { host, folder in
            let barrier = try Barrier(in: folder)
            let slow = try Plugins.build("hangs_in_constructor.c", barrier: barrier, into: folder)
            async let loaded = host.load(slow)
            try await barrier.waitUntilEntered()
            _ = try await host.load(Plugins.answers("1.0.0", answer: 1, into: folder))
            #expect(host.list().map(\.plugin) == ["answers"])
            barrier.open(for: 2)
            #expect(try await loaded.plugin == "hangs-in-constructor")
        }
    }

    /// What the gates said before the rehearsal is not true any more after it.
    @Test func theGatesComeAgain() async throws {
        try await withRehearsals({ $0.rehearsal.limit = .seconds(60) }) { host, folder in
            let barrier = try Barrier(in: folder)
            let slow = try Plugins.build("hangs_in_constructor.c", barrier: barrier, into: folder)
            async let late = hostError { _ = try await host.load(slow) }
            try await barrier.waitUntilEntered()
            let twin = try Fixture.build(
                """
                #include <switchboard.h>
                SWB_MANIFEST("name = hangs-in-constructor\\n" "version = 1.0.0\\n" "export = answer\\n");
                SWB_EXPORT int32_t answer(void) { return 2; }
                """, named: "twin", into: folder)
            _ = try await host.load(twin)
            barrier.open()  // for the rehearsal: the host would wait for ever
            guard case .refused(let report) = try await late else {
                Issue.record("not refused")
                return
            }
            #expect(report.refusalCodes == "version.duplicate")
            #expect(report.findings.contains { $0.code == "rehearsal.passed" && $0.verdict == .passed })
        }
    }

    /// Of two plugins that are swapped together, one does not come through: neither is swapped.
    @Test func aTransactionNeedsAllOfThem() async throws {
        try await withRehearsals { host, folder in
            _ = try await host.load(Plugins.answers("1.0.0", answer: 1, into: folder))
            let error = try await hostError {
                _ = try await host.swap(together: [
                    ("answers", try Plugins.answers("1.1.0", answer: 2, into: folder)),
                    ("rehearsed", try Plugins.build("rehearsed_crash_in_start.c", into: folder)),
                ])
            }
            #expect(error.code == "refused")
            #expect(try call(try host.bind("answers", "^1", answer)) == 1)
            #expect(host.list(includingRetired: true).map(\.stamp.version.description) == ["1.0.0"])
        }
    }

    private func withRehearsals(
        _ configure: (inout HostConfiguration) -> Void = { _ in },
        _ body: (PluginHost, TemporaryFolder) async throws -> Void
    ) async throws {
        try await withHost(
            {
                $0.rehearsal = RehearsalPolicy(mode: .require, program: BuiltProgram.path("plugctl"))
                configure(&$0)
            }, body)
    }
}
