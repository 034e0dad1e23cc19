import CLinuxShims
import Compatibility
import Glibc
import LinuxSystem

/// The operator's file while it is copied: what is refused, and how a change meanwhile is noticed.
struct StagingSource: ~Copyable {
    private let path: String
    private let input: FileDescriptor
    private let before: stat

    /// Opens a regular file that is not too large.
    init(_ path: String) throws(LoadingError) {
        let input = try Self.open(path)
        let status = try Self.status(of: input, at: path)
        guard status.st_mode & S_IFMT == S_IFREG else { throw .notAFile(status, at: path) }
        let limit = MappedFile.sizeLimit
        guard status.st_size <= limit else {
            throw .unread(UnreadFile(input, status, at: path, because: .tooLarge(limit: limit)))
        }
        self.path = path
        self.input = input
        before = status
    }

    /// Refuses to read it.
    func unread(because reason: NoImage) -> LoadingError {
        .unread(UnreadFile(input, before, at: path, because: reason))
    }

    private static func open(_ path: String) throws(LoadingError) -> FileDescriptor {
        do throws(SystemError) {
            return try FileDescriptor(opening: path, O_RDONLY | O_NONBLOCK)
        } catch {
            throw .unreadable(error)
        }
    }

    private static func status(of input: borrowing FileDescriptor, at path: String) throws(LoadingError) -> stat {
        do throws(SystemError) { return try input.status(of: path) } catch { throw .unreadable(error) }
    }

    /// What the file system says of the open file.
    var facts: FileFacts { FileFacts(of: input, before, at: path) }

    /// Which file it is.
    var identity: FileIdentity { FileIdentity(before) }

    private var size: Int64 { Int64(before.st_size) }

    /// Copies into a new file that only this user can read.
    func copy(toNew copy: String, in folder: String) throws(LoadingError) -> FileIdentity {
        let output: FileDescriptor
        do throws(SystemError) {
            output = try FileDescriptor(opening: copy, O_WRONLY | O_CREAT | O_EXCL, mode: 0o400)
        } catch {
            throw failure(error, in: folder)
        }
        return try self.copy(to: output, called: copy, in: folder)
    }

    /// Copies into an empty file, and makes sure that it is whole and of one moment.
    ///
    /// - Parameters:
    ///   - name: of the copy, for errors.
    ///   - place: what is full where there is no room.
    func copy(
        to output: borrowing FileDescriptor, called name: String, in place: String
    ) throws(LoadingError) -> FileIdentity {
        let copy: FileIdentity
        let after: stat
        do throws(SystemError) {
            try copyBytes(to: output.raw)
            copy = FileIdentity(try output.status(of: name))
            after = try input.status(of: path)
        } catch {
            throw failure(error, in: place)
        }
        guard
            copy.size == size, after.st_size == before.st_size, after.st_mtim.tv_sec == before.st_mtim.tv_sec,
            after.st_mtim.tv_nsec == before.st_mtim.tv_nsec
        else { throw .changedWhileCopying(path: path) }
        return copy
    }

    private func failure(_ error: SystemError, in place: String) -> LoadingError {
        error.code == ENOSPC ? .noSpace(folder: place, needed: size) : .system(error)
    }

    /// Copies as many bytes as the file had when it was opened, or as it has left: what a writer did to it meanwhile, who
    /// may append as fast as we copy, is seen and refused afterwards.
    private func copyBytes(to output: Int32) throws(SystemError) {
        let input = input.raw
        var canShareBlocks = true
        var left = Int(size)
        while left > 0 {
            let copied: Int
            // copy_file_range(2) lets the file system share blocks; sendfile(2) where it cannot, between two of them say.
            if canShareBlocks {
                copied = clinux_copy_file_range(input, output, left)
                if copied < 0 {
                    if errno != EINTR { canShareBlocks = false }
                    continue
                }
            } else {
                copied = try retryingOnInterrupt("copy", on: path) { sendfile(output, input, nil, left) }
            }
            if copied == 0 { return }
            left -= copied
        }
    }

    /// The base name, cut and reduced to characters that are harmless in logs and in `/proc/self/maps`.
    var plainName: String {
        let base = path.utf8.split(separator: UInt8(ascii: "/")).last ?? "image"[...].utf8
        let plain = base.prefix(100).map { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "-"):
                byte
            default: UInt8(ascii: "_")
            }
        }
        return String(decoding: plain, as: UTF8.self)
    }
}

/// The folder that a file's path names; "." where it names none.
func folderOfFile(_ path: String) -> String {
    guard let slash = path.utf8.lastIndex(of: UInt8(ascii: "/")) else { return "." }
    let folder = path[..<slash]
    return folder.isEmpty ? "/" : String(folder)
}
