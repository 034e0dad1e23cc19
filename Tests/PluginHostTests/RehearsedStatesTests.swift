import PluginHost
import TestSupport
import Testing

/// The state that a swap would hand over is restored in the rehearsal, where it can be saved without holding a call.
@Suite(.timeLimit(.minutes(2))) struct RehearsedStatesTests {
    @Test func aStateThatKillsIsRefusedAndTheOldVersionKeepsIt() async throws {
        try await withKeeper(["-DLIVE"]) { host, folder in
            let bad = try Plugins.build("rehearsed_crash_in_restore.c", "1.1.0", flags: ["-DLIVE"], into: folder)
            #expect(
                try await refusal(host, bad) == [
                    """
                    rehearsal.crashed: plugin's rehearsal was killed by SIGABRT (signal 6) in swb_restore, and this host \
                    would have been; it said nothing: mend it until plugctl check --rehearse passes
                    """
                ])
        }
    }

    @Test func aStateThatIsNotTakenIsRefusedWithTheWords() async throws {
        try await withKeeper(["-DLIVE"]) { host, folder in
            let bad = try Plugins.build("refuses_state.c", "1.1.0", flags: ["-DLIVE"], into: folder)
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

    /// Calls are not held for a rehearsal, so what may be saved only then is not rehearsed, and the swap itself finds out.
    @Test func aStateThatNeedsAHoldIsNotRehearsed() async throws {
        try await withKeeper([]) { host, folder in
            let bad = try Plugins.build("refuses_state.c", "1.1.0", into: folder)
            let error = try await hostError { _ = try await host.swap("keeper", to: bad) }
            #expect(error.code == "plugin-failed" && "\(error)".contains("swb_restore answered 9"))
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
