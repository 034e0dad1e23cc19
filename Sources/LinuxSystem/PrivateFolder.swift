import Glibc

/// A folder that nobody but this user can enter, and the checks that make that true.
package enum PrivateFolder {
    /// Makes the folder with mode 0700, or accepts one that is there already if it is ours, a real folder, and closed to
    /// others: in a shared parent such as /tmp somebody else may have made it first.
    package static func make(_ path: String) throws(SystemError) {
        if unsafe mkdir(path, 0o700) == 0 { return }
        let code = errno
        guard code == EEXIST else { throw SystemError("make folder", on: path, errno: code) }
        var status = stat()
        _ = try retryingOnInterrupt("stat", on: path) { unsafe lstat(path, &status) }
        guard status.st_mode & S_IFMT == S_IFDIR else { throw SystemError("use folder", on: path, errno: ENOTDIR) }
        guard status.st_uid == geteuid(), status.st_mode & 0o077 == 0 else {
            throw SystemError("trust folder (it must be yours, mode 0700)", on: path, errno: EPERM)
        }
    }

    /// The names in a folder, sorted, without "." and ".."; at most `limit`.
    package static func names(in path: String, limit: Int = 100_000) throws(SystemError) -> [String] {
        guard let stream = unsafe opendir(path) else { throw SystemError("list", on: path, errno: errno) }
        defer { unsafe closedir(stream) }
        var names: [String] = []
        // SAFETY: the entry is valid until the next readdir on this stream, and the stream is this function's alone.
        while names.count < limit, let entry = unsafe readdir(stream) {
            let name = unsafe withUnsafePointer(to: &entry.pointee.d_name) { field in
                unsafe field.withMemoryRebound(to: CChar.self, capacity: 256) { unsafe String(cString: $0) }
            }
            if name != "." && name != ".." { names.append(name) }
        }
        return names.sorted()
    }

    /// Removes a folder and the plain files in it; folders inside are left, and with them the folder.
    package static func remove(_ path: String) throws(SystemError) {
        for name in try names(in: path) {
            let file = path + "/" + name
            _ = try retryingOnInterrupt("remove", on: file) { unsafe unlink(file) }
        }
        _ = try retryingOnInterrupt("remove folder", on: path) { unsafe rmdir(path) }
    }
}
