internal import Glibc

/// The memory of targets: the allocator's, or, for stress tests, such that a call which comes too late ends the process.
package enum TargetMemory {
    private static let arena = Lock<Arena?>(nil)

    /// From now on every target has pages of its own, and when it is freed they become inaccessible for ever.
    ///
    /// For the life of the process, and before its first target. Freed targets cost address space, no memory.
    package static func poison() { arena.withLock { $0 = $0 ?? Arena() } }

    /// Memory for one target, aligned to 64 bytes.
    package static func allocate(byteCount: Int) -> UnsafeMutableRawPointer {
        let page = unsafe arena.withLock { unsafe $0?.allocate(byteCount: byteCount) }
        // 64: no cache line is shared with a stranger.
        return unsafe page ?? .allocate(byteCount: byteCount, alignment: 64)
    }

    /// Frees what `allocate` has returned.
    package static func free(_ memory: UnsafeMutableRawPointer, byteCount: Int) {
        let isPoisoned = arena.withLock { arena in
            guard let arena else { return false }
            unsafe arena.poison(memory, byteCount: byteCount)
            return true
        }
        if !isPoisoned { unsafe memory.deallocate() }
    }
}

/// Address space that is handed out once, page by page, from begin to end.
///
/// In one piece, so that the kernel merges the mappings of freed neighbours into one: their number is limited.
@safe private struct Arena: @unchecked Sendable {
    // SAFETY: of @unchecked: used under the lock only. The address space is never given back.
    private static let reserved = 1 << 30
    private let pageSize = sysconf(Int32(_SC_PAGESIZE))
    private var next: UnsafeMutableRawPointer
    private var left = 0

    init() {
        unsafe next = Self.inaccessible(at: nil, byteCount: Self.reserved)
        left = Self.reserved
    }

    mutating func allocate(byteCount: Int) -> UnsafeMutableRawPointer {
        let size = pages(byteCount)
        precondition(size <= Self.reserved, "a target of \(byteCount) bytes does not fit the arena")
        if size > left { self = Arena() }
        // SAFETY: within the reserved range; nobody had these pages before.
        let memory = unsafe next
        unsafe next += size
        left -= size
        precondition(unsafe mprotect(memory, size, PROT_READ | PROT_WRITE) == 0, "mprotect: \(errno)")
        return unsafe memory
    }

    func poison(_ memory: UnsafeMutableRawPointer, byteCount: Int) {
        // A fresh mapping in the old one's place: the pages are given back too.
        _ = unsafe Self.inaccessible(at: memory, byteCount: pages(byteCount))
    }

    private func pages(_ byteCount: Int) -> Int { (byteCount + pageSize - 1) / pageSize * pageSize }

    private static func inaccessible(at place: UnsafeMutableRawPointer?, byteCount: Int) -> UnsafeMutableRawPointer {
        let flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | (unsafe place == nil ? 0 : MAP_FIXED)
        // SAFETY: a place of the kernel's choice, or pages that are the arena's.
        guard let memory = unsafe mmap(place, byteCount, PROT_NONE, flags, -1, 0), unsafe memory != MAP_FAILED else {
            preconditionFailure("mmap: \(errno)")
        }
        return unsafe memory
    }
}
