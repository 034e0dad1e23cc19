import CLinuxShims
import Glibc
import LinuxSystem
import Synchronization

/// One host's private folder for copies of images: `<root>/host-<pid>-<random>`, mode 0700.
///
/// Loading a private copy means that overwriting, truncating or deleting the operator's file later changes nothing, and
/// that every load has a name the dynamic linker never saw (it compares names first and would answer with the old image).
/// A `lock` file inside, held by flock(2) for life, tells the folder of a living host from one that a dead host left.
package final class StagingFolder: Sendable {
    /// Absolute path of this host's folder.
    package let path: String
    private let lock: FileLock
    private let count = Mutex<UInt64>(0)

    /// Makes the folder under the first usable root, after removing what dead hosts left there.
    ///
    /// - Parameter root: where to make it; `nil` tries `$XDG_RUNTIME_DIR`, `/tmp` and `/var/tmp`. A root on a file system
    ///   mounted noexec is passed over, since nothing can be mapped from it.
    package init(under root: String?) throws(LoadingError) {
        var reasons: [String] = []
        for candidate in root.map({ [$0] }) ?? Self.defaultRoots() {
            do throws(SystemError) {
                if try Self.prepare(root: candidate) {
                    (path, lock) = try Self.make(under: candidate)
                    return
                }
                reasons.append("\(candidate) is mounted noexec")
            } catch {
                reasons.append("\(error)")
            }
        }
        throw .noStagingFolder(reasons)
    }

    deinit {
        remove()
    }

    /// Removes the folder and all copies in it; what is mapped from them stays mapped. Doing it again does nothing.
    package func remove() {
        // A failure leaves a folder without a lock's holder, which the next host's start removes.
        try? PrivateFolder.remove(path)
    }

    /// Counts the copies made here: part of each name, so that none comes twice.
    func nextNumber() -> UInt64 {
        count.withLock { count in
            count += 1
            return count
        }
    }

    private static func defaultRoots() -> [String] {
        let shared = ["/tmp", "/var/tmp"].map { "\($0)/switchboard-\(geteuid())" }
        // SAFETY: the text is copied at once; a host that changes its environment meanwhile races with itself.
        guard let runtime = unsafe getenv("XDG_RUNTIME_DIR") else { return shared }
        return [unsafe String(cString: runtime) + "/switchboard"] + shared
    }

    /// Makes the root where it is missing. Whether code can be mapped from it.
    private static func prepare(root: String) throws(SystemError) -> Bool {
        try PrivateFolder.make(root)
        let folder = try FileDescriptor(opening: root, O_RDONLY | O_DIRECTORY)
        return clinux_is_noexec(folder.raw) == 0
    }

    /// Sweeps, then makes and locks the folder. Both under the root's lock: a folder without a held lock is then surely
    /// a dead host's, never one that is being made.
    private static func make(under root: String) throws(SystemError) -> (String, FileLock) {
        let guardian = try FileLock(waitingFor: root + "/lock")
        for name in try PrivateFolder.names(in: root) where name.hasPrefix("host-") {
            let folder = root + "/" + name
            // One folder that cannot be removed must not keep the host from starting.
            if let lock = try? FileLock(taking: folder + "/lock") {
                withExtendedLifetime(lock) { try? PrivateFolder.remove(folder) }
            }
        }
        let path = "\(root)/host-\(getpid())-\(String(UInt32.random(in: 0 ... .max), radix: 16))"
        try PrivateFolder.make(path)
        guard let lock = try FileLock(taking: path + "/lock") else {
            throw SystemError("lock", on: path, errno: EWOULDBLOCK)
        }
        // Held up to here, whatever the optimiser thinks of a last use.
        return withExtendedLifetime(guardian) { (path, lock) }
    }
}
