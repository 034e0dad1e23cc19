import Glibc

/// An exclusive flock(2) on a file, held until the owner goes: the kernel lets go of a dead process's locks by itself.
package final class FileLock: Sendable {
    private let descriptor: FileDescriptor

    /// Takes the lock without waiting; `nil` when another open file holds it.
    ///
    /// The file is made (0600) where it is absent.
    package init?(taking path: String) throws(SystemError) {
        let descriptor = try FileDescriptor(opening: path, O_RDWR | O_CREAT | O_NOFOLLOW)
        let raw = descriptor.raw
        do throws(SystemError) {
            _ = try retryingOnInterrupt("lock", on: path) { flock(raw, LOCK_EX | LOCK_NB) }
        } catch {
            if error.code == EWOULDBLOCK { return nil }
            throw error
        }
        self.descriptor = descriptor
    }

    /// Takes the lock, waiting for whoever holds it: for short sections only.
    package init(waitingFor path: String) throws(SystemError) {
        let descriptor = try FileDescriptor(opening: path, O_RDWR | O_CREAT | O_NOFOLLOW)
        let raw = descriptor.raw
        _ = try retryingOnInterrupt("lock", on: path) { flock(raw, LOCK_EX) }
        self.descriptor = descriptor
    }
}
