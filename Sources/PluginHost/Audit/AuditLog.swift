import Glibc
import LinuxSystem
import PluginRegistry

/// The file that remembers every admission and refusal: JSON lines, appended, readable by this user alone.
///
/// Opened once and held for the host's life: rotate it with copytruncate (logrotate(8)). A line is one write(2), and
/// O_APPEND puts each behind the last, whoever writes.
final class AuditLog: Sendable {
    private let path: String
    private let file: FileDescriptor
    private let isTorn = Lock(false)  // the last line was not written whole

    /// Opens or makes the file.
    ///
    /// - Throws: `invalidRequest` where it is not a regular file of this user's with mode 0600.
    init(appendingTo path: String) throws(PluginHostError) {
        let file = try Self.open(path)
        if let fault = try Self.fault(of: file, at: path) {
            throw .invalidRequest("the host cannot start: its audit log \(path) \(fault)")
        }
        self.path = path
        self.file = file
    }

    /// Appends a line.
    ///
    /// - Throws: also where only a part of it could be written; the next line begins on a line of its own then.
    func append(_ entry: AuditEntry) throws(SystemError) {
        let line = entry.line(at: Clock.timestamp())
        let bytes = isTorn.withLock { $0 } ? [UInt8(ascii: "\n")] + line : line
        let raw = file.raw
        let written = try retryingOnInterrupt("append to", on: path) {
            // SAFETY: the array is borrowed for the call.
            unsafe bytes.withUnsafeBytes { unsafe write(raw, $0.baseAddress, $0.count) }
        }
        isTorn.withLock { $0 = written < bytes.count }
        if written < bytes.count { throw SystemError("append to", on: path, errno: ENOSPC) }
    }

    private static func open(_ path: String) throws(PluginHostError) -> FileDescriptor {
        do throws(SystemError) {
            return try FileDescriptor(
                opening: path, O_WRONLY | O_APPEND | O_CREAT | O_NOFOLLOW | O_NONBLOCK, mode: 0o600)
        } catch {
            throw .invalidRequest("the host cannot start: its audit log cannot be opened: \(error)")
        }
    }

    private static func fault(of file: borrowing FileDescriptor, at path: String) throws(PluginHostError) -> String? {
        let status: stat
        do throws(SystemError) { status = try file.status(of: path) } catch {
            throw .invalidRequest("the host cannot start: its audit log cannot be looked at: \(error)")
        }
        guard status.st_mode & S_IFMT == S_IFREG else { return "is not a regular file" }
        guard status.st_uid == geteuid() else { return "belongs to the user \(status.st_uid), not to \(geteuid())" }
        let mode = status.st_mode & 0o7777
        guard mode == 0o600 else {
            return "has the mode \(String(mode, radix: 8)), and others might read or write it: chmod 600"
        }
        return nil
    }
}
