internal import PluginRegistry

/// 10,000 routes: calls through each in turn, against as many bare pointers in turn, and publications on one of them,
/// against the only route of its process.
///
/// In turn, every call touches a binding, a route and a target that were not used for long: what grows is what the caches
/// must hold, not what a call does.
struct RoutesScenario {
    private let pairs: Int
    private let adder: Adder
    private let reclaimer: Reclaimer
    private let count = 10_000

    init(_ arguments: Arguments) throws {
        pairs = arguments.pairs
        adder = try Adder(path: arguments.adder)
        try Pins.start()
        reclaimer = try Reclaimer()
    }

    func rows() async throws -> [Row] {
        let alone = try makeRoute(0)
        let routes = try (1...count).map { try makeRoute($0) }
        let bindings = routes.map(\.binding)
        let functions = routes.map { _ in adder.function }
        let (last, function) = (bindings[count - 1], adder.function)
        let calls =
            try compare(
                "routes", [Way(name: "call through one of them", bound: 1.15) { try callBinding(last, $0) }],
                to: Way(name: "raw pointer", bound: nil) { callRaw(function, $0) }, pairs: pairs)
            + compare(
                "routes", [Way(name: "call through each in turn", bound: nil) { try callInTurn(bindings, $0) }],
                to: Way(name: "10,000 raw pointers", bound: nil) { callRawInTurn(functions, $0) }, pairs: pairs)
        let (publications, replaced) = publish(on: routes.map(\.route), beside: alone.route)
        _ = await reclaimer.drain(replaced, limit: .seconds(10))
        await reclaimer.shutdown()
        return calls + [
            Row("routes", "publish on each in turn", to: "publish on one route", publications, boundNanoseconds: 1000)
        ]
    }

    private func makeRoute(_ number: Int) throws -> (route: Route, binding: Binding<Add>) {
        let route = Route(label: "plugin\(number) ^1")
        route.publish(adder.target(generation: 1))
        return (route, try route.binding(0))
    }

    private func publish(on routes: [Route], beside alone: Route) -> (Events, [Target]) {
        var events = Events()
        var replaced: [Target] = []
        for route in routes.shuffled() {
            let targets = (adder.target(generation: 1), adder.target(generation: 1))
            var old: (Target?, Target?)
            let aloneTime = Clock.time { old.0 = alone.publish(targets.0) }
            let time = Clock.time { old.1 = route.publish(targets.1) }
            events.add(time, beside: aloneTime)
            replaced += [old.0, old.1].compactMap { $0 }
        }
        return (events, replaced)
    }
}

/// Through one after the other, each call with the result of the one before.
@inline(never) func callInTurn(_ bindings: [Binding<Add>], _ count: Int32) throws -> Int32 {
    var sum: Int32 = 0
    var next = 0
    for i in 0..<count {
        let binding = bindings[next]
        sum = try binding { $0(sum, i) }
        next = next + 1 == bindings.count ? 0 : next + 1
    }
    return sum
}

/// The same with bare pointers.
@inline(never) func callRawInTurn(_ functions: [Add], _ count: Int32) -> Int32 {
    var sum: Int32 = 0
    var next = 0
    for i in 0..<count {
        sum = functions[next](sum, i)
        next = next + 1 == functions.count ? 0 : next + 1
    }
    return sum
}
