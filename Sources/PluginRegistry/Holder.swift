internal import CPin
internal import Glibc

/// A call that is inside a target, or a lease on it.
package struct Holder: Sendable, Equatable {
    /// The thread, as gettid(2) numbers it; 0 for a lease, and for one that is running its last thread-local destructors.
    package let threadID: Int32
    /// What it is called in /proc; empty for a lease, and where it has ended since.
    package let threadName: String
    /// Whether it is a lease, which belongs to no thread; a call through it is a holder of its own.
    package let isLease: Bool
    /// The index of the export that it went in through.
    package let slotIndex: Int
    /// The plugin by whose numbering of exports.
    package let numbering: String
}

extension Target {
    /// The calls and leases that are inside now.
    ///
    /// Only after a drain has begun is it certain that none is missing.
    ///
    /// Scans every thread's record, and reads a file in /proc for each call found.
    package var holders: [Holder] {
        // A few more may have come in between the two scans; they are left for the next time that somebody asks.
        let found = unsafe [cpin_holder](unsafeUninitializedCapacity: callCount) { buffer, count in
            // SAFETY: room for `buffer.count` holders; the scan says how many there were, which may be more.
            let total = unsafe cpin_holders(base, end, buffer.baseAddress, buffer.count)
            count = min(total, buffer.count)
        }
        return unsafe found.map { holder in
            let offset = unsafe holder.address - UnsafeRawPointer(base)
            return unsafe Holder(
                threadID: holder.thread, threadName: threadName(holder.thread), isLease: holder.lease,
                slotIndex: (offset - TargetLayout.functions) / MemoryLayout<Int>.size, numbering: numbering)
        }
    }

    /// How many calls and leases are inside now: `holders.count` without the names.
    package var callCount: Int { unsafe cpin_holders(base, end, nil, 0) }

    /// Whether this very thread is inside, so that waiting for the target to drain would wait for itself.
    package var isHeldByThisThread: Bool { unsafe cpin_held_by_this_thread(base, end) }
}

/// A thread's name, at most 15 bytes (proc(5), /proc/pid/task/tid/comm); empty where there is no such thread.
private func threadName(_ thread: Int32) -> String {
    guard thread != 0 else { return "" }
    // SAFETY: the path lives across the call.
    let file = unsafe open("/proc/self/task/\(thread)/comm", O_RDONLY | O_CLOEXEC)
    guard file >= 0 else { return "" }
    defer { close(file) }
    var name = [UInt8](repeating: 0, count: 64)
    // SAFETY: read(2) writes at most `count` bytes into the array, which lives across the call.
    let count = unsafe name.withUnsafeMutableBytes { unsafe read(file, $0.baseAddress, $0.count) }
    return String(decoding: name.prefix(max(count, 0)).prefix { $0 != UInt8(ascii: "\n") }, as: UTF8.self)
}
