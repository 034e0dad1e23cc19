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

    @Test func trapsWhereItsHolderLocksAgain() async {
        await #expect(processExitsWith: trap) {
            let lock = Lock(0)
            lock.withLock { _ in lock.withLock { $0 += 1 } }
        }
    }
}
