import CLinuxShims
import Glibc
package import LinuxSystem

/// Asks of every thread whether its stack leads into an image, before that is unmapped on its author's word.
///
/// Conservative: every word from the stack pointer to the end of its mapping counts, and every register that the kernel
/// shows, whatever it means; a thread that cannot be looked at leaves the question open. What it cannot see is what no
/// thread is in yet: a handler, timer or callback that points into the image from the heap or the kernel, a stack that a
/// thread has switched away from, and, where return addresses travel in a register, a system call without a stack frame.
package struct StackScan {
    /// What the threads showed.
    package enum Verdict: Sendable, Equatable {
        /// None leads into the image.
        case clear
        /// These do.
        case inUse([ThreadStatus])
        /// None was seen to, but these could not be looked at: they run all the time, or the kernel does not show them.
        case undecided([ThreadStatus])
    }

    /// The image's memory.
    private let image: Range<UInt>
    private let tasks: String

    /// How often a thread is looked at that runs whenever it is; a millisecond apart.
    private static let looks = 10
    /// A larger stack is not read: no thread's is, and the read would delay the loader.
    private static let stackLimit: UInt = 64 << 20
    /// A leaf function may keep its words below the stack pointer (System V ABI for x86-64, 3.2.2).
    private static let redZone: UInt = 128

    /// Looks for addresses in `image` on every thread but the calling one.
    ///
    /// In a debug build a millisecond, 75 µs more for each sleeping thread, and 10 ms more where one runs all the time. Any
    /// thread; not inside the image.
    ///
    /// - Parameter tasks: where proc(5) lists the threads of this process.
    package static func look(for image: Range<UInt>, tasks: String = "/proc/self/task") -> Verdict {
        StackScan(image: image, tasks: tasks).verdict()
    }

    private func verdict() -> Verdict {
        var clear: Set<Int32> = [ThreadStatus.currentID]
        var users: Set<Int32> = []
        var open: [Int32] = []
        for _ in 0..<Self.looks {
            // Listed anew each time: a thread that began meanwhile may have been made by one that is gone already.
            guard let listed = try? PrivateFolder.names(in: tasks) else { break }  // nobody seen, nothing settled
            let before = open
            open = listed.compactMap { Int32($0) }.filter { !clear.contains($0) && !users.contains($0) }
            if open.isEmpty { return users.isEmpty ? .clear : .inUse(statuses(users.sorted())) }
            if open.contains(where: before.contains) { usleep(1000) }
            guard let map = try? MemoryMap() else { continue }  // no stack is found without it: all stay open
            for thread in open {
                switch use(of: thread, map) {
                case false: clear.insert(thread)
                case true: users.insert(thread)
                case nil: break
                }
            }
        }
        open.removeAll { clear.contains($0) || users.contains($0) }
        return users.isEmpty ? .undecided(statuses(open)) : .inUse(statuses(users.sorted()))
    }

    /// Whether a thread leads into the image; `nil` where this look does not tell.
    private func use(of thread: Int32, _ map: MemoryMap) -> Bool? {
        switch ThreadStatus.activity(of: thread, in: tasks) {
        case .gone: return false
        case .running, .unknown: return nil
        case .asleep(let stackPointer, let registers):
            if registers.contains(where: image.contains) { return true }
            guard let mapping = map.mapping(of: stackPointer) else { return nil }
            let start = max(mapping.lowerBound, stackPointer - min(stackPointer, Self.redZone)) & ~7
            return mapping.upperBound - start <= Self.stackLimit ? holdsAddress(start..<mapping.upperBound) : nil
        }
    }

    /// Whether a word of the stack lies in the image; `nil` where the stack is unmapped meanwhile.
    private func holdsAddress(_ stack: Range<UInt>) -> Bool? {
        var words = [UInt](repeating: 0, count: 8192)
        var next = stack.lowerBound
        while next < stack.upperBound {
            let count = min(Int(stack.upperBound - next), words.count * MemoryLayout<UInt>.size)
            // SAFETY: at most `count` bytes are written into storage that is ours for the call; the source is copied by
            // the kernel, which answers with an error where there is none.
            let copied = unsafe words.withUnsafeMutableBytes { buffer in
                unsafe buffer.baseAddress.map { unsafe clinux_read_memory(next, $0, count) } ?? -1
            }
            guard copied == count else { return nil }
            if words[..<(count / MemoryLayout<UInt>.size)].contains(where: image.contains) { return true }
            next += UInt(count)
        }
        return false
    }

    private func statuses(_ threads: [Int32]) -> [ThreadStatus] {
        threads.map { ThreadStatus(id: $0, in: tasks) }
    }
}
