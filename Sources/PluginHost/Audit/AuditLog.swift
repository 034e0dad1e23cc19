import Glibc
import LinuxSystem
import PluginRegistry

/// The file that remembers every admission and refusal: JSON lines, appended, readable by this user alone.
///
/// Opened for each line, so that one that was moved away, as by logrotate(8), or removed is made anew and no line goes where
/// nobody looks. A line is one write(2), and O_APPEND puts each behind the last, whoever writes.
final class AuditLog: Sendable {
    private let path: String
    /// Held while a line is written, and for nothing else.
    ///
    /// One that is written beside a torn one would begin in the middle of that. The one lock that is held over a write(2).
    private let writing = Lock(())

    /// Why nothing can be remembered.
    struct Fault: Error {
        /// What the audit log cannot or is, and what to do: "cannot be opened: …".
        let clause: String
    }

    /// Opens or makes the file.
    ///
    /// - Throws: `invalidRequest` where it is not a regular file of this user's with mode 0600.
    init(appendingTo path: String) throws(PluginHostError) {
        do throws(Fault) { _ = try Self.open(path, O_CREAT) } catch { throw Self.noStart(error) }
        self.path = path
    }

    /// Whether a host would start with it; makes nothing and changes nothing.
    ///
    /// - Throws: as the opening, where there is a file already or it could not be made.
    static func check(_ path: String) throws(PluginHostError) {
        var status = stat()
        do throws(Fault) {
            if unsafe lstat(path, &status) == 0 || errno != ENOENT {
                _ = try open(path, 0)
                return
            }
            let slash = path.lastIndex(of: "/") ?? path.startIndex
            let folder = slash == path.startIndex ? "/" : String(path[..<slash])
            guard unsafe access(folder, W_OK | X_OK) == 0 else {
                throw unopened(SystemError("make a file", on: folder, errno: errno))
            }
        } catch { throw noStart(error) }
    }

    /// Appends a line.
    ///
    /// - Throws: also where only a part of it could be written; the next line begins on a line of its own then, whoever
    ///   writes it.
    func append(_ entry: AuditEntry) throws(Fault) {
        let file = try Self.open(path, O_CREAT)
        let line = entry.line(at: Clock.timestamp())
        let raw = file.raw
        do throws(SystemError) {
            try writing.withLock { _ throws(SystemError) in
                let bytes = try Self.isTorn(file, at: path) ? [newline] + line : line
                let written = try retryingOnInterrupt("append to", on: path) {
                    // SAFETY: the array is borrowed for the call.
                    unsafe bytes.withUnsafeBytes { unsafe write(raw, $0.baseAddress, $0.count) }
                }
                if written < bytes.count { throw SystemError("append to", on: path, errno: ENOSPC) }
            }
        } catch {
            throw Fault(clause: "cannot be written: \(error): make room for it, or name another file")
        }
    }

    /// Whether the last line has no end: a full disk has cut it, for this host or for one before it.
    private static func isTorn(_ file: borrowing FileDescriptor, at path: String) throws(SystemError) -> Bool {
        let size = Int64(try file.status(of: path).st_size)
        guard size > 0 else { return false }
        return try file.read(1, at: size - 1, from: path) != [newline]
    }

    private static func open(_ path: String, _ flags: Int32) throws(Fault) -> FileDescriptor {
        let fault: String?
        do throws(SystemError) {
            let file = try FileDescriptor(
                opening: path, O_RDWR | O_APPEND | O_NOFOLLOW | O_NONBLOCK | flags, mode: 0o600)
            fault = Self.fault(of: try file.status(of: path))
            if fault == nil { return file }
        } catch { throw unopened(error) }
        throw Fault(clause: "\(path) \(fault ?? "")")
    }

    private static func fault(of status: stat) -> String? {
        guard status.st_mode & S_IFMT == S_IFREG else { return "is not a regular file" }
        guard status.st_uid == geteuid() else { return "belongs to the user \(status.st_uid), not to \(geteuid())" }
        let mode = status.st_mode & 0o7777
        guard mode == 0o600 else {
            return "has the mode \(String(mode, radix: 8)), and others might read or write it: chmod 600"
        }
        return nil
    }

    private static func unopened(_ error: SystemError) -> Fault {
        Fault(
            clause:
                "cannot be opened: \(error): name a file that is not there yet, in a folder of the host's user, or one "
                + "of this user's with the mode 0600")
    }

    private static func noStart(_ fault: Fault) -> PluginHostError {
        .invalidRequest("the host cannot start: its audit log \(fault.clause)")
    }
}

private let newline = UInt8(ascii: "\n")
