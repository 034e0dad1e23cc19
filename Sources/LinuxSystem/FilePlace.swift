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

        fileprivate init(path: String, status: stat) {
            self.path = path
            owner = status.st_uid
            permissions = UInt32(status.st_mode & 0o7777)
        }
    }

    /// Where the file lies: at `given`, where that leads through no link, else where the kernel says, which knows the open
    /// file and not only a name of it (proc_pid_fd(5)).
    ///
    /// Asking the kernel takes as long as five times stat(2), which the folders cost anyway.
    ///
    /// - Parameters:
    ///   - given: the path that the file was opened by.
    ///   - status: the open file's own.
    /// - Throws: where another file lies at that place by now, or none.
    package init(of file: borrowing FileDescriptor, _ status: stat, openedBy given: String) throws(SystemError) {
        if let folders = Self.folders(leadingWithoutLinksTo: given, status) {
            path = given
            self.folders = folders
            return
        }
        path = try Self.path(of: file, status)
        folders = try Self.folders(above: path).map(Folder.init)
    }

    /// The folders above a path that is the file's own, spelled as the kernel would; `nil` for any other.
    private static func folders(leadingWithoutLinksTo path: String, _ status: stat) -> [Folder]? {
        let names = path.utf8.dropFirst().split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
        guard path.utf8.first == UInt8(ascii: "/"),
            !names.contains(where: { $0.isEmpty || $0.elementsEqual(".".utf8) || $0.elementsEqual("..".utf8) })
        else { return nil }
        do throws(SystemError) {
            let folders = try Self.folders(above: path)
            guard folders.allSatisfy({ $0.status.st_mode & S_IFMT == S_IFDIR }), try isAt(path, status) else {
                return nil
            }
            return folders.map(Folder.init)
        } catch {
            return nil  // gone since it was opened: the kernel says where to, or that it is nowhere
        }
    }

    /// Each folder above a path, from "/" down, as lstat(2) tells.
    private static func folders(above path: String) throws(SystemError) -> [(path: String, status: stat)] {
        var folders: [(path: String, status: stat)] = []
        // Each slash ends a folder's path; the first one's is itself.
        for slash in path.utf8.indices where path.utf8[slash] == UInt8(ascii: "/") {
            let folder = slash == path.utf8.startIndex ? "/" : String(path[..<slash])
            folders.append((folder, try Self.status(at: folder)))
        }
        return folders
    }

    /// lstat(2): of what lies there now, a link too.
    package static func status(at path: String) throws(SystemError) -> stat {
        var status = stat()
        _ = try retryingOnInterrupt("stat", on: path) { unsafe lstat(path, &status) }
        return status
    }

    /// Whether that very file lies there, and no link to it.
    private static func isAt(_ path: String, _ status: stat) throws(SystemError) -> Bool {
        let now = try Self.status(at: path)
        return now.st_dev == status.st_dev && now.st_ino == status.st_ino
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
        guard try isAt(path, status) else { throw SystemError("resolve", on: path, errno: ESTALE) }
        return path
    }
}
