import Glibc
import PluginHost
import PluginRegistry
import Synchronization
import TestSupport

/// Threads that ask every question all the time, and tasks that hold leases, until told to end.
final class Callers: Sendable {
    private let isOver = Atomic(false)
    private let ended = Atomic(0)
    private let count: Int
    private let timeline: Timeline

    /// Starts them.
    ///
    /// - Parameter leased: what the leases are taken through, each told by `tell` messages.
    init(
        threads: Int, _ calls: [Call], leased: [(Rules.Route, MessageBinding)], _ timeline: Timeline, seed: UInt64
    ) {
        count = threads + leased.count
        self.timeline = timeline
        for caller in 0..<threads {
            Task.detached { [self] in
                try? await onThread { [self] in callOn(as: caller, calls, seed &+ UInt64(caller)) }
                ended.add(1, ordering: .releasing)
            }
        }
        for (index, (route, binding)) in leased.enumerated() {
            Task.detached { [self] in
                await leaseOn(as: threads + index, route, binding)
                ended.add(1, ordering: .releasing)
            }
        }
    }

    /// Ends them all.
    func finish() async throws {
        isOver.store(true, ordering: .relaxed)
        try await eventually { ended.load(ordering: .acquiring) == count }
    }

    private func callOn(as caller: Int, _ calls: [Call], _ seed: UInt64) {
        var random = Randomness(seed: seed)
        while !isOver.load(ordering: .relaxed) {
            // Several at a time: the judge's lock would keep callers apart who must meet in the host.
            timeline.begin(caller: caller)
            var answers: [(question: Question, answer: Answer)] = []
            for _ in 0..<Int.random(in: 1...12, using: &random) {
                let call = calls[Int.random(in: calls.indices, using: &random)]
                let some = call.ask()
                if Set(some).count > 1 { timeline.complain("\(call.question): one pin saw \(some)") }
                answers += some.map { (call.question, $0) }
            }
            timeline.end(caller: caller, answers)
            // Callers that never pause leave the host nothing of a machine with two cores.
            usleep(200)
        }
    }

    /// Takes a lease, goes through suspension points with it, gives it back.
    private func leaseOn(as caller: Int, _ route: Rules.Route, _ binding: MessageBinding) async {
        while !isOver.load(ordering: .relaxed) {
            timeline.begin(caller: caller)
            var answers: [Answer] = []
            do {
                answers = try await binding.withLease { lease in
                    var answers: [Answer] = []
                    for _ in 0..<3 {
                        answers.append(
                            Answer { .text(String(decoding: try binding.send([], on: lease), as: UTF8.self)) })
                        await Task.yield()
                    }
                    return answers
                }
            } catch { answers = [Answer { throw error }] }
            // What it remembers may change meanwhile, which build it is may not.
            let builds = Set(answers.map { "\($0)".split(separator: " remembers ")[0] })
            if builds.count > 1 { timeline.complain("\(route): one lease saw \(answers)") }
            timeline.end(caller: caller, answers.map { (.text(route, .main), $0) })
            try? await Task.sleep(for: .microseconds(300))
        }
    }
}
