internal import PluginRegistry

/// From the request to drain until it is known that no call is inside, against the same with nobody calling.
///
/// The hand-over to the reclaimer's thread is in all of them, and so is a second thread that was just woken: in the baseline
/// it sleeps outside of any call.
struct DrainScenario {
    private let adder: Adder
    private let (routeA, routeB): (Route, Route)
    private let (bindingA, bindingB): (Binding<Add>, Binding<Add>)
    private let reclaimer: Reclaimer
    private let samples = 300

    init(_ arguments: Arguments) throws {
        adder = try Adder(path: arguments.adder)
        try Pins.start()
        reclaimer = try Reclaimer()
        (routeA, routeB) = (Route(label: "a ^1"), Route(label: "b ^1"))
        for route in [routeA, routeB] {
            route.publish(adder.target(generation: 0))
        }
        (bindingA, bindingB) = (try routeA.binding(0), try routeB.binding(0))
    }

    func rows() async throws -> [Row] {
        let (inA, inB) = (bindingA, bindingB)
        let calling = try await measure { caller in
            caller.arrive()
            while !caller.isEnding { _ = try? inB { $0(1, 2) } }
        }
        let stuck = try await measure { caller in
            _ = try? inA { function in
                caller.arrive()
                caller.waitForEnd()
                return function(1, 2)
            }
        }
        await reclaimer.shutdown()
        let base = "nobody calling"
        return [
            Row("drain", base, to: base, calling.baseline),
            Row("drain", "a thread calling", to: base, calling, threads: 2),
            // Waking a thread takes as long as it takes: twice that is still nothing beside a call that does not return.
            Row("drain", "of B, a thread stuck in A", to: base, stuck, threads: 2, bound: 2),
        ]
    }

    /// Drains B in turns with nobody and with a thread doing `body`.
    private func measure(_ body: @escaping @Sendable (Caller) -> Void) async throws -> Events {
        let caller = try Caller()
        var events = Events()
        for _ in 0..<samples {
            let quiet = try await drainOnce(beside: caller) { caller in
                caller.arrive()
                caller.waitForEnd()
            }
            events.add(try await drainOnce(beside: caller, doing: body), beside: quiet)
        }
        return events
    }

    private func drainOnce(
        beside caller: Caller, doing body: @escaping @Sendable (Caller) -> Void
    ) async throws -> Int {
        caller.begin(body)
        defer { caller.end() }
        return try await drainOnce()
    }

    private func drainOnce() async throws -> Int {
        let next = adder.target(generation: 1)
        guard let old = routeB.publish(next) else { throw BenchError.wrong("drain: nothing served the route") }
        guard case .drained(let nanoseconds) = await reclaimer.drain([old], limit: .seconds(10)) else {
            throw BenchError.wrong("drain: a call of two nanoseconds kept it waiting for ten seconds")
        }
        return nanoseconds
    }
}
