import Glibc
import PluginRegistry
import Testing

@Suite struct HoldTests {
    @Test func makesCallersWaitAndThenGoOn() async throws {
        let (route, hold, binding) = try held()
        let sums = Lock<[Int32]>([])
        let threads = (0..<3).map { _ in
            OSThread { if let sum = try? binding({ $0(2, 3) }) { sums.withLock { $0.append(sum) } } }
        }
        await waitUntil { hold.waitingCount == 3 }
        #expect(sums.withLock { $0 } == [])
        hold.end([(route, target([multiply]))])
        for thread in threads { thread.join() }
        #expect(sums.withLock { $0 } == [6, 6, 6])
    }

    @Test func isNoConcernOfOtherRoutes() throws {
        let other: Binding<Add> = try route("other ^1", serving: target([multiply])).binding(0)
        let (route, hold, _) = try held()
        #expect(try other { $0(2, 3) } == 6)
        let empty: Binding<Add> = try PluginRegistryTests.route("empty ^1").binding(0)
        #expect(throws: BindingError.unloaded(route: "empty ^1")) { try empty { $0(1, 1) } }
        hold.end([(route, target([add]))])
    }

    @Test func letsThroughWhoIsInsideAlready() async throws {
        let old = target([add])
        let route = try route(serving: old)
        let binding: Binding<Add> = try route.binding(0)
        let reclaimer = try Reclaimer()
        let inside = Gate(), isHeld = Gate()
        let sum = Lock<Int32?>(nil)
        let thread = OSThread {
            let result = try? binding { outer in
                inside.open()
                isHeld.pass()
                return try binding { inner in outer(1, try binding.pin { pinned in inner(2, pinned { $0(3, 4) }) }) }
            }
            sum.withLock { $0 = result }
        }
        inside.pass()
        let hold = Hold([route], inside: [old], until: .now + .seconds(600))
        guard case .timedOut(let holders) = await reclaimer.quiesce(hold, limit: .zero), holders.count == 1 else {
            Issue.record("somebody is inside")
            return
        }
        isHeld.open()
        thread.join()
        #expect(sum.withLock { $0 } == 10)
        guard case .drained = await reclaimer.quiesce(hold, limit: .seconds(60)) else {
            Issue.record("nobody is inside")
            return
        }
        hold.end([(route, target([multiply]))])
        guard case .drained = await reclaimer.drain([old], limit: .seconds(60)) else {
            Issue.record("not drained")
            return
        }
        await reclaimer.shutdown()
    }

    @Test func letsThroughATaskThatHoldsALease() async throws {
        let old = target([add])
        let route = try route(serving: old)
        let binding: Binding<Add> = try route.binding(0)
        let reclaimer = try Reclaimer()
        let hold = try await binding.withLease { outer in
            let hold = Hold([route], inside: [old], until: .now + .seconds(600))
            await Task.yield()
            // By a lease of the same task: a call, another lease, and a call within that.
            let sum = try binding { $0(1, 2) }
            let nested = try await binding.withLease { inner in
                await Task.yield()
                return try binding { function in function(outer { $0(1, 1) }, inner { $0(2, 2) }) }
            }
            #expect(sum == 3)
            #expect(nested == 6)
            #expect(hold.isCallerInside)
            guard case .timedOut(let holders) = await reclaimer.quiesce(hold, limit: .zero) else {
                Issue.record("the lease is inside")
                return hold
            }
            #expect(holders.map(\.isLease) == [true])
            return hold
        }
        #expect(!hold.isCallerInside)
        guard case .drained = await reclaimer.quiesce(hold, limit: .seconds(60)) else {
            Issue.record("nobody is inside")
            return
        }
        hold.end([(route, target([multiply]))])
        await reclaimer.shutdown()
    }

    @Test func aLeaseThatIsOverLetsNobodyThrough() async throws {
        let old = target([add])
        let route = try route(serving: old)
        let binding: Binding<Add> = try route.binding(0)
        let (goes, go) = AsyncStream.makeStream(of: Void.self)
        let late = try await binding.withLease { _ in
            Task {
                for await _ in goes { break }
                return try await binding.withLease { lease in lease { $0(2, 3) } }
            }
        }
        let hold = Hold([route], inside: [old], until: .now + .seconds(600))
        go.yield()
        await waitUntil { hold.waitingCount == 1 }
        hold.end([(route, target([multiply]))])
        #expect(try await late.value == 6)
    }

