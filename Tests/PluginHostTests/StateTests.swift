import TestSupport
import Testing

@testable import PluginHost

/// swb_save, swb_restore and swb_health of one generation: what they hand over, and every way in which they fail.
@Suite(.timeLimit(.minutes(2))) struct StateTests {
    private static let limit = Duration.seconds(30)

    @Test func whatOneSavesAnotherRestores() async throws {
        try await withKeepers { keepers in
            let (old, new) = (try await keepers("keeps_state.c", "1.0.0"), try await keepers("keeps_state.c", "1.1.0"))
            for text in ["", "three words here", String(repeating: "x", count: 256)] {
                try old.set(text)
                let state = try await old.generation.save(within: Self.limit, limitBytes: 256)
                try await new.generation.restore(schema: 1, state: state, within: Self.limit)
                #expect(try new.tell() == text)
                #expect(try old.tell() == text, "the old one keeps what it has")
            }
        }
    }

    @Test func aRefusalIsToldInThePluginsWords() async throws {
        try await withKeepers { keepers in
            let keeper = try await keepers("fails_to_save.c", "1.0.0")
            let save = await failure { _ = try await keeper.generation.save(within: Self.limit, limitBytes: 256) }
            #expect(save?.clause == "swb_save answered 7: half of the state is elsewhere")
            #expect(save?.leavesCodeRunning == false)
            try keeper.set("before")
            for (schema, state) in [(2, []), (1, [UInt8](repeating: 0, count: 257))] as [(UInt32, [UInt8])] {
                let restore = await failure {
                    try await keeper.generation.restore(schema: schema, state: state, within: Self.limit)
                }
                #expect(
                    restore?.clause == "swb_restore answered 1" + (schema == 2 ? ": only schema 1 is understood" : ""))
            }
            #expect(try keeper.tell() == "before")
            let refusing = try await keepers("refuses_state.c", "1.1.0")
            let refused = await failure {
                try await refusing.generation.restore(schema: 1, state: [1], within: Self.limit)
            }
            #expect(refused?.clause == "swb_restore answered 9: this state makes no sense")
        }
    }

    @Test func aStateOverTheLimitIsAFailureEvenWhereThePluginTakesNoNotice() async throws {
        try await withKeepers { keepers in
            let keeper = try await keepers("saves_too_much.c", "1.0.0")
            let failure = await failure {
                _ = try await keeper.generation.save(within: Self.limit, limitBytes: 10_000)
            }
            #expect(failure?.clause == "swb_save wrote more than the 10000 bytes that a state may have")
        }
    }

    @Test func aPluginWithoutTheFunctionsSaysSo() async throws {
        try await withHost { host, folder in
            let loaded = try await host.load(Plugins.answers("1.0.0", answer: 1, into: folder)).loaded
            let generation = try #require(host.generation(loaded.generation))
            let save = await failure { _ = try await generation.save(within: Self.limit, limitBytes: 1) }
            #expect(save == .absent("swb_save"))
            let restore = await failure { try await generation.restore(schema: 1, state: [], within: Self.limit) }
            #expect(restore == .absent("swb_restore"))
            try await generation.health(within: Self.limit)
        }
    }

    @Test func healthIsThePluginsWord() async throws {
        try await withKeepers { keepers in
            let keeper = try await keepers("unhealthy.c", "1.0.0")
            try await keeper.generation.health(within: Self.limit)
            try keeper.set("ill")
            let failure = await failure { try await keeper.generation.health(within: Self.limit) }
            #expect(failure?.clause == "swb_health answered 5: feeling ill")
        }
    }

    @Test func aSaveThatHangsTimesOutAndTheGenerationIsWholeAgainWhenItHasReturned() async throws {
        try await withKeepers { keepers in
            let keeper = try await keepers("hangs_in_save.c", "1.0.0")
            try keeper.set("kept")
            let save = await failure {
                _ = try await keeper.generation.save(within: .milliseconds(100), limitBytes: 256)
            }
            #expect(save?.clause == "swb_save did not return within 0.1 seconds")
            #expect(save?.leavesCodeRunning == true)
            #expect(try keeper.tell() == "kept", "it goes on serving")
            let busy = await failure { try await keeper.generation.restore(schema: 1, state: [], within: Self.limit) }
            #expect(busy == .busy("swb_restore", inside: "swb_save"))
            #expect(busy?.leavesCodeRunning == true)
            keeper.barrier.open(for: 2)
            var state: [UInt8]?
            while state == nil {
                do throws(LifecycleFailure) {
                    state = try await keeper.generation.save(within: Self.limit, limitBytes: 256)
                } catch { #expect(error == .busy("swb_save", inside: "swb_save")) }
            }
            #expect(state == Array("kept".utf8))
            #expect(try await keeper.host.unload("keeper").retired.map(\.outcome) == [.unmapped])
        }
    }

    @Test func aGenerationWhoseRestoreHangsStaysInMemoryAndTheReasonSaysSo() async throws {
        try await withKeepers({ $0.stopLimit = .milliseconds(100) }) { keepers in
            let keeper = try await keepers("hangs_in_restore.c", "1.0.0")
            let restore = await failure {
                try await keeper.generation.restore(schema: 1, state: [], within: .milliseconds(100))
            }
            #expect(restore == .timedOut("swb_restore", limit: .milliseconds(100)))
            guard case .resident(let reason) = try await keeper.host.unload("keeper").retired.first?.outcome else {
                Issue.record("not resident"); return
            }
            #expect(reason == "swb_restore has not returned, so swb_stop was not called within 0.1 seconds")
            let after = await failure { try await keeper.generation.restore(schema: 1, state: [], within: Self.limit) }
            #expect(after == .notRunning("swb_restore"))
            keeper.barrier.open()
        }
    }

    @Test func aCallIsToldThatItsGenerationDrains() async throws {
        try await withHost { host, folder in
            let barrier = try Barrier(in: folder)
            let path = try Plugins.build("waits_for_cancellation.c", barrier: barrier, into: folder)
            let generation = try #require(host.generation(try await host.load(path).loaded.generation))
            let wait = try host.messages("waits-for-cancellation", "^1", "wait")
            async let answer = onThread { try wait.send("") }
            try await barrier.waitUntilEntered()
            barrier.open()
            generation.table.raiseCancellation()
            #expect(try await answer == "cancelled in 1.0.0")
            let late = #expect(throws: PluginHostError.self) { _ = try wait.send("") as String }
            #expect(late?.description.contains("cancelled before") == true)
        }
    }

    /// The failure that `body` ends with.
    private func failure(_ body: () async throws -> Void) async -> LifecycleFailure? {
        await #expect(throws: LifecycleFailure.self) { try await body() }
    }
}

/// A keeper (`Tests/Fixtures/keeper.h`) that serves in a host.
private struct Keeper {
    let host: PluginHost
    let generation: Generation
    let barrier: Barrier

    func set(_ text: String) throws { _ = try host.call("keeper", "=\(generation.version)", "set", Array(text.utf8)) }

    func tell() throws -> String {
        String(decoding: try host.call("keeper", "=\(generation.version)", "tell", []), as: UTF8.self)
    }
}

private func withKeepers(
    _ configure: (inout HostConfiguration) -> Void = { _ in },
    _ body: (_ load: (_ fixture: String, _ version: String) async throws -> Keeper) async throws -> Void
) async throws {
    try await withHost(configure) { host, folder in
        let barrier = try Barrier(in: folder)
        try await body { fixture, version in
            let path = try Plugins.build(fixture, version, barrier: barrier, into: folder)
            let number = try await host.load(path).loaded.generation
            return Keeper(host: host, generation: try #require(host.generation(number)), barrier: barrier)
        }
    }
}

extension PluginHost {
    /// A generation that is in memory, by its number.
    fileprivate func generation(_ number: Int) -> Generation? { state.withLock { $0.records[number]?.generation } }
}
