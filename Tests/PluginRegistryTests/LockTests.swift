import PluginRegistry
import Testing

@Suite struct LockTests {
    @Test func countsRightUnderContention() {
        let lock = Lock(0)
        let threads = (0..<4).map { _ in
            OSThread { for _ in 0..<10_000 { lock.withLock { $0 += 1 } } }
        }
        for thread in threads { thread.join() }
        #expect(lock.withLock { $0 } == 40_000)
    }

    @Test func trapsWhereItsHolderLocksAgain() async throws {
        let result = try await #require(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            let lock = Lock(0)
            lock.withLock { _ in lock.withLock { $0 += 1 } }
        }
        #expect(words(of: result).contains("this thread holds the lock already"))
    }
}