    @Test func givesUpAtItsDeadline() async throws {
        let (route, hold, binding) = try held(until: .now)
        let error = #expect(throws: BindingError.self) { try binding { $0(1, 1) } }
        guard case .held("adder ^1", _?) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        await #expect(throws: BindingError.self) { try await binding.withLease { _ in } }
        await #expect(throws: BindingError.self) { try await binding.withLease { _ in } }
        #expect(throws: BindingError.self) { try hold.wait(label: "adder ^1") }
        #expect(hold.waitingCount == 0)
        hold.end([(route, target([add]))])
        #expect(try binding { $0(2, 3) } == 5)
    }

    @Test func throwsWhereThePluginIsUnloadedMeanwhile() async throws {
        let (route, hold, binding) = try held()
        let error = Lock<BindingError?>(nil)
        let thread = OSThread {
            do { _ = try binding { $0(1, 1) } } catch let caught { error.withLock { $0 = caught as? BindingError } }
        }
        await waitUntil { hold.waitingCount == 1 }
        route.publish(nil)
        hold.end([])
        thread.join()
        #expect(error.withLock { $0 } == .unloaded(route: "adder ^1"))
    }

    @Test func suspendsTasksWithoutBlockingTheirThreads() async throws {
        let (route, hold, binding) = try held()
        let tasks = (0..<32).map { _ in Task { try await binding.withLease { lease in lease { $0(2, 3) } } } }
        await waitUntil { hold.waitingCount == 32 }
        // This runs only if 32 waiting tasks have left a thread for it.
        await Task.detached { hold.end([(route, target([multiply]))]) }.value
        for task in tasks { #expect(try await task.value == 6) }
    }

    @Test func endsTheWaitOfACancelledTask() async throws {
        let (route, hold, binding) = try held()
        let task = Task { try await binding.withLease { _ in } }
        await waitUntil { hold.waitingCount == 1 }
        task.cancel()
        await #expect(throws: CancellationError.self) { try await task.value }
        let second = Task {
            withUnsafeCurrentTask { $0?.cancel() }
            try await binding.withLease { _ in }
        }
        await #expect(throws: CancellationError.self) { try await second.value }
        #expect(hold.waitingCount == 0)
        hold.end([(route, target([add]))])
    }

    @Test func failsAtOnceInASignalHandler() async {
        await #expect(processExitsWith: .success) {
            let old = target([add])
            let route = try route(serving: old)
            let binding: Binding<Add> = try route.binding(0)
            heldBinding = binding
            signal(SIGUSR1) { _ in
                do { sumInHandler = try heldBinding?({ $0(2, 3) }) } catch { refusalInHandler = error as? BindingError }
            }
            OSThread {
                // Dispatch's threads, one of which made this one, block signals.
                var signals = sigset_t()
                sigemptyset(&signals)
                sigaddset(&signals, SIGUSR1)
                pthread_sigmask(SIG_UNBLOCK, &signals, nil)
                #expect((try? binding { $0(1, 1) }) == 2)
                let hold = Hold([route], inside: [old], until: .now + .seconds(600))
                raise(SIGUSR1)
                #expect(refusalInHandler == .held(route: "adder ^1", milliseconds: nil))
                hold.end([(route, target([multiply]))])
                raise(SIGUSR1)
                #expect(sumInHandler == 6)
            }.join()
        }
    }

