import Compatibility
import ELFReader
import Glibc
import LinuxSystem
import Synchronization

/// Libraries' files, looked at without loading them; what a file showed is remembered for as long as it does not change.
final class LibraryFiles: Sendable {
    /// One file at one time: who changes it makes another of it, whatever time of change they then pretend (utimensat(2) sets
    /// st_mtim, nobody st_ctim).
    private struct Key: Hashable {
        let file: FileIdentity
        let seconds: Int
        let nanoseconds: Int

        init(_ status: stat) {
            file = FileIdentity(status)
            (seconds, nanoseconds) = (status.st_ctim.tv_sec, status.st_ctim.tv_nsec)
        }
    }

    private struct Known {
        var kind: FileAtPath
        var image: Result<ELFImage, LibraryProblem>?
    }

    private struct Memory {
        var files: [Key: Known] = [:]
        /// Symbols of all images remembered: they are what takes room.
        var symbols = 0
    }

    private let memory = Mutex(Memory())
    private let machine: UInt16

    /// Of one library in bytes: larger ones are not read.
    static let sizeLimit: Int64 = 256 << 20
    /// Of what is remembered: files, and symbols of all their images together, about 60 bytes each.
    private static let fileLimit = 4096
    private static let symbolLimit = 1 << 20

    /// - Parameter machine: e_machine of this process: libraries of others are passed over.
    init(machine: UInt16) {
        self.machine = machine
    }

    /// What lies at a path: nothing but a regular file is ever opened.
    func look(at path: String) -> FileAtPath {
        var status = stat()
        // open(2) fails for what stat(2) fails for, except where only reading is forbidden.
        guard unsafe stat(path, &status) == 0 else { return .absent }
        guard status.st_mode & S_IFMT == S_IFREG else { return .unusable("is no regular file") }
        let key = Key(status)
        if let known = memory.withLock({ $0.files[key] }) { return known.kind }
        let kind = Self.read(path, machine)
        if case .absent = kind { return kind }  // what forbids reading may be a folder's, without a trace in the key
        remember(key, Known(kind: kind))
        return kind
    }

    /// What lies at a path of ours: names in private folders come and go within one tick of the clock that files are dated
    /// by, so nothing of them is remembered.
    func lookAnew(at path: String) -> FileAtPath { Self.read(path, machine) }

    /// The facts of what `lookAnew(at:)` found.
    func imageAnew(at path: String, _ identity: FileIdentity) -> Result<ELFImage, LibraryProblem> {
        Self.parse(path, identity)
    }

    /// Whether two files hold the same bytes; not, where one cannot be read.
    static func areEqual(_ one: String, _ other: String) -> Bool {
        guard let first = try? MappedFile(copying: FileDescriptor(opening: one, O_RDONLY | O_NONBLOCK), at: one),
            let second = try? MappedFile(copying: FileDescriptor(opening: other, O_RDONLY | O_NONBLOCK), at: other)
        else { return false }
        return first.withBytes { first in second.withBytes { first.holdsSameBytes(as: $0) } }
    }

    /// The facts of a library that `look(at:)` found.
    func image(at path: String, _ identity: FileIdentity) -> Result<ELFImage, LibraryProblem> {
        var status = stat()
        guard unsafe stat(path, &status) == 0, FileIdentity(status) == identity else {
            return .failure(LibraryProblem(reason: "changed while it was looked at"))
        }
        let key = Key(status)
        if let image = memory.withLock({ $0.files[key]?.image }) { return image }
        let image = Self.parse(path, key.file)
        remember(key, Known(kind: .library(identity), image: image))
        return image
    }

    private func remember(_ key: Key, _ known: Known) {
        let symbols = (try? known.image?.get())?.symbols.count ?? 0  // a failure has none
        memory.withLock { memory in
            if memory.files.count >= Self.fileLimit || memory.symbols + symbols > Self.symbolLimit { memory = Memory() }
            memory.symbols += symbols
            memory.files[key] = known
        }
    }

    /// Judges a file by its first bytes as the dynamic linker does (open_verify in dl-load.c).
    private static func read(_ path: String, _ machine: UInt16) -> FileAtPath {
        do throws(SystemError) {
            let file = try FileDescriptor(opening: path, O_RDONLY | O_NONBLOCK)
            let status = try file.status(of: path)
            guard status.st_mode & S_IFMT == S_IFREG else { return .unusable("is no regular file") }
            guard status.st_size >= 64 else { return .unusable("has \(status.st_size) bytes, too few for ELF") }
            let bytes = try file.read(64, at: 0, from: path)
            guard bytes[0..<4] == [0x7f, 0x45, 0x4c, 0x46] else { return .unusable("is no ELF file") }
            let (type, kind) = (UInt16(bytes[16]) | UInt16(bytes[17]) << 8, UInt16(bytes[18]) | UInt16(bytes[19]) << 8)
            guard bytes[4] == 2 else { return .foreign }
            guard bytes[5] == 1 else { return .unusable("is not little-endian") }
            guard kind == machine else { return .foreign }
            guard type == 3 else { return .unusable("is no shared object") }
            return .library(FileIdentity(status))
        } catch {
            return error.code == EACCES || error.code == ENOENT ? .absent : .unusable("cannot be read: \(error)")
        }
    }

    /// Reads a library's facts from a copy of its bytes: others may cut the file short at any time.
    private static func parse(_ path: String, _ identity: FileIdentity) -> Result<ELFImage, LibraryProblem> {
        guard identity.size <= sizeLimit else {
            return .failure(
                LibraryProblem(reason: "has \(identity.size) bytes, libraries of at most \(sizeLimit) are looked at"))
        }
        do {
            let file = try FileDescriptor(opening: path, O_RDONLY | O_NONBLOCK)
            guard FileIdentity(try file.status(of: path)) == identity else {
                return .failure(LibraryProblem(reason: "changed while it was looked at"))
            }
            let image = try MappedFile(copying: file, at: path).withBytes { bytes in try ELFImage.parse(bytes) }
            if let problem = image.problems.first { return .failure(LibraryProblem(reason: "is broken, \(problem)")) }
            return .success(image)
        } catch {
            return .failure(LibraryProblem(reason: "cannot be read: \(error)"))
        }
    }
}
