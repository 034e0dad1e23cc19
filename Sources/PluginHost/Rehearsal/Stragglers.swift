import Glibc
import LinuxSystem

/// What a rehearsal whose warden was killed has left behind: processes that nobody watches over any more.
///
/// They are known by the mark in the environment that they were started with (proc(5), /proc/pid/environ), which a fork or
/// an exec hands on. One that has put its environment away is not found.
enum Stragglers {
    private static let rounds = 50

    /// Kills every process of this user with that variable, until a look finds none.
    static func kill(markedBy variable: String) {
        for _ in 0..<rounds {
            // Without the list nobody is found; a host that cannot read /proc has said so elsewhere.
            let processes = ((try? PrivateFolder.names(in: "/proc")) ?? []).compactMap { pid_t($0) }
            var found = false
            for process in processes where process != getpid() {
                if Self.kill(process, markedBy: variable) { found = true }
            }
            if !found { return }
            usleep(1000)
        }
    }

    /// Whether there was such a process, alive.
    private static func kill(_ process: pid_t, markedBy variable: String) -> Bool {
        // First the descriptor, then the look: what is killed is what was looked at, whoever has the number by then.
        guard let watched = WatchedProcess(process),
            let text = try? ProcFile.read("/proc/\(process)/environ", limit: 4 << 20),  // not ours to read: not ours
            text.split(separator: 0).contains(where: { $0.elementsEqual(variable.utf8) })
        else { return false }
        watched.kill()
        return true
    }
}
