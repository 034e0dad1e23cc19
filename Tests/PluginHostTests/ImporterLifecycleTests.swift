import Compatibility
import PluginHost
import TestSupport
import Testing

@testable import PluginHost

/// Plugins that import from others: what they leave behind when they fail, are swapped, or go at an odd moment.
@Suite(.timeLimit(.minutes(2))) struct ImporterLifecycleTests {
    /// Each failure left its route and a target: the provider drained for ever.
    @Test func failedStartsOfAnImporterLeaveNothingAtItsProvider() async throws {
        try await withHost { host, folder in
            _ = try await host.load(Plugins.answers("1.0.0", answer: 1, into: folder))
            let bad = try Plugins.build("fails_to_start_with_import.c", into: folder)
            for _ in 1...20 {
                let error = try await hostError { _ = try await host.swap("fails-with-import", to: bad) }
                #expect("\(error)".contains("swb_start answered 42"))
                #expect(try await hostError { _ = try await host.load(bad) }.code == "plugin-failed")
            }
            try await eventually { host.state.withLock { $0.background.isEmpty } }
            let (entries, routes, targets) = host.state.withLock {
                ($0.catalog.routes.count, $0.routes.count, $0.records.values.map { $0.targets.count })
            }
            #expect(entries == 0 && routes == 0 && targets == [0])
            #expect(try await host.unload("answers").retired.map(\.outcome) == [.unmapped])
        }
    }

    /// The importer that was undone still counted as one who needs the provider.
    @Test func aDryRunOfAnImporterDoesNotKeepItsProviderLoaded() async throws {
        try await withHost { host, folder in
            _ = try await host.load(Plugins.answers("1.0.0", answer: 1, into: folder))
            let importer = try importer("1.0.0", of: "^1", into: folder)
            #expect(try await host.swap("imports-answers", to: importer, SwapOptions(isDryRun: true)).isDryRun)
            #expect(try await host.unload("answers").retired.map(\.outcome) == [.unmapped])
        }
    }

    /// The provider waited for the import of a plugin that was gone, and was never stopped.
    @Test func aShutdownStopsTheProviderOfAnImporterThatFailedToStart() async throws {
        let log = Log()
        try await withHost({ $0.log = log.sink }) { host, folder in
            _ = try await host.load(Plugins.build("answers_with_thread.c", flags: ["-DANSWER=1"], into: folder))
            let bad = try Plugins.build("fails_to_start_with_import.c", into: folder)
            #expect(try await hostError { _ = try await host.load(bad) }.code == "plugin-failed")
        }
        #expect(log.texts == ["thread ended", "stopped"])
    }

    /// Each swap gave the provider one more target, which nobody took away.
    @Test func swapsOfAnImporterLeaveOneTargetInTheProvider() async throws {
        try await withHost { host, folder in
            let provider = try await host.load(Plugins.answers("1.0.0", answer: 1, into: folder)).loaded.generation
            let paths = try ["1.0.0", "1.1.0"].map { try importer($0, of: "^1", into: folder) }
            for round in 0..<20 { _ = try await host.swap("imports-answers", to: paths[round % 2]) }
            try await eventually { host.state.withLock { $0.background.isEmpty } }
            #expect(host.state.withLock { $0.records[provider]?.targets.count } == 1)
        }
    }

    /// The hold remembered the route of the importer that went, and the next one's import took over its memory.
    @Test func anImporterThatComesAgainDuringAHandOverIsServed() async {
        await #expect(processExitsWith: .success) {
            try await withHandOverUnderImporter { host, importer, swap in
                _ = try await host.unload("relays")
                _ = try await host.load(importer)
                try await swap()
                #expect(try host.messages("relays", "^1", "pass").send("passed") == "")
                #expect(try host.messages("keeper", "^1", "tell").send("") == "passed")
            }
        }
    }

    /// The end of the hold published a target for the route that was gone by then.
    @Test func anImporterThatIsUnloadedDuringAHandOverLeavesNoRoute() async throws {
        try await withHandOverUnderImporter { host, _, swap in
            _ = try await host.unload("relays")
            try await swap()
            #expect(host.state.withLock { $0.routes.count } == 0)
        }
    }

    /// The gates had found the provider; it was unloaded before its importer was published.
    @Test func aRequirementThatIsGoneByPublicationRefusesTheLoad() async throws {
        try await withHost { host, folder in
            _ = try await host.load(Plugins.answers("1.0.0", answer: 1, into: folder))
            let path = try Plugins.build("needs_answers.c", flags: ["-DRANGE=\"^1\""], into: folder)
            await host.takeTurn(of: ["needs-answers"])
            async let load = hostError { _ = try await host.load(path) }
            try await eventually { host.state.withLock { $0.turns["needs-answers"]?.count == 1 } }
            _ = try await host.unload("answers")
            host.endTurn(of: ["needs-answers"])
            let error = try await load
            #expect(
                error.code == "conflict" && "\(error)".contains("requires answers ^1, which is not loaded any more"))
            #expect(host.list(includingRetired: true).isEmpty)
        }
    }

    /// The importer's start looked for its provider among what served, where the new one was not yet.
    @Test func anImporterIsSwappedTogetherWithTheNewVersionThatItNeeds() async throws {
        try await withHost { host, folder in
            _ = try await host.load(Plugins.answers("1.0.0", answer: 1, into: folder))
            _ = try await host.load(importer("1.0.0", of: "^1", into: folder))
            let relay = try host.messages("imports-answers", "^1", "relay")
            #expect(try relay.send("") == "1.0.0 says 1")
            let next = try importer("1.1.0", of: "^1.1", into: folder)
            #expect(try await hostError { _ = try await host.swap("imports-answers", to: next) }.code == "refused")
            let reply = try await host.swap(together: [
                (name: "imports-answers", path: next),
                (name: "answers", path: try Plugins.answers("1.1.0", answer: 2, into: folder)),
            ])
            #expect(reply.swaps.map { "\($0.new.version)" } == ["1.1.0", "1.1.0"])
            #expect(try relay.send("") == "1.1.0 says 2")
            #expect(host.list(includingRetired: true).count == 2)
        }
    }

    private func importer(_ version: String, of range: String, into folder: TemporaryFolder) throws -> String {
        try Plugins.build("imports_answers.c", version, flags: ["-DRANGE=\"\(range)\""], into: folder)
    }
}

/// A host that hands a keeper's state over and has come to its `swb_save`, while `relays`, whose path is told, imports
/// from it; `swap` lets it go on and waits for its end.
private func withHandOverUnderImporter(
    _ body: (_ host: PluginHost, _ importer: String, _ swap: () async throws -> Void) async throws -> Void
) async throws {
    try await withHost({ $0.handOverLimit = .seconds(20) }) { host, folder in
        let barrier = try Barrier(in: folder)
        _ = try await host.load(Plugins.build("hangs_in_save.c", "1.0.0", barrier: barrier, into: folder))
        let importer = try Plugins.build("relays_to_keeper.c", into: folder)
        _ = try await host.load(importer)
        let next = try Plugins.build("keeps_state.c", "1.1.0", into: folder)
        let swap = Task { try await host.swap("keeper", to: next) }
        try await barrier.waitUntilEntered()
        try await body(host, importer) {
            barrier.open()
            let reply = try await swap.value
            #expect(reply.handOver?.mode == .quiesced)
        }
    }
}
