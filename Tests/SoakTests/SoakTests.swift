import Glibc
import PluginRegistry
import TestSupport
import Testing

/// Random operations against the model, in a process of their own.
@Suite(.timeLimit(.minutes(120))) struct SoakTests {
    @Test func everyAnswerIsOneThatTheModelAllowsAndNothingStays() async {
        let result = await #expect(processExitsWith: .success, observing: [\.standardOutputContent]) {
            // A first host, for what a process keeps of its first: its pins, Dispatch's descriptors.
            let warm = try await soak(seed: 1, operations: 20, for: .seconds(60))
            try #require(warm.complaints.isEmpty, "\(warm)")
            let before = Footprint.now(copiesUnder: "")

            let seed = Effort.seed
            say("soak: seed \(seed) (SWB_SOAK_SEED=\(seed) repeats it), \(Effort.current.soak)")
            let result = try await soak(seed: seed, for: Effort.current.soak)
            say(result.description)
            #expect(result.complaints.isEmpty, "seed \(seed)")
            let excess = Footprint.now(copiesUnder: "").excess(over: before)
            #expect(excess == [], "seed \(seed): \(excess)")
            #expect(Target.liveCount == 0, "seed \(seed): \(Target.liveCount) targets")
        }
        pass(on: result)
    }

    @Test func aWrongPredictionIsReported() async {
        await #expect(processExitsWith: .success) {
            // It believes that a load takes the place of what is current.
            let result = try await soak(seed: 7, operations: 400, for: .seconds(60), isMistaken: true)
            let complaint = try #require(result.complaints.first)
            #expect(complaint.contains("wrong:") && complaint.contains("load "))
        }
    }
}

/// One soak, of which nothing is left but its result.
private func soak(
    seed: UInt64, operations: Int = .max, for duration: Duration, isMistaken: Bool = false
) async throws -> Soak.Result {
    var soak = try await Soak(seed: seed, isMistaken: isMistaken)
    return try await soak.run(operations: operations, until: .now + duration)
}

extension Soak.Result: CustomStringConvertible {
    /// The operations by name and outcome, then the verdict.
    var description: String {
        let lines = operations.sorted { $0.key < $1.key }.map { "soak:   \($0.key): \($0.value)" }
        let sum = operations.values.reduce(0, +)
        return
            (lines + complaints + [
                "soak: seed \(seed): \(sum) operations, \(calls) calls, \(complaints.count) wrong answers"
            ]).joined(separator: "\n")
    }
}
