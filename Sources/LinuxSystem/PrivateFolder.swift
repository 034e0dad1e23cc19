import Glibc

/// A folder that nobody but this user can enter, and the checks that make that true.
package enum PrivateFolder {
    /// Makes the folder with mode 0700, or accepts one that is there already if it is ours, a real folder, and closed to
    /// others: in a shared parent such as /tmp somebody else may have made it first.
    package static func make(_ path: String) throws(SystemError) {
        if unsafe mkdir(path, 0o700) == 0 {
            // A umask for files, 0177, takes from this user what a folder is entered by.
            let folder = try FileDescriptor(opening: path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW)
            let raw = folder.raw
            _ = try retryingOnInterrupt("restrict", on: path) { fchmod(raw, 0o700) }
            return
        }
        let code = errno
        guard code == EEXIST else { throw SystemError("make folder", on: path, errno: code) }
        try checkOwn(path)
    }

    /// Whether `make` would make or accept it, as far as can be told without making it.
    package static func check(_ path: String) throws(SystemError) {
        var status = stat()
        if unsafe lstat(path, &status) == 0 || errno != ENOENT { return try checkOwn(path) }
        let parent = path.utf8.lastIndex(of: UInt8(ascii: "/")).map { String(path[..<$0]) } ?? "."
        guard unsafe access(parent.isEmpty ? "/" : parent, W_OK | X_OK) == 0 else {
            throw SystemError("make folder", on: path, errno: errno)
        }
    }

    private static func checkOwn(_ path: String) throws(SystemError) {
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

    /// Removes a folder and everything in it; follows no link.
    package static func remove(_ path: String) throws(SystemError) {
        _ = try prune(path) { _ in false }
    }

    /// The same, but for files that are to stay, and the folders around them.
    ///
    /// - Parameters:
    ///   - depth: how many folders within one another are gone into.
    ///   - isKept: answers for a file's path, and for that of an empty folder, with "/" behind it.
    /// - Returns: whether nothing was kept.
    package static func prune(
        _ path: String, depth: Int = 64, keeping isKept: (String) -> Bool
    ) throws(SystemError) -> Bool {
        var isEmpty = true
        for name in try names(in: path) {
            let file = path + "/" + name
            if isKept(file) {
                isEmpty = false
                continue
            }
            do throws(SystemError) {
                _ = try retryingOnInterrupt("remove", on: file) { unsafe unlink(file) }
            } catch {
                guard error.code == EISDIR, depth > 0 else { throw error }
                isEmpty = try prune(file, depth: depth - 1, keeping: isKept) && isEmpty
            }
        }
        guard isEmpty, !isKept(path + "/") else { return false }
        _ = try retryingOnInterrupt("remove folder", on: path) { unsafe rmdir(path) }
        return true
    }
}
