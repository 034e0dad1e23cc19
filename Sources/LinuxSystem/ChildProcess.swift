import CLinuxShims
import Glibc

/// A program that this process started and must reap: in a session or process group of its own, with the descriptors that
/// it was given and no others.
package struct ChildProcess: ~Copyable, Sendable {
    /// Its number, which is its group's too; another process may have it once this one is reaped.
    package let number: Int32
    /// Readable when it has ended (pidfd_open(2)).
    private let descriptor: FileDescriptor

    /// How it hangs together with this process.
    package enum Bond: Sendable {
        case ownSession
        case ownGroup
        /// In a group of its own, and killed when the thread that starts it ends, even where that is killed: so that thread
        /// must wait for it.
        case leashed

        fileprivate var raw: clinux_bond {
            switch self {
            case .ownSession: clinux_own_session
            case .ownGroup: clinux_own_group
            case .leashed: clinux_leashed
            }
        }
    }

    /// How a process ended.
    package enum End: Sendable, Equatable {
        case exited(Int32)
        case signalled(Int32)
        /// Somebody else has reaped it, and knows.
        case unknown
    }

    /// Starts a program.
    ///
    /// - Parameters:
    ///   - arguments: the first is what it takes for its own name.
    ///   - environment: `NAME=value`.
    ///   - descriptors: its 0, 1, 2 and so on.
    package init(
        starting program: String, _ arguments: [String], environment: [String], descriptors: [Int32],
        _ bond: Bond
    ) throws(SystemError) {
        var number: pid_t = 0
        let arguments = CStrings(arguments), environment = CStrings(environment)
        // SAFETY: the strings and the array live until the call is over, by when the kernel has its copies.
        let error = withExtendedLifetime((arguments, environment)) {
            unsafe clinux_spawn(
                &number, program, arguments.pointers, environment.pointers, descriptors, descriptors.count, bond.raw
            )
        }
        guard error == 0 else { throw SystemError("start", on: program, errno: error) }
        let raw = clinux_process_descriptor(number)
        guard raw >= 0 else {
            let code = errno
            // Nobody could watch over it. Not reaped yet, unless the process reaps in its sleep (SIGCHLD ignored).
            _ = Glibc.kill(number, SIGKILL)
            waitpid(number, nil, 0)
            throw SystemError("watch", on: program, errno: code)
        }
        descriptor = FileDescriptor(owning: raw)
        self.number = number
    }

    /// The number for poll(2); readable when the process has ended.
    package var raw: Int32 { descriptor.raw }

    /// Kills it; not its children.
    package func kill() {
        _ = clinux_signal_process(descriptor.raw, SIGKILL)  // gone already: that is what was wanted
    }

    /// Kills whoever is in its group.
    ///
    /// Only before it is reaped: its number is its own until then.
    package func killGroup() {
        _ = Glibc.kill(-number, SIGKILL)  // as above
    }

    /// Waits for its end, and reaps it.
    package consuming func wait() -> End {
        var end = clinux_child_end()
        let error = unsafe clinux_reap(descriptor.raw, true, &end)
        guard error == 0 else { return .unknown }
        return end.code == CLD_EXITED ? .exited(end.status) : .signalled(end.status)
    }
}

/// A NULL-terminated array of C strings, freed with this object.
@safe private final class CStrings {
    let pointers: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>
    private let count: Int

    init(_ strings: [String]) {
        count = strings.count
        unsafe pointers = .allocate(capacity: count + 1)
        for (index, string) in strings.enumerated() { unsafe (pointers + index).initialize(to: strdup(string)) }
        unsafe (pointers + count).initialize(to: nil)
    }

    deinit {
        for index in 0..<count { unsafe free(pointers[index]) }
        unsafe pointers.deallocate()
    }
}

/// A process that somebody else started (pidfd_open(2)).
package struct WatchedProcess: ~Copyable {
    private let descriptor: FileDescriptor

    /// `nil` where there is no such process.
    package init?(_ number: Int32) {
        let raw = clinux_process_descriptor(number)
        guard raw >= 0 else { return nil }
        descriptor = FileDescriptor(owning: raw)
    }

    /// Kills it, and reaps it where it has become a child of this process: a host may be what orphans go to.
    package func kill() {
        guard clinux_signal_process(descriptor.raw, SIGKILL) == 0 else { return }
        var end = clinux_child_end()
        _ = unsafe clinux_reap(descriptor.raw, true, &end)  // ECHILD at once for everybody else's
    }
}
