import Glibc
import LinuxSystem

/// Where a process of a rehearsal reports: the descriptor that it inherited, as long as that leads where it led.
///
/// It speaks for the process that made it and for no fork of that: our code goes on in a fork as well.
struct ReportWriter: Sendable {
    private let nonce: String
    private let process = getpid()
    private let device: dev_t
    private let inode: ino_t

    /// - Parameter nonce: the order's.
    init(_ nonce: String) {
        self.nonce = nonce
        var status = stat()
        unsafe fstat(Rehearsal.Descriptor.report, &status)
        (device, inode) = (status.st_dev, status.st_ino)
        // Programs that a plugin starts have no part in the report.
        _ = fcntl(Rehearsal.Descriptor.report, F_SETFD, FD_CLOEXEC)
    }

    /// Writes one line; ends the process where nobody would hear it.
    ///
    /// A plugin that closes descriptors of others may have closed this one, and opened a file of its own under the number. One
    /// that forks and ends the original process has ended the host: what its child comes through says nothing.
    func say(_ line: ReportLine) {
        guard getpid() == process else { _exit(124) }
        var status = stat()
        guard unsafe fstat(Rehearsal.Descriptor.report, &status) == 0, status.st_dev == device, status.st_ino == inode
        else { _exit(124) }
        var rest = ArraySlice(line.text(nonce).utf8)
        while !rest.isEmpty {
            let count = unsafe rest.withUnsafeBytes { bytes in
                // SAFETY: the slice is borrowed for the call.
                unsafe write(Rehearsal.Descriptor.report, bytes.baseAddress, bytes.count)
            }
            if count < 0 {
                if errno == EINTR { continue }
                _exit(124)
            }
            rest = rest.dropFirst(count)
        }
    }
}
