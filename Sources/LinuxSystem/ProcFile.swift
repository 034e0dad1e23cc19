import Glibc

/// Files of proc(5), whose size only reading them tells.
package enum ProcFile {
    /// All of the file's bytes; over `limit` of them is an error (EFBIG).
    ///
    /// A file of a thread or process that is gone is an error too: ENOENT, or ESRCH where it went meanwhile.
    package static func read(_ path: String, limit: Int) throws(SystemError) -> [UInt8] {
        let file = try FileDescriptor(opening: path, O_RDONLY)
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: min(limit + 1, 65_536))
        while true {
            let count = try retryingOnInterrupt("read", on: path) {
                // SAFETY: the kernel writes at most `count` bytes into storage that is ours for the call.
                unsafe chunk.withUnsafeMutableBytes { unsafe Glibc.read(file.raw, $0.baseAddress, $0.count) }
            }
            if count == 0 { return bytes }
            bytes += chunk[..<count]
            guard bytes.count <= limit else { throw SystemError("read", on: path, errno: EFBIG) }
        }
    }
}
