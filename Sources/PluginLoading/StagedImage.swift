package import Compatibility
package import ELFReader
package import Glibc
package import LinuxSystem
import Synchronization

/// A private copy of one image, under a name that the dynamic linker does not know.
///
/// In one of two forms. A file in a folder of ours, with copies of its helper libraries beside it, outlives its mapping, so that debuggers, profilers and core dumps read
/// symbols from it by name; other users cannot get at it, processes of this user can. A sealed file in memory nobody can
/// change any more, so what is judged is what is mapped; tools see its code without a file to read symbols from.
package final class StagedImage: Sendable {
    /// Absolute path of the copy; fixed once its closure was followed.
    package var path: String {
        switch storage {
        case .file(let place): place.path
        case .sealed(let memory): memory.path
        }
    }
    /// What the file system said of the operator's file while it was copied.
    package let sourceFacts: FileFacts
    /// The manifest beside the operator's file, if there is one, read when it was copied.
    package let sidecar: SidecarReading
    /// The snapshot of its contract beside the operator's file, if there is one, read when it was copied.
    package let snapshot: SidecarReading
    /// The copy's identity, which an approval names.
    package let identity: FileIdentity
    private let storage: Storage
    private let mayBeKnown = Mutex(false)  // to the dynamic linker

    private enum Storage {
        case file(StagedPlace)
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
        sourceFacts = input.facts
        sidecar = SidecarReading.find(beside: sourceFacts)
        snapshot = SidecarReading.find(.contract, beside: sourceFacts)
        storage = .file(
            StagedPlace(path, named: input.plainName, operatorsFolder: folderOfFile(source), in: folder))
    }

    /// Copies the file at `source`, with the same checks, into memory that is sealed then.
    ///
    /// - Parameters:
    ///   - name: of the plugin, where it is known, to be read in `/proc/<pid>/maps` beside the file's.
    ///   - verifier: says beforehand which files are not worth a copy.
    package init(
        sealing source: String, named name: String? = nil, verifying verifier: SignatureVerifier = .init(.init())
    ) throws(LoadingError) {
        let input = try StagingSource(source)
        if let reason = verifier.obstacle(toReading: source, size: input.identity.size) {
            throw input.unread(because: reason)
        }
        let label = "switchboard:" + (name.map { "\($0):" } ?? "") + input.plainName
        let memory = try SealedMemory(named: label) { file throws(LoadingError) in
            _ = try input.copy(to: file, called: "a file in memory", in: "memory")
        }
        identity = memory.identity
        sourceFacts = input.facts
        sidecar = SidecarReading.find(beside: sourceFacts)
        snapshot = SidecarReading.find(.contract, beside: sourceFacts)
        storage = .sealed(memory)
    }

    deinit {
        if case .sealed(let memory) = storage, mayBeKnown.withLock({ $0 }) { memory.keepOpen() }
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

    /// What dlopen of the copy leads to in this process.
    ///
    /// Helper libraries that it finds through `$ORIGIN` beneath the operator's file are copied beside the copy as they are
    /// met, so that the dynamic linker finds what was looked at; a copy that names `$ORIGIN` gets a folder of its own for
    /// that. Sealed memory has nothing beside it: there they are missing.
    ///
    /// - Parameter isRehearsed: whether another process will open the copy, which has not loaded what this one has.
    package func closure(of image: ELFImage, isRehearsed: Bool = false, _ linker: ProcessLinker) -> ClosureFacts {
        let own: StagedFolder?
        do throws(SystemError) { own = image.namesOrigin ? try makeFolder() : nil } catch {
            let search = ClosureFacts.Search(
                obstacle: "no folder could be made for its private copy: \(error)", remedy: "make room there")
            return ClosureFacts(libraries: [.init("what lies beside it", .missing(search))])
        }
        let folder = folderOfFile(path)
        let view = StagedLinker(
            linker, folder: folder, operatorsFolder: folderOfFile(source), own, isRehearsed: isRehearsed)
        return ClosureFacts.walk(from: image, at: .init(origin: folder, isCopy: true), view)
    }

    /// A folder of the copy's own; `nil` for sealed memory.
    private func makeFolder() throws(SystemError) -> StagedFolder? {
        if case .file(let place) = storage { try place.makeFolder() } else { nil }
    }

    /// What it would lead to if the file at `path` were staged.
    ///
    /// - Parameter sealed: in sealed memory.
    package static func closure(
        of image: ELFImage, at path: String, sealed: Bool, _ linker: ProcessLinker
    ) -> ClosureFacts {
        let folder = folderOfFile(path)
        guard sealed else { return ClosureFacts.walk(from: image, at: .init(origin: folder, isCopy: true), linker) }
        let memory = "/proc/self/fd"
        let view = StagedLinker(linker, folder: memory, operatorsFolder: folder, nil)
        return ClosureFacts.walk(from: image, at: .init(origin: memory, isCopy: true), view)
    }

    /// The copies of helper libraries that lie beside the copy.
    package var helpers: [StagedFolder.Helper] {
        if case .file(let place) = storage { place.folder?.helpers ?? [] } else { [] }
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
        if case .file(let place) = storage { place.remove() }
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
            return mine.withBytes { mine in theirs.withBytes { mine.holdsSameBytes(as: $0) } }
        } catch {
            return false
        }
    }

    /// Makes sure that what lies beside the copy is what was judged.
    func checkHelpers() throws(SystemError) {
        if case .file(let place) = storage { try place.folder?.checkHelpers() }
    }

    /// The file that lies at `path` now; of a sealed one also that it is sealed.
    func identityNow() throws(SystemError) -> FileIdentity {
        switch storage {
        case .file: FileIdentity(try FilePlace.status(at: path))
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

extension RawSpan {
    /// Whether both are of the same bytes.
    func holdsSameBytes(as other: borrowing RawSpan) -> Bool {
        guard byteCount == other.byteCount else { return false }
        // SAFETY: both are borrowed for the call, and are as long as it compares.
        return unsafe withUnsafeBytes { one in
            unsafe other.withUnsafeBytes { other in
                guard let mine = one.baseAddress, let theirs = other.baseAddress else { return true }
                return unsafe memcmp(mine, theirs, one.count) == 0
            }
        }
    }
}

extension ELFImage {
    /// Whether anything is looked for beside where the image lies.
    fileprivate var namesOrigin: Bool {
        guard let dynamic else { return false }
        return (dynamic.needed + [dynamic.runpath, dynamic.rpath].compactMap(\.self))
            .contains(where: LinkerEnvironment.namesOrigin)
    }
}
