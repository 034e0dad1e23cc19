package import Compatibility
package import Glibc
package import LinuxSystem
import Synchronization

/// A private copy of one image, under a name that the dynamic linker does not know.
///
/// In one of two forms. A file in a folder of ours outlives its mapping, so that debuggers, profilers and core dumps read
/// symbols from it by name; other users cannot get at it, processes of this user can. A sealed file in memory nobody can
/// change any more, so what is judged is what is mapped; tools see its code without a file to read symbols from.
package final class StagedImage: Sendable {
    /// Absolute path of the copy.
    package let path: String
    /// What the file system said of the operator's file while it was copied.
    package let sourceFacts: FileFacts
    /// The manifest beside the operator's file, if there is one, read when it was copied.
    package let sidecar: SidecarReading
    /// The copy's identity, which an approval names.
    package let identity: FileIdentity
    private let storage: Storage
    private let mayBeKnown = Mutex(false)  // to the dynamic linker

    private enum Storage {
        case file(StagingFolder)  // keeps the folder while a copy is in it
        case sealed(SealedMemory)
    }

    /// How the judged bytes are known to be the mapped ones.
    package enum Protection: String, Sendable {
        /// A private copy in a folder of mode 0700.
        case folder
        /// A sealed file in memory.
        case sealed
    }

    /// Copies the file at `source` into `folder`.
    ///
    /// The reader follows symbolic links, refuses what is not a regular file without waiting for a pipe's writer, and
    /// refuses a file that somebody writes to during the copy (size or time of change differ afterwards).
    package init(copying source: String, into folder: StagingFolder) throws(LoadingError) {
        let input = try StagingSource(source)
        let path = "\(folder.path)/\(folder.nextNumber())-\(input.plainName)"
        do throws(LoadingError) {
            identity = try input.copy(toNew: path, in: folder.path)
        } catch {
            unsafe unlink(path)
            throw error
        }
        self.path = path
        sourceFacts = input.facts
        sidecar = SidecarReading.find(beside: sourceFacts)
        storage = .file(folder)
    }

    /// Copies the file at `source`, with the same checks, into memory that is sealed then.
    ///
    /// - Parameter name: of the plugin, where it is known, to be read in `/proc/<pid>/maps` beside the file's.
    package init(sealing source: String, named name: String? = nil) throws(LoadingError) {
        let input = try StagingSource(source)
        let label = "switchboard:" + (name.map { "\($0):" } ?? "") + input.plainName
        let memory = try SealedMemory(named: label) { file throws(LoadingError) in
            _ = try input.copy(to: file, called: "a file in memory", in: "memory")
        }
        path = memory.path
        identity = memory.identity
        sourceFacts = input.facts
        sidecar = SidecarReading.find(beside: sourceFacts)
        storage = .sealed(memory)
    }

    deinit {
        switch storage {
        case .file: unsafe unlink(path)
        case .sealed(let memory): if mayBeKnown.withLock({ $0 }) { memory.keepOpen() }
        }
    }

    /// The operator's file, as given.
    package var source: String { sourceFacts.path }

    /// Permission bits of the operator's file.
    package var sourcePermissions: UInt32 { sourceFacts.permissions }

    /// Which form this copy has.
    package var protection: Protection {
        switch storage {
        case .file: .folder
        case .sealed: .sealed
        }
    }

    /// What `$ORIGIN` is in the copy's DT_RUNPATH (ld.so(8)): the folder of its own path, never the operator's.
    package var originFolder: String {
        String(path.prefix(upTo: path.lastIndex(of: "/") ?? path.startIndex))
    }

    /// The dynamic linker is about to learn the name: it must not lead to other bytes until `remove`.
    func beginOpening() {
        mayBeKnown.withLock { $0 = true }
    }

    /// Lets the name go, which the dynamic linker provably does not know any more; removes a copy from disk.
    ///
    /// Doing it again does nothing.
    func remove() {
        mayBeKnown.withLock { $0 = false }
        if case .file = storage { unsafe unlink(path) }
    }

    /// Maps the copy for reading.
    package func map() throws(SystemError) -> MappedFile {
        switch storage {
        case .file: try MappedFile(ours: FileDescriptor(opening: path, O_RDONLY), at: path)
        case .sealed(let memory): try memory.map()
        }
    }

    /// Whether two copies are of the same bytes; reads them only where they are of the same size.
    ///
    /// A copy that cannot be read is taken for another one.
    package func holdsSameBytes(as other: StagedImage) -> Bool {
        guard identity.size == other.identity.size else { return false }
        do throws(SystemError) {
            let mine = try map()
            let theirs = try other.map()
            return mine.withBytes { mine in theirs.withBytes { Self.isEqual(mine, $0) } }
        } catch {
            return false
        }
    }

    private static func isEqual(_ one: RawSpan, _ other: RawSpan) -> Bool {
        guard one.byteCount == other.byteCount else { return false }
        // SAFETY: both are borrowed for the call, and are as long as it compares.
        return unsafe one.withUnsafeBytes { one in
            unsafe other.withUnsafeBytes { other in
                guard let mine = one.baseAddress, let theirs = other.baseAddress else { return true }
                return unsafe memcmp(mine, theirs, one.count) == 0
            }
        }
    }

    /// The file that lies at `path` now; of a sealed one also that it is sealed.
    func identityNow() throws(SystemError) -> FileIdentity {
        switch storage {
        case .file: FileIdentity(try FileDescriptor(opening: path, O_RDONLY | O_NOFOLLOW).status(of: path))
        case .sealed(let memory): try memory.identityNow()
        }
    }
}

extension FileIdentity {
    /// The identity that stat(2) tells.
    package init(_ status: stat) {
        self.init(device: UInt64(status.st_dev), inode: UInt64(status.st_ino), size: Int64(status.st_size))
    }
}
