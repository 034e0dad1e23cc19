import Glibc
import PluginRegistry
import TestSupport
import Testing

/// Random operations against the model, in a process of their own.
@Suite(.timeLimit(.minutes(120))) struct SoakTests {
    @Test func everyAnswerIsOneThatTheModelAllowsAndNothingStays() async {
        let result = await #expect(processExitsWith: .success, observing: [\.standardOutputContent]) {
            // A first host, for what a process keeps of its first: its pins, Dispatch's descriptors.
            var first = try await Soak(seed: 1)
            let warmed = try await first.run(operations: 20, until: .now + .seconds(60))
            try #require(warmed.complaints.isEmpty, "\(warmed.complaints)")
            let staging = try TemporaryFolder()
            let before = Footprint.now(copiesUnder: staging.path)

            let seed = Effort.seed
            say("soak: seed \(seed) (SWB_SOAK_SEED=\(seed) repeats it), \(Effort.current.soak)")
            var soak = try await Soak(seed: seed)
            let result = try await soak.run(until: .now + Effort.current.soak)
            say(result.description)
            #expect(result.complaints.isEmpty, "seed \(seed)")
            #expect(Footprint.now(copiesUnder: soak.folder.path).excess(over: before) == [], "seed \(seed)")
            #expect(Target.liveCount == 0, "seed \(seed)")
        }
        pass(on: result)
    }

    @Test func aWrongPredictionIsReported() async {
        await #expect(processExitsWith: .success) {
            // It believes that a load takes the place of what is current.
            var soak = try await Soak(seed: 7, isMistaken: true)
            let result = try await soak.run(operations: 400, until: .now + .seconds(60))
            let complaint = try #require(result.complaints.first)
            #expect(complaint.contains("wrong:") && complaint.contains("load "))
        }
    }
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
