import CLinuxShims
import Glibc
import LinuxSystem

/// The process between a host and a candidate's process: it kills that at the limit, and whatever it leaves behind.
///
/// Orphaned descendants become its children and not init's, so none escapes by a second fork or a session of its own. It
/// has one thread, and runs nothing of the candidate.
enum Warden {
    /// How long a descendant has for its own end after the candidate's, in nanoseconds: one that reads a pipe from the
    /// candidate ends by itself.
    private static let grace = 100_000_000
    /// How long killing goes on, in nanoseconds: what forks as fast as it is killed must not keep the host waiting.
    static let sweepLimit = 5_000_000_000

    /// Never returns: the process ends when all of it is over.
    static func run() -> Never {
        let order = Rehearsal.takeOrder()
        let writer = ReportWriter(order.nonce)
        signal(SIGPIPE, SIG_IGN)  // a host that is gone shows as an error of the report's pipe
        guard clinux_adopt_orphans() == 0, clinux_limit_process(order.processorSeconds) == 0 else {
            let error = SystemError("prepare", on: "rehearsal", errno: errno)
            writer.say(.trouble("\(error)"))
            _exit(1)
        }
        writer.say(.hello)
        do throws(SystemError) {
            let (end, timedOut) = try oversee(order)
            switch end {
            case .exited(let code): writer.say(.exited(code, timedOut: timedOut))
            case .signalled(let signal): writer.say(.signalled(signal, timedOut: timedOut))
            case .unknown: writer.say(.exited(-1, timedOut: timedOut))
            }
            let isOver = end == .exited(0)
            let (leftovers, survivors) = sweep(grace: isOver ? grace : 0)
            writer.say(.swept(leftovers: leftovers, survivors: survivors))
        } catch {
            writer.say(.trouble("\(error)"))
        }
        _exit(0)
    }

    /// Starts the candidate's process and waits for its end, no longer than the order or the host lasts.
    private static func oversee(_ order: RehearsalOrder) throws(SystemError) -> (ChildProcess.End, timedOut: Bool) {
        let inherited: [Int32] = [
            0, 1, 2, Rehearsal.Descriptor.order, Rehearsal.Descriptor.report, Rehearsal.Descriptor.image,
        ]
        let candidate = try ChildProcess(
            starting: "/proc/self/exe", [Rehearsal.candidateName, "\(getpid())"], environment: currentEnvironment(),
            descriptors: inherited, .ownGroup)
        var polled = [
            pollfd(fd: candidate.raw, events: Int16(POLLIN), revents: 0),
            pollfd(fd: Rehearsal.Descriptor.report, events: 0, revents: 0),  // POLLERR: nobody reads it any more
        ]
        var timedOut = false
        while polled[0].revents == 0 {
            let left = Int(clamping: order.deadline) - Clock.nanoseconds()
            let isHostGone = polled[1].revents != 0
            if left <= 0 || isHostGone {
                timedOut = left <= 0
                candidate.killGroup()
                candidate.kill()
                break
            }
            _ = unsafe poll(&polled, 2, Int32(clamping: left / 1_000_000 + 1))  // EINTR: another round
        }
        return (candidate.wait(), timedOut)
    }

    /// Kills and reaps every descendant: how many there were after the grace, and how many are left all the same.
    private static func sweep(grace: Int) -> (leftovers: Int, survivors: Int) {
        let begin = Clock.nanoseconds()
        var killed: Set<pid_t> = []
        var children: [pid_t] = []
        while reapAll() {
            let elapsed = Clock.nanoseconds() - begin
            if elapsed >= grace {
                children = Self.children()
                if elapsed > grace + sweepLimit { break }
                // A child's number is its own until it is reaped, which only this thread does.
                for child in children {
                    kill(child, SIGKILL)
                    killed.insert(child)
                }
            }
            usleep(1000)
            children = []
        }
        return (killed.count, children.count)
    }

    /// Reaps who has ended; whether there is a child left.
    private static func reapAll() -> Bool {
        while true {
            var end = clinux_child_end()
            if unsafe clinux_reap_any(&end) != 0 { return false }
            if end.process == 0 { return true }
        }
    }

    /// This process's children, as proc(5) shows each process's parent.
    private static func children() -> [pid_t] {
        let parent = getpid()
        // Without the list nobody is found, and the host is told who is left.
        let names = (try? PrivateFolder.names(in: "/proc")) ?? []
        return names.compactMap { pid_t($0) }.filter { process in
            // One that has ended meanwhile is no child to kill.
            guard let line = try? ProcFile.read("/proc/\(process)/stat", limit: 4096),
                let end = line.lastIndex(of: UInt8(ascii: ")"))
            else { return false }
            // "1 (name) S PARENT …": the name may hold anything.
            let fields = line[(end + 1)...].split(separator: UInt8(ascii: " "))
            return fields.count > 1 && pid_t(String(decoding: fields[1], as: UTF8.self)) == parent
        }
    }
}

/// This process's variables, `NAME=value`.
func currentEnvironment() -> [String] {
    var variables: [String] = []
    // SAFETY: environ is a NULL-terminated array of C strings; a host that changes its environment meanwhile races with
    // itself.
    guard var entry = unsafe clinux_environment() else { return [] }
    while let text = unsafe entry.pointee {
        variables.append(unsafe String(cString: text))
        unsafe entry += 1
    }
    return variables
}
