import CLinuxShims
import Glibc

/// One thread of this process as proc(5) shows it.
package struct ThreadStatus: Sendable, Equatable, CustomStringConvertible {
    /// As gettid(2) numbers it.
    package let id: Int32
    /// As pthread_setname_np(3) set it, at most 15 bytes; empty where the thread is gone.
    package let name: String

    /// Names a thread that somebody else looked up.
    package init(id: Int32, name: String) {
        self.id = id
        self.name = name
    }

    /// Reads the name of a thread; `tasks` is where proc(5) lists this process's threads.
    package init(id: Int32, in tasks: String = "/proc/self/task") {
        self.id = id
        let comm = (try? ProcFile.read("\(tasks)/\(id)/comm", limit: 64)) ?? []  // gone: it has no name any more
        name = String(decoding: comm.prefix { $0 != UInt8(ascii: "\n") }, as: UTF8.self)
    }

    /// "thread 123 (worker)".
    package var description: String { "thread \(id) (\(name))" }

    /// The calling thread's number.
    package static var currentID: Int32 { clinux_thread_id() }

    /// What a thread was doing when it was looked at.
    package enum Activity: Sendable, Equatable {
        /// It runs, or is about to: its registers are not to be had.
        case running
        /// It sleeps, with the stack pointer, and every number that the kernel shows: the system call's arguments where it
        /// is in one, the stack pointer, the program counter.
        case asleep(stackPointer: UInt, registers: [UInt])
        /// There is no such thread any more, or it will never run again.
        case gone
        /// The kernel does not say (hidden by a security module, or in words that we do not know).
        case unknown
    }

    /// Looks at a thread (proc(5), /proc/pid/task/tid/syscall).
    package static func activity(of id: Int32, in tasks: String = "/proc/self/task") -> Activity {
        do throws(SystemError) {
            return activity(parsing: try ProcFile.read("\(tasks)/\(id)/syscall", limit: 4096))
        } catch {
            // A kernel may lack the file (ENOENT too): then the thread's folder is still there.
            let isListed = unsafe access("\(tasks)/\(id)", F_OK) == 0
            let isGone = error.code == ESRCH || (error.code == ENOENT && !isListed)
            return isGone ? .gone : .unknown
        }
    }

    /// Reads "running", or "-1 SP PC", or "NUMBER ARGUMENT×6 SP PC": the first number decimal, the others hexadecimal.
    static func activity(parsing line: [UInt8]) -> Activity {
        let words = String(decoding: line, as: UTF8.self).split { $0 == " " || $0 == "\n" }
        if words == ["running"] { return .running }
        let registers = words.dropFirst().compactMap { $0.hasPrefix("0x") ? UInt($0.dropFirst(2), radix: 16) : nil }
        guard words.count == 3 || words.count == 9, registers.count == words.count - 1 else { return .unknown }
        // A thread that has given up its stack already, as a main thread that has ended before the others.
        if words.first == "-1", registers == [0, 0] { return .gone }
        return .asleep(stackPointer: registers[registers.count - 2], registers: registers)
    }
}
