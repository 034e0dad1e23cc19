import Glibc
import LinuxSystem
import PluginRegistry

/// A program's part in rehearsals: a host that requires them starts itself again, and that process is the rehearsal.
public enum Rehearsal {
    /// What the processes of a rehearsal take for their own names: no user's command line begins so.
    static let wardenName = "switchboard-rehearsal-warden"
    static let candidateName = "switchboard-rehearsal"
    /// The variable by which a plugin can tell that it is rehearsed; its value is the rehearsal's mark.
    static let variable = "SWITCHBOARD_REHEARSAL"

    private static let isOffered = Lock(false)

    /// Whether this program can be its own rehearsal.
    static var isAvailable: Bool { isOffered.withLock { $0 } }

    /// Takes part in a rehearsal and ends the process, if a host started it for that; else returns at once.
    ///
    /// Call it first in main: before threads are made, files opened or arguments read. A program that calls it can be the
    /// host of plugins that are rehearsed.
    public static func runIfRequested() {
        switch CommandLine.arguments.first {
        case wardenName: Warden.run()
        case candidateName: RehearsedPlugin.run()
        default: isOffered.withLock { $0 = true }
        }
    }

    /// What each descriptor of a rehearsal's processes leads to, by number; 0 to 2 are the standard ones.
    enum Descriptor {
        /// A sealed `RehearsalOrder`.
        static let order: Int32 = 3
        /// Where `ReportLine`s go.
        static let report: Int32 = 4
        /// The staged copy.
        static let image: Int32 = 5
    }

    /// Reads the order, whose descriptor stays open; ends the process where there is none: somebody borrowed the name.
    static func takeOrder() -> RehearsalOrder {
        let file = FileDescriptor(owning: fcntl(Descriptor.order, F_DUPFD_CLOEXEC, 16))
        guard let bytes = SealedFile.bytes(of: file), let order = RehearsalOrder(decoding: bytes) else {
            let name = CommandLine.arguments[0]
            let sentence = Array("\(name): this is a rehearsal's name, and there is no order for one\n".utf8)
            // SAFETY: the array is borrowed for the call; a closed standard error loses the sentence.
            _ = unsafe sentence.withUnsafeBytes { unsafe write(STDERR_FILENO, $0.baseAddress, $0.count) }
            _exit(125)
        }
        return order
    }
}
