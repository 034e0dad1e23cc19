import PluginHost
import TestSupport
import Testing

/// The state that a swap would hand over is restored in the rehearsal, whether or not calls are held while it is saved.
@Suite(.timeLimit(.minutes(2))) struct RehearsedStatesTests {
    @Test(arguments: [[], ["-DLIVE"]])
    func aStateThatKillsIsRefusedAndTheOldVersionKeepsIt(_ flags: [String]) async throws {
        try await withKeeper(flags) { host, folder in
            let bad = try Plugins.build("rehearsed_crash_in_restore.c", "1.1.0", flags: flags, into: folder)
            #expect(
                try await refusal(host, bad) == [
                    """
                    rehearsal.crashed: plugin's rehearsal was killed by SIGABRT (signal 6) in swb_restore, and this host \
                    would have been; it said nothing: mend the plugin, and see it pass plugctl check --rehearse
                    """
                ])
        }
    }

    @Test(arguments: [[], ["-DLIVE"]])
    func aStateThatIsNotTakenIsRefusedWithTheWords(_ flags: [String]) async throws {
        try await withKeeper(flags) { host, folder in
            let bad = try Plugins.build("refuses_state.c", "1.1.0", flags: flags, into: folder)
            #expect(
                try await refusal(host, bad) == [
                    """
                    rehearsal.failed: plugin's swb_restore answered 9: this state makes no sense, and this host would not \
                    have published it: see to what it says
                    """
                ])
        }
    }

    @Test func aRestoreThatHangsIsRefused() async throws {
        try await withKeeper(["-DLIVE"], limit: .seconds(3)) { host, folder in
            let bad = try Plugins.build("rehearsed_hang_in_restore.c", "1.1.0", flags: ["-DLIVE"], into: folder)
            #expect(
                try await refusal(host, bad) == [
                    """
                    rehearsal.hung: plugin's rehearsal did not come back from swb_restore, and this host waits for no longer \
                    than 3.0 seconds; it said nothing: let it come back sooner, or rehearse with a longer limit
                    """
                ])
        }
    }

    @Test(arguments: [[], ["-DLIVE"]])
    func aStateThatIsTakenGoesOver(_ flags: [String]) async throws {
        try await withKeeper(flags) { host, folder in
            let next = try Plugins.build("keeps_state.c", "1.1.0", flags: flags, into: folder)
            #expect(try await host.swap("keeper", to: next).handOver?.mode == (flags.isEmpty ? .quiesced : .live))
        }
    }

    /// A call that does not leave keeps the state from being saved: the rehearsal goes on without, and says so, and calls
    /// are let through.
    @Test func aStateThatCannotBeHadIsNotRehearsed() async throws {
        try await withHost({
            $0.rehearsal = RehearsalPolicy(
                mode: .require, limit: .seconds(60), program: BuiltProgram.path("plugctl"))
            $0.handOverLimit = .milliseconds(200)
        }) { host, folder in
            let barrier = try Barrier(in: folder)
            _ = try await host.load(Plugins.build("keeps_state_at_barrier.c", "1.0.0", barrier: barrier, into: folder))
            let pause = try host.bind("keeper", "^1", Export("hold_still", as: (@convention(c) () -> Void).self))
            async let inside: Void = onThread { try pause { $0() } }
            try await barrier.waitUntilEntered()
            let next = try Plugins.build("keeps_state_at_barrier.c", "1.1.0", barrier: barrier, into: folder)
            // The swap's own hand-over comes to the same end.
            let error = try await hostError { _ = try await host.swap("keeper", to: next) }
            #expect(error.code == "timed-out" && "\(error)".contains("state hand-over"), "\(error)")
            #expect(host.routes().allSatisfy { !$0.isHeld })
            barrier.open()
            try await inside
            #expect(try await host.swap("keeper", to: next).handOver?.mode == .quiesced)
        }
    }

    private func refusal(_ host: PluginHost, _ path: String) async throws -> [String] {
        guard case .refused(let report) = try await hostError({ _ = try await host.swap("keeper", to: path) }) else {
            Issue.record("not refused")
            return []
        }
        return report.refusals.map(\.sentence)
    }

    /// A keeper with a text, which must still be there whatever the body does.
    private func withKeeper(
        _ flags: [String], limit: Duration = .seconds(60), _ body: (PluginHost, TemporaryFolder) async throws -> Void
    ) async throws {
        try await withHost({
            $0.rehearsal = RehearsalPolicy(
                mode: .require, limit: limit, program: BuiltProgram.path("plugctl"))
        }) { host, folder in
            _ = try await host.load(Plugins.build("keeps_state.c", "1.0.0", named: "first", flags: flags, into: folder))
            _ = try host.messages("keeper", "^1", "set").send("all that it knows")
            try await body(host, folder)
            #expect(try host.messages("keeper", "^1", "tell").send("") == "all that it knows")
        }
    }
}
