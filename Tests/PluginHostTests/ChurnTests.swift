import Glibc
import PluginHost
import PluginRegistry
import Synchronization
import TestSupport
import Testing

/// Swaps, loads and unloads in any order under calls of every kind: no call is lost or misled, and nothing grows.
@Suite(.timeLimit(.minutes(5))) struct ChurnTests {
    @Test func swapsUnderCallsFromFourThreadsLoseNoCallAndGrowNothing() async {
        await #expect(processExitsWith: .success) { try await swapUnderCalls(rounds: 700) }
    }

    @Test func requestsInAnyOrderMisleadNoCallAndLeaveNothing() async {
        await #expect(processExitsWith: .success) { try await requestInAnyOrder(rounds: 120) }
    }
}

/// Two stories in one: a call by name pinned too late and ran in an unmapped image (a crash within a second), and each
/// swap left 2 KiB of cancelled timers.
private func swapUnderCalls(rounds: Int) async throws {
    let folder = try TemporaryFolder()
    let host = try PluginHost(HostConfiguration(stagingDirectory: folder.file("staging"), log: { _ in }))
    let paths = try ["1.0.0", "1.1.0"].map { try Plugins.counts($0, into: folder) }
    _ = try await host.load(paths[0])
    let (wide, every) = (try host.messages("counts", "^1", "report"), try host.messages("counts", "*", "report"))
    let count = try host.bind(
        "counts", "^1", Export("count", as: (@convention(c) (UnsafeMutableRawPointer?) -> Int32).self))
    func swap(_ rounds: Int) async throws {
        for round in 1...rounds {
            let reply = try await host.swap("counts", to: paths[round % 2])
            guard reply.retired == .unmapped else { throw TestSupportError("\(reply)") }
        }
    }
    let calls: [Call] = [
        { try host.call("counts", "^1", "report", []) },
        { try wide.send([]) },
        { try every.send([]) },
        { try count { $0($1) } > 0 ? Array("counted ".utf8) : [] },
    ]
    try await under(calls) {
        try await swap(300)
        try await Task.sleep(for: .milliseconds(1))  // the first sleep of a process makes a descriptor that stays
        let (before, memory) = (Footprint.now(copiesUnder: folder.path), Footprint.residentKiB())
        try await swap(rounds)
        #expect(Footprint.now(copiesUnder: folder.path).excess(over: before) == [])
        #expect(Footprint.residentKiB() - memory < 1024, "KiB more than after the first swaps")
    }
    #expect(host.list(includingRetired: true).count == 1)
    await host.shutdown()
    #expect(Target.liveCount == 0)
}

/// Six tasks ask for whatever comes to their minds, three threads call; the seeds make a failure come again.
private func requestInAnyOrder(rounds: Int) async throws {
    let folder = try TemporaryFolder()
    let host = try PluginHost(HostConfiguration(stagingDirectory: folder.file("staging"), log: { _ in }))
    let paths = try ["1.0.0", "1.1.0", "1.1.1", "2.0.0"].map { try Plugins.counts($0, into: folder) }
    let calls: [Call] = [
        { try host.call("counts", "*", "report", []) },
        { try host.call("counts", "^1", "report", []) },
        { try host.messages("counts", "~1.1", "report").send([]) },
    ]
    try await under(calls, mayBeAbsent: true) {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for seed in 1...6 as ClosedRange<UInt64> {
                group.addTask {
                    var random = Randomness(seed: seed)
                    for _ in 0..<rounds {
                        let path = paths[Int.random(in: 0..<4, using: &random)]
                        do {
                            switch Int.random(in: 0..<8, using: &random) {
                            case 0...2: _ = try await host.load(path)
                            case 3...5: _ = try await host.swap("counts", to: path)
                            case 6: _ = try await host.unload("counts", SemanticVersion("1.1.0"))
                            default: _ = try await host.unload("counts")
                            }
                        } catch let error where isAbsence(error) || (error as? PluginHostError)?.code == "conflict" {
                            // Another task was quicker.
                        }
                    }
                }
            }
            try await group.waitForAll()
        }
    }
    await host.shutdown()
    #expect(Target.liveCount == 0)
    #expect(mappedCopies(under: folder) == [])
    #expect(names(ofThreads: "swb-") == [])
}

private typealias Call = @Sendable () throws -> [UInt8]

/// Runs `body` while a thread for each kind of call calls on and on.
///
/// Throws where an answer is none that a version of `counts` gives, or a thread came to no call.
private func under(_ kinds: [Call], mayBeAbsent: Bool = false, _ body: () async throws -> Void) async throws {
    let isOver = Flag()
    defer { isOver.isSet.store(true, ordering: .relaxed) }
    try await withThrowingTaskGroup(of: Int.self) { group in
        for call in kinds {
            group.addTask {
                try await onThread {
                    var (answers, turns) = (0, 0)
                    while !isOver.isSet.load(ordering: .relaxed) {
                        turns += 1
                        // Callers that never pause leave the host nothing of a machine with two cores.
                        if turns % 16 == 0 { usleep(200) }
                        do {
                            let text = String(decoding: try call(), as: UTF8.self)
                            guard text.contains("counted ") else { throw TestSupportError("answered \(text)") }
                            answers += 1
                        } catch let error where mayBeAbsent && isAbsence(error) {}
                    }
                    return answers
                }
            }
        }
        try await body()
        isOver.isSet.store(true, ordering: .relaxed)
        for try await answers in group where answers == 0 { throw TestSupportError("a thread got no answer") }
    }
}

private func isAbsence(_ error: any Error) -> Bool {
    error is BindingError || (error as? PluginHostError)?.code == "not-found"
}

private final class Flag: Sendable { let isSet = Atomic(false) }
