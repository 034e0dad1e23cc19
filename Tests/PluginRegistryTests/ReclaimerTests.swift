import PluginRegistry
import Testing

@Suite struct ReclaimerTests {
    @Test func drainsWhatNobodyIsIn() async throws {
        let route = try route(serving: target([add]))
        let reclaimer = try Reclaimer()
        let old = try #require(route.publish(nil))
        guard case .drained(let nanoseconds) = await reclaimer.drain([old], limit: .seconds(60)) else {
            Issue.record("not drained")
            return
        }
        #expect(nanoseconds > 0)
        await reclaimer.shutdown()
    }

    @Test func drainsNothingAtAll() async throws {
        try Pins.start()
        let reclaimer = try Reclaimer()
        guard case .drained = await reclaimer.drain([], limit: .zero) else {
            Issue.record("not drained")
            return
        }
        await reclaimer.shutdown()
    }

    @Test func namesWhoIsStillInsideAndReportsWhenTheyHaveLeft() async throws {
        let route = try route(serving: target([add, multiply]))
        let caller = Caller(try route.binding(1), name: "slow caller")
        let reclaimer = try Reclaimer()
        let old = try #require(route.publish(target([add, add])))
        let (lateDrains, late) = AsyncStream.makeStream(of: Void.self)

        let outcome = await reclaimer.drain([old], limit: .milliseconds(20)) { late.yield() }
        guard case .timedOut(let holders) = outcome else {
            Issue.record("not timed out: \(outcome)")
            return
        }
        #expect(holders.map(\.threadName) == ["slow caller"])
        #expect(holders.map(\.slotIndex) == [1])
        #expect(holders.allSatisfy { $0.threadID > 0 })
        #expect(old.holders == holders)

        caller.leave()
        for await _ in lateDrains { break }
        #expect(old.callCount == 0)
        await reclaimer.shutdown()
    }

    @Test func drainsOneTargetWhileAThreadIsStuckInAnother() async throws {
        let stuck = try route("stuck ^1", serving: target([add]))
        let quick = try route("quick ^1", serving: target([add]))
        let caller = Caller(try stuck.binding(0))
        let reclaimer = try Reclaimer()
        let stuckTarget = try #require(stuck.publish(nil))
        let quickTarget = try #require(quick.publish(nil))

        async let never = reclaimer.drain([stuckTarget], limit: .seconds(600))
        let outcome = await reclaimer.drain([quickTarget], limit: .seconds(600))
        guard case .drained = outcome else {
            Issue.record("not drained: \(outcome)")
            return
        }
        #expect(stuckTarget.callCount == 1)
        caller.leave()
        guard case .drained = await never else {
            Issue.record("not drained")
            return
        }
        await reclaimer.shutdown()
    }

    @Test func waitsWithoutBlockingTheTasksThreads() async throws {
        let routes = try (0..<32).map { try route("adder ^\($0)", serving: target([add])) }
        let callers = try routes.map { Caller(try $0.binding(0)) }
        let reclaimer = try Reclaimer()
        await withTaskGroup { group in
            for route in routes {
                guard let old = route.publish(nil) else { continue }
                group.addTask { await reclaimer.drain([old], limit: .seconds(600)) }
            }
            // This runs only if 32 waiting tasks have left a thread for it.
            await Task { for caller in callers { caller.leave() } }.value
            for await outcome in group {
                guard case .drained = outcome else {
                    Issue.record("not drained: \(outcome)")
                    continue
                }
            }
        }
        await reclaimer.shutdown()
    }

    @Test func answersEveryoneAtShutdown() async throws {
        let route = try route(serving: target([add]))
        let caller = Caller(try route.binding(0))
        let reclaimer = try Reclaimer()
        let old = try #require(route.publish(nil))
        async let waiting = reclaimer.drain([old], limit: .seconds(600))
        await reclaimer.shutdown()
        await reclaimer.shutdown()
        guard case .timedOut(let holders) = await waiting, holders.count == 1 else {
            Issue.record("the drain was not answered")
            return
        }
        guard case .timedOut = await reclaimer.drain([old], limit: .seconds(600)) else {
            Issue.record("a drain after the shutdown was not answered")
            return
        }
        caller.leave()
        guard case .drained = await reclaimer.drain([old], limit: .zero) else {
            Issue.record("nobody was inside")
            return
        }
    }

    @Test func tellsACallerThatItIsInside() throws {
        let served = target([add])
        let route = try route(serving: served)
        let binding: Binding<Add> = try route.binding(0)
        #expect(!served.isHeldByThisThread)
        #expect(try binding { _ in served.isHeldByThisThread })
        let caller = Caller(binding)
        #expect(!served.isHeldByThisThread)
        caller.leave()
    }
}
