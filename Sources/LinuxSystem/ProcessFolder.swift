import Glibc

/// A private folder of one owner in this process, `<root>/host-<pid>-<random>`, mode 0700; removed when the owner goes.
///
/// A `lock` file inside, held by flock(2) for life, tells the folder of a living process from one that a dead process
/// left; the latter are removed whenever somebody makes a folder under the same root.
package final class ProcessFolder: Sendable {
    /// Absolute path of the folder.
    package let path: String
    private let lock: FileLock

    /// Removes what dead processes left under `root`, then makes and locks a folder there.
    ///
    /// Both under the root's own lock: a folder whose lock nobody holds is then surely a dead process's, never one that is
    /// being made.
    package init(under root: String) throws(SystemError) {
        try PrivateFolder.make(root)
        let guardian = try FileLock(waitingFor: root + "/lock")
        try Self.sweep(root)
        let path = "\(root)/host-\(getpid())-\(String(UInt32.random(in: 0 ... .max), radix: 16))"
        try PrivateFolder.make(path)
        guard let lock = try FileLock(taking: path + "/lock") else {
            throw SystemError("lock", on: path, errno: EWOULDBLOCK)
        }
        self.path = path
        self.lock = lock
        // Held up to here, whatever the optimiser thinks of a last use.
        withExtendedLifetime(guardian) {}
    }

    deinit {
        remove()
    }

    /// Removes the folder and all files in it.
    ///
    /// Doing it again does nothing.
    package func remove() {
        // A failure leaves a folder without a lock's holder, which the next process's sweep removes.
        try? PrivateFolder.remove(path)
    }

    private static func sweep(_ root: String) throws(SystemError) {
        for name in try PrivateFolder.names(in: root) where name.hasPrefix("host-") {
            let folder = root + "/" + name
            // One folder that cannot be removed must not keep the process from starting.
            if let lock = try? FileLock(taking: folder + "/lock") {
                withExtendedLifetime(lock) { try? PrivateFolder.remove(folder) }
            }
        }
    }
}
