import CLinuxShims
import Glibc

/// A local stream socket (unix(7)) that listens at a path which is this process's alone while the owner lives.
///
/// Two processes cannot both own a path: a lock file beside it (`PATH.lock`, flock(2)) is held for life. The kernel lets
/// go of a dead process's lock, so a socket file found under our lock was left by a dead owner and is taken over. The
/// lock file itself stays: removing it would let two processes lock two files of the same name.
package struct UnixListener: ~Copyable, Sendable {
    private let descriptor: FileDescriptor
    private let lock: FileLock
    private let path: String

    /// Listens with mode 0600, non-blocking, with a backlog of 128.
    ///
    /// - Parameter path: at most 107 bytes; its folder exists.
    package init(at path: String) throws(UnixSocketError) {
        try Self.checkLength(of: path)
        let lock = try Self.takeLock(beside: path)
        try Self.removeStaleSocket(at: path)
        do throws(SystemError) {
            descriptor = try Self.listen(at: path)
        } catch {
            throw .system(error)
        }
        self.lock = lock
        self.path = path
    }

    /// Whether the kernel's address has room for a path, whoever wants to use it.
    package static func checkLength(of path: String) throws(UnixSocketError) {
        guard path.utf8.count <= CLINUX_UNIX_PATH_LIMIT else {
            throw .pathTooLong(path, limit: Int(CLINUX_UNIX_PATH_LIMIT))
        }
    }

    /// The number for poll(2); readable when somebody waits to be accepted.
    package var raw: Int32 { descriptor.raw }

    /// The next connection, non-blocking; `nil` where nobody waits (any more).
    package func accept() throws(SystemError) -> FileDescriptor? {
        do throws(SystemError) {
            return FileDescriptor(
                owning: try retryingOnInterrupt("accept on", on: path) { clinux_unix_accept(descriptor.raw) })
        } catch {
            if error.code == EAGAIN || error.code == ECONNABORTED { return nil }
            throw error
        }
    }

    deinit {
        // Before the lock goes (fields end after this body): the next owner's socket must not be the one removed.
        unsafe unlink(path)
    }

    private static func takeLock(beside path: String) throws(UnixSocketError) -> FileLock {
        let lockPath = path + ".lock"
        do throws(SystemError) {
            if let lock = try FileLock(taking: lockPath) {
                let file = try FileDescriptor(opening: lockPath, O_WRONLY | O_TRUNC | O_NOFOLLOW)
                try file.write("\(getpid())\n".utf8, to: lockPath)
                return lock
            }
        } catch {
            throw .system(error)
        }
        throw .held(path, process: holder(lockPath))
    }

    /// The process id in the lock file; `nil` in the moment between locking and writing it.
    private static func holder(_ lockPath: String) -> Int32? {
        // The id only decorates an error that is thrown anyway: without it the error says less, not something else.
        guard let file = try? FileDescriptor(opening: lockPath, O_RDONLY | O_NOFOLLOW) else { return nil }
        var digits = [UInt8](repeating: 0, count: 16)
        let count = unsafe read(file.raw, &digits, digits.count)
        return Int32(String(decoding: digits.prefix(max(count, 0)).prefix { $0 != 10 }, as: UTF8.self))
    }

    /// Removes what a dead owner left.
    ///
    /// Called with the lock held. Only a socket that nobody listens on is removed.
    private static func removeStaleSocket(at path: String) throws(UnixSocketError) {
        var status = stat()
        if unsafe lstat(path, &status) != 0 { return }  // absent, or bind says what is wrong
        guard status.st_mode & S_IFMT == S_IFSOCK else { throw .occupied(path, by: "a file that is not a socket") }
        do throws(SystemError) {
            _ = try connectUnixSocket(to: path, sendLimit: 1000)
        } catch {
            guard error.code == ECONNREFUSED else { throw .system(error) }
            unsafe unlink(path)
            return
        }
        throw .occupied(path, by: "a server that does not lock it")
    }

    private static func listen(at path: String) throws(SystemError) -> FileDescriptor {
        let raw = try retryingOnInterrupt("make socket for", on: path) { clinux_unix_socket() }
        let descriptor = FileDescriptor(owning: raw)
        // The file that bind makes takes its mode from the socket: set before, there is no moment at which the file is
        // open to others, and the process-wide umask stays untouched.
        _ = try retryingOnInterrupt("restrict", on: path) { fchmod(raw, 0o600) }
        _ = try retryingOnInterrupt("bind", on: path) { unsafe clinux_unix_bind(raw, path) }
        do throws(SystemError) {
            _ = try retryingOnInterrupt("listen on", on: path) { Glibc.listen(raw, 128) }
            _ = try retryingOnInterrupt("unblock", on: path) { fcntl(raw, F_SETFL, O_NONBLOCK) }
        } catch {
            unsafe unlink(path)
            throw error
        }
        return descriptor
    }
}

