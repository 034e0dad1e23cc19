import CLinuxShims
import Glibc

/// A file in memory (memfd_create(2)) that nobody can change any more, whoever has it open.
package struct SealedFile: ~Copyable, Sendable {
    private let descriptor: FileDescriptor

    /// Makes one with these bytes; `name` shows in proc(5).
    package init(_ bytes: [UInt8], named name: String) throws(SystemError) {
        let file = FileDescriptor(
            owning: try retryingOnInterrupt("make", on: name) { unsafe clinux_memory_file(name) })
        try file.write(bytes, to: name)
        let raw = file.raw
        _ = try retryingOnInterrupt("seal", on: name) { clinux_seal(raw) }
        descriptor = file
    }

    /// The bytes of one that another process made; `nil` where the descriptor leads to anything else.
    ///
    /// The descriptor stays the caller's.
    package static func bytes(of descriptor: borrowing FileDescriptor) -> [UInt8]? {
        guard clinux_is_sealed(descriptor.raw) == 1 else { return nil }
        // What is sealed can be read: these cannot fail but for want of memory.
        guard let status = try? descriptor.status(of: "sealed file") else { return nil }
        return try? descriptor.read(Int(status.st_size), at: 0, from: "sealed file")
    }

    /// The number, to give to a child.
    package var raw: Int32 { descriptor.raw }
}
