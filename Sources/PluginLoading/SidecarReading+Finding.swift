package import Compatibility
import Glibc
import LinuxSystem

extension SidecarReading {
    /// Looks for a sidecar beside the file as the operator named it, then beside the file that links lead to; reads the
    /// first one, once and whole.
    ///
    /// So a link in an operator's own folder and a text beside it make a plugin of a library of the system. What lies there
    /// and is no regular file of at most 64 KiB is told, never passed over: it was meant for something.
    package static func find(beside file: FileFacts) -> SidecarReading {
        let named = read(file.path + suffix)
        guard named == .absent, let resolved = file.resolvedPath, resolved != file.path else { return named }
        return read(resolved + suffix)
    }

    private static func read(_ path: String) -> SidecarReading {
        do throws(SystemError) {
            // O_NONBLOCK: nobody waits for a pipe's writer.
            let file = try FileDescriptor(opening: path, O_RDONLY | O_NONBLOCK)
            let status = try file.status(of: path)
            guard status.st_mode & S_IFMT == S_IFREG else {
                return .unreadable(path: path, problem: "\(path) is not a regular file")
            }
            let limit = PluginManifest.sidecarLimit
            guard status.st_size <= limit else {
                return .unreadable(
                    path: path, problem: "\(path) has \(status.st_size) bytes, the limit is \(limit)")
            }
            let bytes = try file.read(Int(status.st_size), at: 0, from: path)
            return .read(FileFacts(of: file, status, at: path), bytes)
        } catch {
            // ENOTDIR: the library itself was named with a slash behind it, and will not be opened either.
            guard ![ENOENT, ENOTDIR].contains(error.code) else { return .absent }
            return .unreadable(path: path, problem: "\(error)")
        }
    }
}