/// Connects to the socket at `path`; blocking, and sends fail with EAGAIN after `sendLimit` milliseconds.
package func connectUnixSocket(to path: String, sendLimit: Int64) throws(SystemError) -> FileDescriptor {
    let raw = try retryingOnInterrupt("make socket for", on: path) { clinux_unix_socket() }
    let descriptor = FileDescriptor(owning: raw)
    _ = try retryingOnInterrupt("limit sends to", on: path) { clinux_unix_limit_sends(raw, sendLimit) }
    _ = try retryingOnInterrupt("connect to", on: path) { unsafe clinux_unix_connect(raw, path) }
    return descriptor
}

/// The user at the other end of a connection, as the kernel recorded it when the connection was made (SO_PEERCRED);
/// `nil` where it cannot be told.
package func peerUser(of connection: borrowing FileDescriptor) -> UInt32? {
    let user = clinux_unix_peer_user(connection.raw)
    return user < 0 ? nil : UInt32(truncatingIfNeeded: user)
}

extension FileDescriptor {
    /// Sends as much as the other end of a socket takes: the number of bytes.
    ///
    /// A peer that is gone is an error (EPIPE),
    /// never a signal.
    package func send(_ bytes: ArraySlice<UInt8>) throws(SystemError) -> Int {
        try retryingOnInterrupt("send", on: "socket") {
            // SAFETY: the slice's storage is borrowed for the call only.
            unsafe bytes.withUnsafeBytes { unsafe Glibc.send(raw, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
        }
    }

    /// Receives what is there into the front of `buffer`: the number of bytes, 0 when the other end sends no more.
    package func receive(into buffer: inout [UInt8]) throws(SystemError) -> Int {
        try retryingOnInterrupt("receive", on: "socket") {
            // SAFETY: the kernel writes at most `count` bytes into storage that is ours for the call.
            unsafe buffer.withUnsafeMutableBytes { unsafe recv(raw, $0.baseAddress, $0.count, 0) }
        }
    }
}

/// Why a path cannot be listened on.
package enum UnixSocketError: Error, Sendable, CustomStringConvertible {
    /// The kernel's address has room for `limit` bytes.
    case pathTooLong(String, limit: Int)
    /// A living process owns the path; its id where it could be read.
    case held(String, process: Int32?)
    /// Something else lies there, and is not ours to remove.
    case occupied(String, by: String)
    /// A system call failed.
    case system(SystemError)

    package var description: String {
        switch self {
        case .pathTooLong(let path, let limit):
            "the socket path has \(path.utf8.count) bytes, unix(7) allows \(limit): \(path)"
        case .held(let path, let process):
            "another host\(process.map { " (process \($0))" } ?? "") holds \(path)"
        case .occupied(let path, let occupant):
            "\(path) is taken by \(occupant)"
        case .system(let error):
            error.description
        }
    }
}
