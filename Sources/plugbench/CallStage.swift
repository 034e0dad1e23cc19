internal import PluginRegistry

/// What the scenarios of the call path call: one function, bare and behind a route.
///
/// The route's target is never drained: it lasts as long as the process.
struct CallStage {
    let function: Add
    let binding: Binding<Add>
    let adder: Adder
    private let route: Route

    init(_ arguments: Arguments) throws {
        adder = try Adder(path: arguments.adder)
        try Pins.start()
        route = Route(label: "adder ^1.2")
        route.publish(adder.target(generation: 1))
        binding = try route.binding(0)
        function = adder.function
    }
}

/// Measures each way against `base`, with so many threads; without those that could not be measured.
func compare(
    _ scenario: String, _ ways: [Way], to base: Way, threads counts: [Int] = [1], pairs: Int
) throws -> [Row] {
    try counts.flatMap { threads in
        try ways.compactMap { way in
            guard let ratio = try compare(way, to: base, threads: threads, pairs: pairs) else {
                note(
                    "\(scenario): \(way.name), \(threads) threads: left out, they never ran side by side; "
                        + "try a quiet machine")
                return nil
            }
            return Row(scenario, way.name, to: base.name, ratio, threads: threads, bound: way.bound)
        }
    }
}

/// Each call depends on the one before.
@inline(never) func callRaw(_ function: Add, _ count: Int32) -> Int32 {
    var sum: Int32 = 0
    for i in 0..<count { sum = function(sum, i) }
    return sum
}

/// Each call depends on the one before.
@inline(never) func callBinding(_ binding: Binding<Add>, _ count: Int32) throws -> Int32 {
    var sum: Int32 = 0
    for i in 0..<count { sum = try binding { $0(sum, i) } }
    return sum
}