    @Test func holdsARouteThatIsBoundMeanwhile() async throws {
        let (route, hold, _) = try held()
        let second = try PluginRegistryTests.route("adder ^1.1")
        hold.add(second, standIn: target([add]))
        #expect(throws: BindingError.noSuchExport(route: "adder ^1.1", index: 1)) {
            try second.binding(1, as: Add.self)
        }
        let binding: Binding<Add> = try second.binding(0)
        let sum = Lock<Int32?>(nil)
        let thread = OSThread {
            let result = try? binding { $0(2, 3) }
            sum.withLock { $0 = result }
        }
        await waitUntil { hold.waitingCount == 1 }
        hold.end([(route, target([add])), (second, target([multiply]))])
        thread.join()
        #expect(sum.withLock { $0 } == 6)
    }

    @Test func leadsWhoIsInsideToTheStandInAndWaitsForIt() async throws {
        let old = target([add])
        let route = try route(serving: old)
        let binding: Binding<Add> = try route.binding(0)
        let second = try PluginRegistryTests.route("adder ^1.1")
        let reclaimer = try Reclaimer()
        let (inside, isHeld, isBoth, leave) = (Gate(), Gate(), Gate(), Gate())
        let sum = Lock<Int32?>(nil)
        let thread = OSThread {
            let result = try? binding { _ in
                inside.open()
                isHeld.pass()
                return try second.binding(0, as: Add.self).pin { pinned in
                    isBoth.open()
                    leave.pass()
                    return pinned { $0(2, 3) }
                }
            }
            sum.withLock { $0 = result }
        }
        inside.pass()
        let hold = Hold([route], inside: [old], until: .now + .seconds(600))
        let standIn = target([multiply])
        hold.add(second, standIn: standIn)
        isHeld.open()
        isBoth.pass()
        #expect(standIn.callCount == 1)
        guard case .timedOut(let holders) = await reclaimer.quiesce(hold, limit: .zero), holders.count == 2 else {
            Issue.record("somebody is inside both")
            return
        }
        leave.open()
        thread.join()
        #expect(sum.withLock { $0 } == 6)
        guard case .drained = await reclaimer.quiesce(hold, limit: .seconds(60)) else {
            Issue.record("nobody is inside")
            return
        }
        hold.end([(route, target([add])), (second, target([add]))])
        await reclaimer.shutdown()
    }

    @Test func aCallByAnotherWayIsInsideOnlyWhereItsCallerIs() async throws {
        let old = target([add])
        let route = try route(serving: old)
        let binding: Binding<Add> = try route.binding(0)
        let reclaimer = try Reclaimer()
        let hold = try await binding.withLease { _ in
            let hold = Hold([route], inside: [old], until: .now + .seconds(600))
            let calls = try pinAndAdd(target([add]), inside: hold) { hold.old.last?.callCount }
            #expect(calls == 1)
            return hold
        }
        let calls = try pinAndAdd(target([add]), inside: hold) { 0 }
        #expect(calls == nil)
        guard case .drained = await reclaimer.quiesce(hold, limit: .seconds(60)) else {
            Issue.record("nobody is inside")
            return
        }
        hold.end([(route, target([add]))])
        await reclaimer.shutdown()
    }

    @Test func trapsOnARouteThatIsHeldAlready() async {
        await #expect(processExitsWith: trap) {
            let (route, hold, _) = try held()
            hold.add(route, standIn: target([add]))
        }
    }
}

// For the handler, which captures nothing.
nonisolated(unsafe) private var heldBinding: Binding<Add>?
nonisolated(unsafe) private var refusalInHandler: BindingError?
nonisolated(unsafe) private var sumInHandler: Int32?

/// What `body` finds while a pin is held that the hold lets through; `nil` where it lets none through.
private func pinAndAdd(_ target: Target, inside hold: Hold, _ body: () -> Int?) throws -> Int? {
    guard let pin = try hold.pin(on: target, 0, label: "adder") else { return nil }
    return pin(as: Add.self) { function, _, _ in function(1, 2) == 3 ? body() : nil }
}

/// A route whose callers wait.
private func held(
    until deadline: ContinuousClock.Instant = .now + .seconds(600)
) throws -> (route: Route, hold: Hold, binding: Binding<Add>) {
    let old = target([add])
    let route = try route(serving: old)
    return (route, Hold([route], inside: [old], until: deadline), try route.binding(0))
}

/// Returns once something is so that another thread or task makes so.
func waitUntil(_ condition: () -> Bool) async { while !condition() { await Task.yield() } }
