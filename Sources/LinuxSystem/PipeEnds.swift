import CLinuxShims
import Glibc

/// The ends of a pipe(2), both close-on-exec: reading never waits, writing does.
package struct PipeEnds: Sendable {
    /// The caller's to own.
    package let reading: Int32
    /// The caller's to own.
    package let writing: Int32

    /// Opens both ends.
    package init() throws(SystemError) {
        var read: Int32 = -1
        var write: Int32 = -1
        _ = try retryingOnInterrupt("make", on: "pipe") { unsafe clinux_pipe(&read, &write) }
        reading = read
        writing = write
    }
}
