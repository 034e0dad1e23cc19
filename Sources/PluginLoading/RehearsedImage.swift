package import Compatibility
import Glibc
package import LinuxSystem

/// A candidate in the disposable process that rehearses it: opened as a host would open it, after a report's word and not
/// after gates of its own, which would judge it by the wrong process.
package struct RehearsedImage: ~Copyable {
    /// The addresses of the lifecycle functions, by symbol.
    package let lifecycle: [String: UInt]
    private let library: DynamicLibrary

    /// What the process that judged the candidate says of it.
    package struct Ticket: Sendable, Equatable {
        /// Where the staged copy lies.
        package var path: String
        /// Which file was judged.
        package var identity: FileIdentity
        /// It must not be unmapped.
        package var isResident: Bool
        /// The declared exports' symbols.
        package var exports: [String]
        /// The lifecycle functions that the file defines.
        package var lifecycle: [String]

        package init(
            path: String, identity: FileIdentity, isResident: Bool, exports: [String], lifecycle: [String]
        ) {
            self.path = path
            self.identity = identity
            self.isResident = isResident
            self.exports = exports
            self.lifecycle = lifecycle
        }
    }

    /// Opens the image: constructors run.
    ///
    /// - Parameter descriptor: the judged file, open; stays the caller's, and open as long as the image.
    package init(opening ticket: Ticket, _ descriptor: borrowing FileDescriptor) throws(LoadingError) {
        // A path of proc(5) means another process's descriptor here, so ours of the same file takes its place.
        let path = ticket.path.hasPrefix("/proc/") ? "/proc/self/fd/\(descriptor.raw)" : ticket.path
        let identities: [FileIdentity]
        do throws(SystemError) {
            identities = [
                FileIdentity(try descriptor.status(of: path)),
                FileIdentity(try FileDescriptor(opening: path, O_RDONLY).status(of: path)),
            ]
        } catch { throw .system(error) }
        guard identities.allSatisfy({ $0 == ticket.identity }) else { throw .approvedAnotherImage(path: path) }
        let addedBefore = LoadedObjects.addedCount
        let library = try DynamicLibrary(opening: path, isResident: ticket.isResident)
        let object = try LoadedImage.proveNovelty(of: path, since: addedBefore)
        _ = try LoadedImage.resolve(ticket.exports, in: library, object)
        lifecycle = try LoadedImage.resolve(ticket.lifecycle, in: library, object)
        self.library = library
    }

    /// Gives the image back to the dynamic linker, which runs its destructors unless it is resident.
    package consuming func close() { library.close() }
}
