import Glibc

/// Whole files, through the C library's streams (fopen(3)).
enum File {
    /// A file that could not be read or written.
    struct Problem: Error, CustomStringConvertible {
        /// What was tried, on what, and the system's reason.
        let description: String

        init(_ attempt: String, _ path: String) {
            let reason = errno
            // SAFETY: strerror's text is copied before anything else can call strerror; this tool has one thread.
            description = unsafe "cannot \(attempt) \(path): \(String(cString: strerror(reason)))"
        }
    }

    /// The file's bytes; one byte more than `limit` where the file is longer, so that the caller sees it is too long.
    static func read(_ path: String, limit: Int) throws(Problem) -> [UInt8] {
        // SAFETY: the stream is ours from here to fclose, on every way out.
        guard let stream = unsafe fopen(path, "r") else { throw Problem("read", path) }
        defer { unsafe fclose(stream) }
        // SAFETY: fread fills at most the array's own capacity, and says how much it filled.
        let bytes = unsafe [UInt8](unsafeUninitializedCapacity: limit + 1) { buffer, count in
            count = unsafe fread(buffer.baseAddress, 1, limit + 1, stream)
        }
        guard unsafe ferror(stream) == 0 else { throw Problem("read", path) }
        return bytes
    }

    /// Replaces the file's content.
    static func write(_ text: String, to path: String) throws(Problem) {
        // SAFETY: the stream is ours from here to fclose; fputs reads the NUL-terminated copy that Swift lends it.
        guard let stream = unsafe fopen(path, "w") else { throw Problem("write", path) }
        let written = unsafe fputs(text, stream)
        guard unsafe fclose(stream) == 0, written >= 0 else { throw Problem("write", path) }
    }

    /// Complains; a closed stderr is ignored, because the exit code fails the build all the same.
    static func writeToStandardError(_ text: String) {
        var text = text
        // SAFETY: the bytes live until the closure returns, and write(2) reads `count` of them.
        text.withUTF8 { _ = unsafe Glibc.write(STDERR_FILENO, $0.baseAddress, $0.count) }
    }
}
