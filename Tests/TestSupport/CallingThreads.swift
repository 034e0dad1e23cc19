import Glibc
import Synchronization

/// Threads that call on and on, until told to finish.
package final class CallingThreads: Sendable {
    private let isOver = Atomic(false)
    private let complaints = Mutex<[String]>([])
    private let ended = Atomic(0)
    private let count: Int

    /// Starts the threads; a call that throws or is not right is a complaint and ends its thread.
    package init(_ count: Int, _ call: @escaping @Sendable () throws -> Bool) throws {
        self.count = count
        for _ in 0..<count {
            Task.detached { [self] in
                try? await onThread { [self] in
                    var turns = 0
                    while !isOver.load(ordering: .relaxed) {
                        turns += 1
                        // CallingThreads that never pause leave the host nothing of a machine with two cores.
                        if turns % 16 == 0 { usleep(200) }
                        do {
                            if try call() { continue }
                            complaints.withLock { $0.append("a wrong answer") }
                        } catch {
                            complaints.withLock { $0.append("\(error)") }
                        }
                        break
                    }
                }
                ended.add(1, ordering: .releasing)
            }
        }
    }

    /// Ends the threads; what they complained of.
    package func finish() async throws -> [String] {
        isOver.store(true, ordering: .relaxed)
        try await eventually { ended.load(ordering: .acquiring) == count }
        return complaints.withLock { $0 }
    }
}
