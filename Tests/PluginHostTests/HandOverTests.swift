import Glibc
import PluginRegistry
import Synchronization
import TestSupport
import Testing

@testable import PluginHost

/// A state's way from an old version to a new one.
@Suite(.timeLimit(.minutes(3))) struct HandOverTests {
    @Test func theStateGoesToTheNewVersionAndBackToAnOlderOne() async throws {
        try await withHost { host, folder in
            let old = try Plugins.build("keeps_state.c", "1.0.0", into: folder)
            _ = try await host.load(old)
            let (set, tell) = (try host.messages("keeper", "^1", "set"), try host.messages("keeper", "^1", "tell"))
            _ = try set.send("remember")
            let reply = try await host.swap("keeper", to: Plugins.build("keeps_state.c", "1.1.0", into: folder))
            let handOver = try #require(reply.handOver)
            #expect(handOver.mode == .quiesced && handOver.schema == 1 && handOver.bytes == 8)
            #expect(handOver.pauseNanoseconds > 0)
            #expect(try tell.send("") == "remember")
            _ = try set.send("more")
            #expect(try await host.swap("keeper", to: old).handOver?.bytes == 4, "a downgrade takes the state along")
            #expect(try tell.send("") == "more")
            #expect(host.list(includingRetired: true).count == 1)
        }
    }

    @Test func aStateThatIsDiscardedStaysBehind() async throws {
        try await withHost { host, folder in
            _ = try await host.load(Plugins.build("keeps_state.c", "1.0.0", into: folder))
            _ = try host.messages("keeper", "^1", "set").send("gone")
            let next = try Plugins.build("keeps_state.c", "1.1.0", into: folder)
            #expect(try await host.swap("keeper", to: next, SwapOptions(state: .discard)).handOver == nil)
            #expect(try host.messages("keeper", "^1", "tell").send("") == "")
        }
    }

    /// How the hand-over fails, and what its error says of it.
    @Test(arguments: [
        ("fails_to_save.c", "keeps_state.c", "plugin-failed", "swb_save answered"),
        ("saves_too_much.c", "keeps_state.c", "plugin-failed", "bytes that a state may have"),
        ("hangs_in_save.c", "keeps_state.c", "timed-out", "swb_save did not return"),
        ("keeps_state.c", "refuses_state.c", "plugin-failed", "swb_restore answered"),
        ("keeps_state.c", "hangs_in_restore.c", "timed-out", "swb_restore did not return"),
    ])
    func aFailureLeavesTheOldVersionServingWithItsStateIntact(
        _ before: String, _ after: String, _ code: String, _ words: String
    ) async throws {
        try await withHost({
            $0.handOverLimit = .milliseconds(300)
            $0.stateLimit = 200
            $0.stopLimit = .milliseconds(200)
        }) { host, folder in
            let barrier = try Barrier(in: folder)
            _ = try await host.load(Plugins.build(before, "1.0.0", barrier: barrier, into: folder))
            let (set, tell) = (try host.messages("keeper", "^1", "set"), try host.messages("keeper", "^1", "tell"))
            _ = try set.send("precious")
            let next = try Plugins.build(after, "1.1.0", barrier: barrier, into: folder)
            let callers = try CallingThreads(4) { try tell.send("") == "precious" }
            let error = try await hostError { _ = try await host.swap("keeper", to: next) }
            #expect(error.code == code && "\(error)".contains(words))
            #expect("\(error)".contains("state hand-over"))
            #expect(try await callers.finish() == [], "held calls went on in the old version")
            #expect(try tell.send("") == "precious")
            #expect(host.list().first { $0.state == .current }.map { "\($0.stamp.version)" } == "1.0.0")
            barrier.open(for: 8)
        }
    }

    @Test func aDryRunTellsWithoutPublishing() async throws {
        try await withHost { host, folder in
            _ = try await host.load(Plugins.build("keeps_state.c", "1.0.0", into: folder))
            let (set, tell) = (try host.messages("keeper", "^1", "set"), try host.messages("keeper", "^1", "tell"))
            _ = try set.send("kept")
            let next = try Plugins.build("keeps_state.c", "1.1.0", into: folder)
            let reply = try await host.swap("keeper", to: next, SwapOptions(isDryRun: true))
            #expect(reply.isDryRun && "\(reply.new.version)" == "1.1.0" && reply.retired == nil)
            #expect(reply.handOver?.bytes == 4)
            #expect(try tell.send("") == "kept")
            #expect(host.list(includingRetired: true).map { "\($0.stamp.version) \($0.state)" } == ["1.0.0 current"])
        }
    }

    @Test func aCallThatReentersItsPluginDuringTheHandOverFinishes() async throws {
        try await withHost { host, folder in
            let keeper = try await KeeperAtBarrier(in: host, folder)
            let tell = try host.messages("keeper", "^1", "tell")
            try await keeper.swapUnderACall { try tell.send("") }
            #expect(try tell.send("") == "text")
        }
    }

    /// The last target of the old version was made for the route that it stands in on, whose exports are numbered otherwise.
    @Test func aRouteThatIsBoundFromInsideLeadsToItsOwnPluginsExports() async throws {
        try await withHost { host, folder in
            let keeper = try await KeeperAtBarrier(in: host, folder)
            _ = try await host.load(Plugins.answers("1.0.0", answer: 1, into: folder))
            let standIn = try host.messages("answers", "^1", "tell")
            try await host.changeRoute("answers", "^1", by: .fallback("keeper"))
            _ = try await host.unload("answers")
            #expect(try standIn.send("") == "text")
            try await keeper.swapUnderACall { try host.messages("keeper", "^1.0", "tell").send("") }
        }
    }

    /// The lease that let it in was given back while it was inside: its state was saved under it.
    @Test func aCallByNameThatOutlastsTheLeaseThatLetItInIsWaitedFor() async throws {
        try await withHost({
            $0.handOverLimit = .seconds(1)
            $0.drainLimit = .milliseconds(100)
        }) { host, folder in
            let keeper = try await KeeperAtBarrier(in: host, folder)
            let executor = try HostExecutor()
            defer { executor.finish() }
            let tell = try host.messages("keeper", "^1", "tell")
            let (swap, call) = try await tell.withLease { _ in
                let swap = try await keeper.swap()
                // It knows of the lease, and goes on without it.
                let call = Task(executorPreference: executor) { try host.call("keeper", "^1", "tell_later", []) }
                try await keeper.barrier.waitUntilEntered()
                return (swap, call)
            }
            let error = try await hostError { _ = try await swap.value }
            #expect(error.step == "state hand-over", "\(error)")
            keeper.barrier.open()
            #expect(try await call.value == Array("text".utf8))
        }
    }

    /// It led to a target of a call by name, which went with that call: nobody waited for who else was inside by then.
    @Test func whoComesInByARouteThatIsBoundFromInsideIsWaitedForLaterOn() async throws {
        try await withHost({
            $0.handOverLimit = .seconds(1)
            $0.drainLimit = .milliseconds(100)
        }) { host, folder in
            let keeper = try await KeeperAtBarrier(in: host, folder)
            let executor = try HostExecutor()
            defer { executor.finish() }
            let gate = try Barrier(in: folder, named: "gate")
            let tell = try host.messages("keeper", "^1", "tell")
            async let byName = onThread { try host.call("keeper", "^1", "tell_later", []) }
            try await keeper.barrier.waitUntilEntered()
            let (swap, late) = try await tell.withLease { _ in
                let swap = try await keeper.swap()
                let binding = try host.bind("keeper", "^1.0", KeeperAtBarrier.pause)
                let late = Task(executorPreference: executor) { try binding { _ in gate.wait() } }
                try await gate.waitUntilEntered()
                return (swap, late)
            }
            keeper.barrier.open()
            #expect(try await byName == Array("text".utf8))
            #expect(try await hostError { _ = try await swap.value }.step == "state hand-over")
            let error = try await hostError { _ = try await host.unload("keeper") }
            #expect(error.step == "drain" && "\(error)".contains("in hold_still"), "\(error)")
            gate.open()
            try await late.value
        }
    }

    /// It was looked at when the time was up, and so had been there for no time at all.
    @Test func aCallThatHoldsUpTheHandOverWasSeenWhenThatBegan() async throws {
        try await withHost({ $0.handOverLimit = .milliseconds(200) }) { host, folder in
            let keeper = try await KeeperAtBarrier(in: host, folder)
            let pause = try host.bind("keeper", "^1", KeeperAtBarrier.pause)
            async let call: Void = onThread { try pause { $0() } }
            try await keeper.barrier.waitUntilEntered()
            let error = try await hostError { _ = try await host.swap("keeper", to: keeper.next) }
            #expect("\(error)".contains(/in hold_still, seen for (?!0\.0 s)/), "\(error)")
            keeper.barrier.open()
            try await call
        }
    }

    /// What is saved is handed over with nothing lost in between, whoever else swaps meanwhile.
    @Test func aSwapOfAnotherPluginEndsNoHold() async throws {
        try await withHost({ $0.handOverLimit = .seconds(60) }) { host, folder in
            let barrier = try Barrier(in: folder)
            _ = try await host.load(Plugins.build("hangs_in_save.c", "1.0.0", barrier: barrier, into: folder))
            _ = try await host.load(Plugins.answers("1.0.0", answer: 1, into: folder))
            let next = try Plugins.build("keeps_state.c", "1.1.0", into: folder)
            let swap = Task { try await host.swap("keeper", to: next) }
            try await barrier.waitUntilEntered()
            _ = try await host.swap("answers", to: Plugins.answers("1.1.0", answer: 2, into: folder))
            #expect(host.state.withLock { $0.heldState != nil })
            barrier.open()
            #expect(try await swap.value.handOver?.mode == .quiesced)
        }
    }

    /// Nobody had bound it before its state was on its way: the export was said not to be there.
    @Test func thePluginsFirstBindingMayComeDuringTheHandOver() async throws {
        try await withHost({ $0.handOverLimit = .seconds(60) }) { host, folder in
            let barrier = try Barrier(in: folder)
            _ = try await host.load(Plugins.build("hangs_in_save.c", "1.0.0", barrier: barrier, into: folder))
            let next = try Plugins.build("keeps_state.c", "1.1.0", into: folder)
            let swap = Task { try await host.swap("keeper", to: next) }
            try await barrier.waitUntilEntered()
            defer { barrier.open() }
            let tell = try host.messages("keeper", "^1", "tell")
            #expect(throws: PluginHostError.self) { _ = try host.messages("keeper", "^1", "absent") }
            barrier.open()
            #expect(try await swap.value.handOver?.mode == .quiesced)
            _ = try tell.send("")
        }
    }

    @Test func aShutdownLetsTheHandOverEndAndNoHeldCallHangs() async throws {
        try await withHost({ $0.stopLimit = .milliseconds(200) }) { host, folder in
            let barrier = try Barrier(in: folder)
            _ = try await host.load(Plugins.build("hangs_in_save.c", "1.0.0", barrier: barrier, into: folder))
            let tell = try host.messages("keeper", "^1", "tell")
            let next = try Plugins.build("keeps_state.c", "1.1.0", into: folder)
            let swap = Task { try await host.swap("keeper", to: next) }
            try await barrier.waitUntilEntered()
            let held = Task { try await onThread { try tell.send("") } }
            let end = Task { await host.shutdown() }
            try await eventually { (try? host.messages("keeper", "^1", "tell")) == nil }
            barrier.open()
            await #expect(throws: PluginHostError.self) { _ = try await swap.value }
            // Let through to the old version before that leaves, or told that nothing serves any more.
            do { #expect(try await held.value == "") } catch is BindingError {}
            await end.value
            #expect(mappedCopies(under: folder).isEmpty)
        }
    }

    @Test func aLiveStateIsSavedWhileCallsGoOn() async throws {
        try await withHost { host, folder in
            _ = try await host.load(Plugins.build("keeps_state.c", "1.0.0", flags: ["-DLIVE"], into: folder))
            let (set, tell) = (try host.messages("keeper", "^1", "set"), try host.messages("keeper", "^1", "tell"))
            _ = try set.send("live")
            let next = try Plugins.build("keeps_state.c", "1.1.0", flags: ["-DLIVE"], into: folder)
            let reply = try await host.swap("keeper", to: next)
            #expect(reply.handOver?.mode == .live && reply.handOver?.pauseNanoseconds == 0)
            #expect(try tell.send("") == "live")
        }
    }

    /// The sum of all answers is exact: no addition is lost, done twice, or refused.
    @Test func handOversUnderLoadLoseNoAddition() async {
        await #expect(processExitsWith: .success) {
            let folder = try TemporaryFolder()
            let host = try PluginHost(HostConfiguration(stagingDirectory: folder.file("staging"), log: { _ in }))
            let paths = try ["1.0.0", "1.1.0"].map { try Plugins.counter($0, into: folder) }
            _ = try await host.load(paths[0])
            let add = try host.bind(
                "counter", "^1",
                Export("counter_add", as: (@convention(c) (UnsafeMutableRawPointer?, Int64) -> Int64).self))
            let calls = Atomic(0)
            let callers = try CallingThreads(4) {
                let before = try add { add, instance in add(instance, 1) }
                calls.add(1, ordering: .relaxed)
                return before > 0
            }
            for round in 1...100 {
                let reply = try await host.swap("counter", to: paths[round % 2])
                guard reply.handOver?.mode == .quiesced else { throw TestSupportError("\(reply)") }
            }
            let complaints = try await callers.finish()
            #expect(complaints == [])
            let total = try add { add, instance in add(instance, 0) }
            #expect(total == Int64(calls.load(ordering: .relaxed)))
            await host.shutdown()
            #expect(Target.liveCount == 0)
        }
    }
}

