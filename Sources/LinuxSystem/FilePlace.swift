package import Glibc

/// Where an open file lies, links resolved, and the folders above it: who can change those can put another file there.
package struct FilePlace: Sendable {
    /// Absolute, without links.
    package let path: String
    /// From "/" down to the file's own folder.
    package let folders: [Folder]

    /// One folder on the way, as stat(2) tells.
    package struct Folder: Sendable {
        package let path: String
        package let owner: UInt32
        /// `st_mode & 0o7777`.
        package let permissions: UInt32
    }

    /// Asks the kernel, which knows the open file and not only a name of it (proc_pid_fd(5)).
    ///
    /// - Parameter status: the open file's own.
    /// - Throws: where another file lies at that place by now, or none.
    package init(of file: borrowing FileDescriptor, _ status: stat) throws(SystemError) {
        path = try Self.path(of: file, status)
        var folders: [Folder] = []
        // Each slash ends a folder's path; the first one's is itself.
        for slash in path.utf8.indices where path.utf8[slash] == UInt8(ascii: "/") {
            let folder = slash == path.utf8.startIndex ? "/" : String(path[..<slash])
            var status = stat()
            _ = try retryingOnInterrupt("stat", on: folder) { unsafe lstat(folder, &status) }
            folders.append(
                Folder(path: folder, owner: status.st_uid, permissions: UInt32(status.st_mode & 0o7777)))
        }
        self.folders = folders
    }

    /// The resolved path alone: one readlink(2) and one stat(2).
    package static func path(
        of file: borrowing FileDescriptor, _ status: stat
    ) throws(SystemError) -> String {
        let link = "/proc/self/fd/\(file.raw)"
        var buffer = [CChar](repeating: 0, count: Int(PATH_MAX))
        let count = try retryingOnInterrupt("resolve", on: link) { unsafe readlink(link, &buffer, buffer.count) }
        let bytes = buffer[..<count].map(UInt8.init(bitPattern:))
        guard let path = String(validating: bytes, as: UTF8.self), path.hasPrefix("/") else {
            throw SystemError("resolve", on: link, errno: ENOENT)
        }
        // What was removed is called "… (deleted)"; what was moved meanwhile may have a successor of its old name.
        var now = stat()
        _ = try retryingOnInterrupt("stat", on: path) { unsafe lstat(path, &now) }
        guard now.st_dev == status.st_dev, now.st_ino == status.st_ino else {
            throw SystemError("resolve", on: path, errno: ESTALE)
        }
        return path
    }
}
