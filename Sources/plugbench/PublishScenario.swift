internal import PluginRegistry

/// Putting a new target on a route, against the atomic exchange that is the heart of it.
///
/// Reading the clock twice is in both. The targets are made beforehand and drained afterwards.
struct PublishScenario {
    private let adder: Adder
    private let route: Route
    private let binding: Binding<Add>
    private let reclaimer: Reclaimer

    init(_ arguments: Arguments) throws {
        adder = try Adder(path: arguments.adder)
        try Pins.start()
        reclaimer = try Reclaimer()
        route = Route(label: "adder ^1.2")
        route.publish(adder.target(generation: 0))
        binding = try route.binding(0)
    }

    /// With nobody calling, and with a thread that does nothing else.
    func rows() async throws -> [Row] {
        let quiet = measure()
        let caller = try Caller()
        let binding = binding
        caller.begin { caller in
            caller.arrive()
            // Cannot fail: something serves the route all the time.
            while !caller.isEnding { _ = try? binding { $0(1, 2) } }
        }
        let busy = measure()
        caller.end()
        await drain(quiet.replaced + busy.replaced)
        await reclaimer.shutdown()
        let base = "atomic exchange"
        return [
            Row("publish", base, to: base, quiet.events.baseline),
            Row("publish", "publish", to: base, quiet.events, boundNanoseconds: 1000),
            Row("publish", "publish, a thread calling", to: base, busy.events, threads: 2, boundNanoseconds: 1000),
        ]
    }

    private func measure() -> (events: Events, replaced: [Target]) {
        let word = BareWord()
        let targets = (1...2000).map { adder.target(generation: $0) }
        var events = Events()
        var replaced: [Target] = []
        replaced.reserveCapacity(targets.count)
        for target in targets {
            let bare = Clock.time { word.exchange(UInt(target.generation)) }
            var old: Target?
            let published = Clock.time { old = route.publish(target) }
            events.add(published, beside: bare)
            if let old { replaced.append(old) }
        }
        return (events, replaced)
    }

    /// Nobody is inside for longer than a call: this cannot time out.
    private func drain(_ targets: [Target]) async { _ = await reclaimer.drain(targets, limit: .seconds(10)) }
}
