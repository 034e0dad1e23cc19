package import Glibc

/// One open file descriptor, closed when its owner goes.
package struct FileDescriptor: ~Copyable, Sendable {
    /// The number, for calls that this type does not wrap; borrowed, never to be closed.
    package let raw: Int32

    /// Takes ownership of a descriptor that somebody else opened.
    package init(owning raw: Int32) {
        self.raw = raw
    }

    /// Opens a file (open(2)); O_CLOEXEC is always set.
    package init(opening path: String, _ flags: Int32, mode: mode_t = 0o600) throws(SystemError) {
        raw = try retryingOnInterrupt("open", on: path) { unsafe open(path, flags | O_CLOEXEC, mode) }
    }

    /// stat(2) of the open file; `subject` names it in an error.
    package func status(of subject: String) throws(SystemError) -> stat {
        var status = stat()
        _ = try retryingOnInterrupt("stat", on: subject) { unsafe fstat(raw, &status) }
        return status
    }

    /// Exactly `count` bytes from `offset` (pread(2)); a file that ends before is an error (EIO).
    package func read(_ count: Int, at offset: Int64, from subject: String) throws(SystemError) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: count)
        let got = try retryingOnInterrupt("read", on: subject) {
            // SAFETY: the array has `count` bytes and is borrowed for the call.
            unsafe bytes.withUnsafeMutableBytes { unsafe pread(raw, $0.baseAddress, $0.count, off_t(offset)) }
        }
        guard got == count else { throw SystemError("read", on: subject, errno: EIO) }
        return bytes
    }

    /// The bytes from the beginning, as far as the file goes, at most `count`.
    package func read(atMost count: Int, from subject: String) throws(SystemError) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: count)
        var filled = 0
        while filled < count {
            let offset = filled
            let got = try retryingOnInterrupt("read", on: subject) {
                // SAFETY: the slice is borrowed for the call, and the kernel writes no more than it has.
                unsafe bytes[offset...].withUnsafeMutableBytes {
                    unsafe pread(raw, $0.baseAddress, $0.count, off_t(offset))
                }
            }
            if got == 0 { break }
            filled += got
        }
        return Array(bytes[..<filled])
    }

    /// Writes all bytes, however many calls it takes.
    package func write(_ bytes: some Sequence<UInt8>, to subject: String) throws(SystemError) {
        var rest = ArraySlice(Array(bytes))
        while !rest.isEmpty {
            let written = try retryingOnInterrupt("write", on: subject) {
                // SAFETY: the slice's storage is borrowed for the call only.
                unsafe rest.withUnsafeBytes { unsafe Glibc.write(raw, $0.baseAddress, $0.count) }
            }
            rest = rest.dropFirst(written)
        }
    }

    deinit {
        // EINTR must not be retried: Linux has closed the descriptor by then (close(2), "Dealing with error returns").
        _ = close(raw)
    }
}
