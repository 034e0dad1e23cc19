import Glibc
import LinuxSystem
import PluginRegistry

/// Starts the process's pins, with the threads' call records in a file of shared memory where there is one.
///
/// The file outlives a process that dies, and says then which thread was inside which call. Only on tmpfs: a store into a
/// page that a disk's write-back holds would stall the caller. Without /dev/shm the records are memory of the process.
enum CallRecords {
    /// Starts the pins unless an earlier host did.
    ///
    /// - Returns: the folder of the records, to be kept until the process's last host is gone; `nil` where this call did
    ///   not start the pins, or there is no shared memory.
    static func start() throws(PinsError) -> ProcessFolder? {
        guard Pins.protection == nil else { return nil }
        do throws(SystemError) {
            let folder = try ProcessFolder(under: "/dev/shm/switchboard-\(geteuid())")
            let file = try FileDescriptor(opening: folder.path + "/calls", O_RDWR | O_CREAT | O_EXCL)
            return try pins(in: file) ? folder : nil
        } catch {
            // No /dev/shm, or not for us: the records are the lesser loss.
            try Pins.start()
            return nil
        }
    }

    private static func pins(in file: borrowing FileDescriptor) throws(SystemError) -> Bool {
        do throws(PinsError) { return try Pins.start(recordsIn: file.raw) } catch {
            throw SystemError("map records", on: "shared memory", errno: ENOMEM)
        }
    }
}
