internal import PluginRegistry

/// Taking a lease, calling once and giving it back, against a call through the binding.
///
/// In batches, since one lease is too short for the clock.
struct LeaseScenario {
    private let stage: CallStage
    private let batches = 200
    private let batch: Int32 = 1000

    init(_ arguments: Arguments) throws { stage = try CallStage(arguments) }

    func rows() async throws -> [Row] {
        let binding = stage.binding
        var events = Events()
        for _ in 0..<batches {
            let calls = try Clock.time { _ = try callBinding(binding, batch) }
            let begin = Clock.now()
            var sum: Int32 = 0
            for i in 0..<batch {
                let before = sum
                sum = try await binding.withLease { lease in lease { $0(before, i) } }
            }
            events.add(Clock.now() - begin, beside: calls, per: Int(batch))
        }
        let base = "call through a binding"
        return [
            Row("lease", base, to: base, events.baseline),
            Row("lease", "take a lease, call, give it back", to: base, events),
        ]
    }
}
