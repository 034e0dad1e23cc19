internal import PluginRegistry

/// From before a publication until a caller on another CPU is inside the new version, against the same with a bare word.
///
/// One thread looks at both, so both are read equally often.
struct VisibleScenario {
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

    func rows() async throws -> [Row] {
        let (events, replaced) = measure(with: try Caller())
        _ = await reclaimer.drain(replaced, limit: .seconds(10))
        await reclaimer.shutdown()
        let base = "bare word, exchanged and read"
        return [
            Row("visible", base, to: base, events.baseline, threads: 2),
            Row("visible", "publish to call", to: base, events, threads: 2, boundNanoseconds: 1000),
        ]
    }

    private func measure(with caller: Caller) -> (Events, [Target]) {
        let (word, wordSeen, targetSeen) = (BareWord(), Sighting(), Sighting())
        let binding = binding
        caller.begin { caller in
            caller.arrive()
            while !caller.isEnding {
                wordSeen.look(word.value)
                // Cannot fail: something serves the route all the time. The instance tells the versions apart.
                let instance = try? unsafe binding { function, instance in
                    _ = function(1, 2)
                    return UInt(bitPattern: instance)
                }
                targetSeen.look(instance ?? 0)
            }
        }
        defer { caller.end() }
        var events = Events()
        var replaced: [Target] = []
        for number in UInt(1)...2000 {
            let wordBegin = Clock.now()
            word.exchange(number)
            let wordTime = wordSeen.time(of: number) - wordBegin
            let target = adder.target(generation: Int(number), instance: number)
            let begin = Clock.now()
            let old = route.publish(target)
            events.add(targetSeen.time(of: number) - begin, beside: wordTime)
            if let old { replaced.append(old) }
        }
        return (events, replaced)
    }
}
