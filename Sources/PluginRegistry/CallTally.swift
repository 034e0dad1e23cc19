internal import CPin
internal import Synchronization

/// How many calls were made and how many of them failed, counted by many threads without getting in each other's way.
///
/// Each thread counts in a cell of two cache lines, which it shares with every sixteenth other.
@safe package final class CallTally: @unchecked Sendable {
    /// One cell, padded to what two neighbours' prefetching leaves alone.
    private struct Cell: ~Copyable {
        let calls = Atomic(0)
        let failures = Atomic(0)
        let padding = InlineArray<14, Int>(repeating: 0)
    }

    private static let cellCount = 16
    // SAFETY: of @unchecked: the cells hold atomics only, from `init` to `deinit`.
    private let cells: UnsafeMutablePointer<Cell>

    /// A tally of no calls.
    package init() {
        let memory = UnsafeMutableRawPointer.allocate(
            byteCount: Self.cellCount * MemoryLayout<Cell>.stride, alignment: MemoryLayout<Cell>.stride)
        unsafe cells = memory.bindMemory(to: Cell.self, capacity: Self.cellCount)
        for index in 0..<Self.cellCount { unsafe (cells + index).initialize(to: Cell()) }
    }

    deinit {
        unsafe cells.deinitialize(count: Self.cellCount)
        unsafe cells.deallocate()
    }

    /// Counts a call that has ended.
    package func count(failed: Bool) {
        // SAFETY: within the cells of `init`.
        let cell = unsafe cells + Int(cpin_thread_number()) % Self.cellCount
        unsafe cell.pointee.calls.add(1, ordering: .relaxed)
        // Releasing, with `read`: whoever sees the failure sees the call.
        if failed { unsafe cell.pointee.failures.add(1, ordering: .releasing) }
    }

    /// All that was counted; calls that end meanwhile may be in it or not, but no failure without its call.
    package func read() -> (calls: Int, failures: Int) {
        var (calls, failures) = (0, 0)
        for index in 0..<Self.cellCount {
            // SAFETY: within the cells of `init`.
            unsafe failures += cells[index].failures.load(ordering: .acquiring)
            unsafe calls += cells[index].calls.load(ordering: .relaxed)
        }
        return (calls, failures)
    }
}
