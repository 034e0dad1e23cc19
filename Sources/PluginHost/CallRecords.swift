import Glibc
import LinuxSystem
import PluginRegistry

/// Starts the process's pins, with the threads' call records in a file of shared memory where there is one.
///
/// The file outlives a process that dies, and says then which thread was inside which call. Only on tmpfs: a store into a
/// page that a disk's write-back holds would stall the caller. Without /dev/shm the records are memory of the process.
enum CallRecords {
    /// The folder of the records, as long as a host of this process keeps it.
    private static let shared = Lock(Shared())

    private struct Shared {
        weak var folder: ProcessFolder?
    }

    /// Starts the pins unless an earlier host did.
    ///
    /// - Returns: what every host keeps as long as it lives, so that the file goes with the last of them; `nil` where the
    ///   records are in plain memory.
    static func start() throws(PinsError) -> ProcessFolder? {
        try shared.withLock { shared throws(PinsError) in
            if let folder = shared.folder { return folder }
            guard Pins.protection == nil else { return nil }
            let folder = try startInSharedMemory()
            shared.folder = folder
            return folder
        }
    }

    private static func startInSharedMemory() throws(PinsError) -> ProcessFolder? {
        do throws(SystemError) {
            let folder = try ProcessFolder(under: "/dev/shm/switchboard-\(geteuid())")
            let file = try FileDescriptor(opening: folder.path + "/calls", O_RDWR | O_CREAT | O_EXCL)
            try startPins(in: file)
            return folder
        } catch {
            // No /dev/shm, or not for us: the records are the lesser loss.
            try Pins.start()
            return nil
        }
    }

    private static func startPins(in file: borrowing FileDescriptor) throws(SystemError) {
        do throws(PinsError) { try Pins.start(recordsIn: file.raw) } catch {
            throw SystemError("map records", on: "shared memory", errno: ENOMEM)
        }
    }
}
