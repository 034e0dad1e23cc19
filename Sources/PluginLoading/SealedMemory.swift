import CLinuxShims
import Compatibility
import Glibc
import LinuxSystem

/// One file's bytes in memory that nobody can change any more, this process included (memfd_create(2), F_ADD_SEALS).
///
/// The dynamic linker opens it as `/proc/<pid>/fd/<number>`. It compares names first: a number that is used again would
/// be answered with the old image, so the descriptor stays open for as long as an image of that name may be known.
/// The process's own number, not `self`: a debugger that reads the name opens what the host had opened.
final class SealedMemory: Sendable {
    /// What dlopen(3) takes.
    let path: String
    /// The sealed file's identity.
    let identity: FileIdentity
    private let descriptor: FileDescriptor

    /// Makes a file in memory, lets `fill` write it, and seals it.
    ///
    /// - Parameter name: shows in `/proc/<pid>/maps` and backtraces as `/memfd:<name> (deleted)`.
    init(
        named name: String, fill: (borrowing FileDescriptor) throws(LoadingError) -> Void
    ) throws(LoadingError) {
        let file: FileDescriptor
        do throws(SystemError) {
            file = FileDescriptor(
                owning: try retryingOnInterrupt("make", on: "a file in memory") {
                    unsafe clinux_memory_file(name)
                })
        } catch {
            throw .notSealed(error)
        }
        try fill(file)
        path = "/proc/\(getpid())/fd/\(file.raw)"
        do throws(SystemError) {
            let raw = file.raw
            _ = try retryingOnInterrupt("seal", on: "a file in memory") { clinux_seal(raw) }
            identity = FileIdentity(try file.status(of: path))
        } catch {
            throw .notSealed(error)
        }
        descriptor = file
        do throws(SystemError) {
            guard try identityNow() == identity else { throw SystemError("find", on: path, errno: ESTALE) }
        } catch {
            throw .notSealed(error)
        }
    }

    /// The file that the name leads to now.
    ///
    /// - Throws: also where that is no sealed one.
    func identityNow() throws(SystemError) -> FileIdentity {
        // Followed on purpose: this is the way that the dynamic linker goes.
        let found = try FileDescriptor(opening: path, O_RDONLY)
        guard clinux_is_sealed(found.raw) == 1 else { throw SystemError("trust", on: path, errno: EPERM) }
        return FileIdentity(try found.status(of: path))
    }

    /// Maps the bytes for reading.
    func map() throws(SystemError) -> MappedFile {
        try MappedFile(ours: descriptor, at: path)
    }

    /// Gives the descriptor to the process for good: its number never names another image.
    func keepOpen() {
        // SAFETY: never released, on purpose: the dynamic linker may know the name until the process ends.
        _ = unsafe Unmanaged.passRetained(self)
    }
}