/// A keeper of the state "text", whose calls wait at a barrier, and its next version.
private struct KeeperAtBarrier {
    static let pause = Export("hold_still", as: (@convention(c) () -> Void).self)
    let barrier: Barrier
    /// The path of the next version.
    let next: String
    private let host: PluginHost

    init(in host: PluginHost, _ folder: TemporaryFolder) async throws {
        self.host = host
        barrier = try Barrier(in: folder)
        next = try Plugins.build("keeps_state_at_barrier.c", "1.1.0", barrier: barrier, into: folder)
        _ = try await host.load(Plugins.build("keeps_state_at_barrier.c", "1.0.0", barrier: barrier, into: folder))
        _ = try host.messages("keeper", "^1", "set").send("text")
    }

    /// Begins to swap the next version in: the calls are held.
    func swap() async throws -> Task<SwapReply, any Error> {
        let swap = Task.detached { [host, next] in try await host.swap("keeper", to: next) }
        try await eventually { host.routes().allSatisfy(\.isHeld) }
        return swap
    }

    /// Swaps while a thread is inside, which then tells the text by another call, before it leaves.
    func swapUnderACall(_ tell: @escaping @Sendable () throws -> String) async throws {
        let pause = try host.bind("keeper", "^1", Self.pause)
        async let outer = onThread {
            try pause { pause in
                pause()
                return try tell()
            }
        }
        try await barrier.waitUntilEntered()
        let swap = try await swap()
        barrier.open()
        #expect(try await outer == "text")
        #expect(try await swap.value.handOver?.mode == .quiesced)
    }
}
