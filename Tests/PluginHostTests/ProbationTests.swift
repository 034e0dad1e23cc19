import Synchronization
import TestSupport
import Testing

@testable import PluginHost

/// Swaps on probation: the old version is ready to come back, by an operator's word or by itself.
@Suite(.timeLimit(.minutes(2))) struct ProbationTests {
    private let slow = SwapOptions(probation: .seconds(3600))

    @Test func revertPutsTheOldVersionBackByOnePublish() async throws {
        try await withHost { host, folder in
            let first = try await host.load(Plugins.answers("1.0.0", answer: 1, into: folder))
            let binding = try host.bind("answers", "^1", answer)
            let swap = try await host.swap("answers", to: Plugins.answers("1.1.0", answer: 2, into: folder), slow)
            #expect(swap.retired == .ready && swap.probation == 3600)
            #expect(try call(binding) == 2)
            #expect(host.list().map { "\($0.stamp.version) \($0.state)" } == ["1.1.0 current", "1.0.0 ready"])

            let reply = try await host.revert("answers").swaps[0]
            #expect(reply.new == first.loaded && reply.old == swap.new && reply.retired == .unmapped)
            #expect(try call(binding) == 1)
            #expect(host.list(includingRetired: true).map { "\($0.stamp.version) \($0.state)" } == ["1.0.0 current"])
            #expect(try await hostError { _ = try await host.revert("answers") }.code == "conflict")
        }
    }

    @Test func commitRetiresTheOldVersion() async throws {
        try await withHost { host, folder in
            let first = try await host.load(Plugins.answers("1.0.0", answer: 1, into: folder))
            let binding = try host.bind("answers", "^1", answer)
            let swap = try await host.swap("answers", to: Plugins.answers("1.1.0", answer: 2, into: folder), slow)
            let reply = try await host.commit("answers")
            #expect(reply.committed == swap.new)
            #expect(reply.retired.map(\.stamp) == [first.loaded] && reply.retired.map(\.outcome) == [.unmapped])
            #expect(try call(binding) == 2)
            #expect(host.list(includingRetired: true).count == 1)
            #expect(try await hostError { _ = try await host.commit("answers") }.code == "conflict")
        }
    }

    /// It was forgotten, and its old version stayed ready for ever.
    @Test func aProbationThatCannotBeRevertedGoesOn() async throws {
        try await withHost { host, folder in
            _ = try await host.swap("answers", to: Plugins.answers("1.0.0", answer: 1, into: folder), slow)
            let error = try await hostError { _ = try await host.revert("answers") }
            #expect(error.code == "conflict" && "\(error)".contains("nothing was in front of answers before"))
            #expect(try await host.commit("answers").retired.isEmpty)
        }
    }

    @Test func theEndOfTheProbationCommits() async throws {
        try await withHost({ $0.watchInterval = .milliseconds(5) }) { host, folder in
            _ = try await host.load(Plugins.answers("1.0.0", answer: 1, into: folder))
            let next = try Plugins.answers("1.1.0", answer: 2, into: folder)
            _ = try await host.swap("answers", to: next, SwapOptions(probation: .milliseconds(20)))
            try await eventually { host.list(includingRetired: true).count == 1 }
            #expect(host.list().map { "\($0.stamp.version)" } == ["1.1.0"])
        }
    }

    @Test func theNextSwapDecidesTheOneBefore() async throws {
        try await withHost { host, folder in
            _ = try await host.load(Plugins.answers("1.0.0", answer: 1, into: folder))
            _ = try await host.swap("answers", to: Plugins.answers("1.1.0", answer: 2, into: folder), slow)
            _ = try await host.swap("answers", to: Plugins.answers("1.2.0", answer: 3, into: folder), slow)
            try await eventually { host.list(includingRetired: true).count == 2 }
            #expect(host.list().map { "\($0.stamp.version) \($0.state)" } == ["1.2.0 current", "1.1.0 ready"])
            #expect(try await host.revert("answers").swaps[0].new.version == SemanticVersion("1.1.0"))
        }
    }

    @Test func unloadEndsTheProbationOfBoth() async throws {
        try await withHost { host, folder in
            _ = try await host.load(Plugins.answers("1.0.0", answer: 1, into: folder))
            _ = try await host.swap("answers", to: Plugins.answers("1.1.0", answer: 2, into: folder), slow)
            #expect(try await host.unload("answers").retired.count == 2)
            #expect(host.list(includingRetired: true).isEmpty)
            #expect(try await hostError { _ = try await host.revert("answers") }.code == "not-found")
        }
    }

    @Test func aVersionThatFallsIllIsTakenBackByItselfAndTheEventSaysWhy() async throws {
        let events = Events()
        try await withHost({
            $0.watchInterval = .milliseconds(5)
            $0.onEvent = events.sink
        }) { host, folder in
            _ = try await host.load(Plugins.build("keeps_state.c", "1.0.0", into: folder))
            let set = try host.messages("keeper", "^1", "set")
            let ill = try Plugins.build("unhealthy.c", "1.1.0", into: folder)
            _ = try await host.swap("keeper", to: ill, SwapOptions(probation: .seconds(3600), state: .discard))
            _ = try set.send("ill")
            try await eventually { host.list(includingRetired: true).count == 1 }
            #expect(host.list().map { "\($0.stamp.version) \($0.state)" } == ["1.0.0 current"])
            let event = try #require(events.all.first { $0.code == "swap.reverted" })
            #expect(event.plugin == "keeper" && event.sentence.contains("swb_health answered 5: feeling ill"))
        }
    }

    @Test func aVersionThatIsIllFromTheStartIsNeverPublished() async throws {
        try await withHost { host, folder in
            let path = try Plugins.build("unhealthy.c", "1.0.0", flags: ["-DILL_FROM_THE_START"], into: folder)
            let error = try await hostError { _ = try await host.load(path) }
            #expect(error.code == "plugin-failed" && "\(error)".contains("failed in its health: swb_health answered 5"))
            #expect(host.list(includingRetired: true).isEmpty && mappedCopies(under: folder).isEmpty)
        }
    }

    @Test func tooManyFailedCallsTakeAVersionBack() async throws {
        let events = Events()
        try await withHost({
            $0.watchInterval = .milliseconds(5)
            $0.errorRate = ErrorRateLimit(share: 0.2, minimumCalls: 10)
            $0.onEvent = events.sink
        }) { host, folder in
            _ = try await host.load(Plugins.build("keeps_state.c", "1.0.0", into: folder))
            let set = try host.messages("keeper", "^1", "set")
            let next = try Plugins.build("keeps_state.c", "1.1.0", into: folder)
            _ = try await host.swap("keeper", to: next, SwapOptions(probation: .seconds(3600), state: .discard))
            for _ in 1...8 { _ = try set.send("fits") }
            for _ in 1...8 { _ = try? set.send(String(repeating: "too long ", count: 64)) }
            try await eventually { events.all.contains { $0.code == "swap.reverted" } }
            #expect(events.all.first?.sentence.contains("failed 8 of 16 calls") == true)
            #expect(host.list().map { "\($0.stamp.version)" } == ["1.0.0"])
        }
    }

    /// The watch was inside the health of 1.1.0 when 1.2.0 took its place, and reverted that for what it had found.
    @Test func theWatchDoesNotTakeBackALaterSwap() async throws {
        let events = Events()
        try await withHost({
            $0.watchInterval = .milliseconds(5)
            $0.healthLimit = .seconds(20)
            $0.onEvent = events.sink
        }) { host, folder in
            let (ill, well) = (try Barrier(in: folder, named: "ill"), try Barrier(in: folder, named: "well"))
            _ = try await host.load(Plugins.build("keeps_state.c", "1.0.0", into: folder))
            let set = try host.messages("keeper", "^1", "set")
            let options = SwapOptions(probation: .seconds(3600), state: .discard)
            func swap(to version: String, _ barrier: Barrier, health: Int) async throws {
                let path = try Plugins.build(
                    "waits_in_health.c", version, barrier: barrier, flags: ["-DHEALTH=\(health)"], into: folder)
                _ = try await host.swap("keeper", to: path, options)
                _ = try set.send("wait")
            }
            try await swap(to: "1.1.0", ill, health: 5)
            try await ill.waitUntilEntered()
            try await swap(to: "1.2.0", well, health: 0)
            ill.open()
            // The next round has begun: what the watch made of the last one is under way, or done.
            try await well.waitUntilEntered()
            _ = try set.send("well")
            well.open()
            try await eventually { host.state.withLock { $0.background.isEmpty } }
            #expect(host.list().map { "\($0.stamp.version) \($0.state)" } == ["1.2.0 current", "1.1.0 ready"])
            #expect(events.all == [])
            #expect(try await "\(host.commit("keeper").committed.version)" == "1.2.0")
        }
    }

    /// A loaded version that was swapped in was judged by all that had ever failed in it.
    @Test func failuresBeforeTheProbationDoNotCount() async throws {
        let events = Events()
        try await withHost({
            $0.watchInterval = .milliseconds(5)
            $0.errorRate = ErrorRateLimit(share: 0.2, minimumCalls: 10)
            $0.onEvent = events.sink
        }) { host, folder in
            for version in ["1.0.0", "1.1.0"] {
                _ = try await host.load(Plugins.build("keeps_state.c", version, into: folder))
            }
            let set = try host.messages("keeper", "=1.1.0", "set")
            for _ in 1...20 { _ = try? set.send(String(repeating: "too long ", count: 64)) }
            let options = SwapOptions(probation: .milliseconds(20), state: .discard)
            _ = try await host.swap("keeper", to: SemanticVersion("1.1.0"), options)
            // A look at the tally comes before the look at the clock.
            try await eventually { !events.all.isEmpty }
            #expect(events.all.map(\.code) == ["swap.committed"])
        }
    }

    /// Calls through an import were in no tally: a version that failed its importers alone was never taken back.
    @Test func failedCallsOfAnImporterTakeAVersionBack() async throws {
        let events = Events()
        try await withHost({
            $0.watchInterval = .milliseconds(5)
            $0.errorRate = ErrorRateLimit(share: 0.2, minimumCalls: 10)
            $0.onEvent = events.sink
        }) { host, folder in
            _ = try await host.load(Plugins.build("keeps_state.c", "1.0.0", into: folder))
            _ = try await host.load(Plugins.build("relays_to_keeper.c", into: folder))
            let pass = try host.messages("relays", "^1", "pass")
            let next = try Plugins.build("keeps_state.c", "1.1.0", into: folder)
            _ = try await host.swap("keeper", to: next, SwapOptions(probation: .seconds(3600), state: .discard))
            for _ in 1...10 { _ = try? pass.send(String(repeating: "too long ", count: 64)) }
            try await eventually { events.all.contains { $0.code == "swap.reverted" } }
            #expect(host.list().map { "\($0.plugin) \($0.stamp.version)" } == ["keeper 1.0.0", "relays 1.0.0"])
        }
    }
}

/// What a host did by itself, in order.
final class Events: Sendable {
    private let events = Mutex<[HostEvent]>([])

    /// The sink for a `HostConfiguration`.
    var sink: @Sendable (HostEvent) -> Void { { event in self.events.withLock { $0.append(event) } } }
    /// All events so far.
    var all: [HostEvent] { events.withLock { $0 } }
}
