import Glibc

/// A file's bytes in this process's memory, read-only, unmapped when the owner goes.
///
/// Reading a mapping of a file that somebody else can truncate kills the process with SIGBUS. Hence two ways in: map a
/// file that is ours alone, or copy the bytes of one that is not.
@safe package struct MappedFile: ~Copyable {
    /// Larger files are refused: nothing that is a plugin comes near, and an attacker cannot choose our memory use.
    package static let sizeLimit: Int64 = 1 << 30

    private let start: UnsafeMutableRawPointer  // from mmap, `mappedCount` bytes, until deinit
    private let count: Int
    private let mappedCount: Int

    /// Maps a file that nobody but this process can change.
    package init(ours descriptor: borrowing FileDescriptor, at path: String) throws(SystemError) {
        let size = try Self.size(of: descriptor, at: path)
        try self.init(mapping: size, MAP_PRIVATE, descriptor.raw, path)
    }

    /// Copies the bytes of a file that others may change at any time.
    ///
    /// Shorter than the file was if it shrinks meanwhile.
    package init(copying descriptor: borrowing FileDescriptor, at path: String) throws(SystemError) {
        let size = try Self.size(of: descriptor, at: path)
        let raw = descriptor.raw
        let memory = try unsafe Self.map(max(size, 1), PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, path)
        var filled = 0
        do throws(SystemError) {
            while filled < size {
                let offset = filled
                let read = try retryingOnInterrupt("read", on: path) {
                    // SAFETY: `memory` has `size` bytes and `offset < size`.
                    unsafe pread(raw, memory + offset, size - offset, off_t(offset))
                }
                if read == 0 { break }
                filled += read
            }
        } catch {
            unsafe munmap(memory, max(size, 1))
            throw error
        }
        unsafe start = memory
        count = filled
        mappedCount = max(size, 1)
    }

    private init(mapping size: Int, _ flags: Int32, _ raw: Int32, _ path: String) throws(SystemError) {
        // mmap(2) refuses a length of 0: an empty file is one anonymous page of which nothing is shown.
        unsafe start =
            size == 0
            ? try unsafe Self.map(1, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, path)
            : try unsafe Self.map(size, PROT_READ, flags, raw, path)
        count = size
        mappedCount = max(size, 1)
    }

    /// Lends the bytes.
    package func withBytes<Result, Failure: Error>(
        _ body: (RawSpan) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        // SAFETY: the mapping lives as long as `self`, which this call borrows; a span cannot leave the closure.
        let buffer = unsafe UnsafeRawBufferPointer(start: start, count: count)
        return try body(unsafe buffer.bytes)
    }

    deinit {
        // SAFETY: mapped by `init` with this size, unmapped nowhere else.
        unsafe munmap(start, mappedCount)
    }

    private static func size(of descriptor: borrowing FileDescriptor, at path: String) throws(SystemError) -> Int {
        let status = try descriptor.status(of: path)
        guard status.st_mode & S_IFMT == S_IFREG else { throw SystemError("read", on: path, errno: EINVAL) }
        guard status.st_size <= sizeLimit else { throw SystemError("read", on: path, errno: EFBIG) }
        return Int(status.st_size)
    }

    private static func map(
        _ size: Int, _ protection: Int32, _ flags: Int32, _ raw: Int32, _ path: String
    ) throws(SystemError) -> UnsafeMutableRawPointer {
        let memory = unsafe mmap(nil, size, protection, flags, raw, 0)
        let code = errno
        guard let memory = unsafe memory, unsafe memory != MAP_FAILED else {
            throw SystemError("map", on: path, errno: code)
        }
        return unsafe memory
    }
}
