package import Compatibility
package import Glibc
package import LinuxSystem

/// A regular file that must not be read, and what the file system says of it.
package struct UnreadFile: Sendable {
    package let facts: FileFacts
    package let identity: FileIdentity
    package let reason: NoImage

    /// Takes an open file's facts.
    package init(_ file: borrowing FileDescriptor, _ status: stat, at path: String, because reason: NoImage) {
        facts = FileFacts(of: file, status, at: path)
        identity = FileIdentity(status)
        self.reason = reason
    }
}
