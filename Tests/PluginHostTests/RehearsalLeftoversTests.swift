import Glibc
import PluginHost
import Synchronization
import TestSupport
import Testing

/// Rehearsals of every failing kind, several at a time, in a process whose possessions are counted before and after:
/// descriptors, mappings, threads, copies, and processes, zombies among them.
@Suite(.timeLimit(.minutes(240))) struct RehearsalLeftoversTests {
    @Test func nothingIsLeft() async throws {
        let result = await #expect(processExitsWith: .success, observing: [\.standardOutputContent]) {
            RehearsalProcesses.markOurs()
            let rounds = try RehearsalRounds()
            try await rounds.run(RehearsalTests.kinds.count)  // what comes once and stays: the runtime's own
            let before = Footprint.now(copiesUnder: rounds.folder.path)
            let memory = Footprint.residentKiB()
            let begin = ContinuousClock.now
            try await rounds.run(RehearsalRounds.count)
            let elapsed = ContinuousClock.now - begin
            let after = Footprint.now(copiesUnder: rounds.folder.path)
            let processes = try RehearsalProcesses.alive()
            print("\(RehearsalRounds.count) rehearsals of \(RehearsalTests.kinds.count) kinds in \(elapsed)")
            print(rounds.tally())
            print("  descriptors: \(before.descriptors.count), then \(after.descriptors.count)")
            print("  threads: \(before.threads), then \(after.threads)")
            print("  mappings: \(before.mappings), then \(after.mappings)")
            print("  copies: \(before.copies.count), then \(after.copies.count)")
            print("  resident memory: \(memory) KiB, then \(Footprint.residentKiB()) KiB")
            print("  processes of rehearsals: \(processes.count)")
            precondition(after.excess(over: before) == [], "\(after.excess(over: before))")
            precondition(processes == [], "\(processes)")
            precondition(waitpid(-1, nil, WNOHANG) == -1 && errno == ECHILD, "a child was not reaped")
        }
        if getenv("SWB_REHEARSALS") != nil, let output = result?.standardOutputContent {
            print(String(decoding: output, as: UTF8.self))
        }
    }
}

/// The kinds in turn, on four threads.
private final class RehearsalRounds: Sendable {
    /// How many rehearsals; `scripts/rehearsals [N]` sets it.
    static let count = getenv("SWB_REHEARSALS").flatMap { Int(String(cString: $0)) } ?? 2 * RehearsalTests.kinds.count

    let folder: TemporaryFolder
    private let paths: [(path: String, hangs: Bool)]
    private let next = Mutex(0)
    private let codes = Mutex<[String: Int]>([:])

    init() throws {
        let folder = try TemporaryFolder()
        self.folder = folder
        paths = try RehearsalTests.kinds.map { kind in
            (try Plugins.build(kind.file, flags: ["-DANSWER=1"], into: folder), kind.file.contains("hang"))
        }
    }

    func run(_ count: Int) async throws {
        codes.withLock { $0 = [:] }
        next.withLock { $0 = 0 }
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<4 { group.addTask { try await onThread { try self.work(count) } } }
            try await group.waitForAll()
        }
    }

    private func work(_ count: Int) throws {
        while true {
            let number = next.withLock { next in
                next += 1
                return next - 1
            }
            guard number < count else { return }
            let kind = paths[number % paths.count]
            let limit: Duration = kind.hangs ? .milliseconds(200) : .seconds(60)
            let report = try RehearsalTests.rehearse(kind.path, limit: limit, in: folder)
            let code = report.findings.last { $0.code.hasPrefix("rehearsal.") }?.code ?? "none"
            codes.withLock { $0[code, default: 0] += 1 }
        }
    }

    /// How often each code came, a line each.
    func tally() -> String {
        codes.withLock { codes in
            codes.sorted { $0.key < $1.key }.map { "  \($0.key): \($0.value)" }.joined(separator: "\n")
        }
    }
}
