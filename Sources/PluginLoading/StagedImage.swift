import CLinuxShims
package import Compatibility
package import Glibc
package import LinuxSystem

/// A private copy of one image, under a name that was never used before; removed from disk when the last owner goes.
///
/// The copy must outlive its mapping: debuggers, profilers and core dumps read symbols from it by name.
package final class StagedImage: Sendable {
    /// Absolute path of the copy.
    package let path: String
    /// The operator's file, as given.
    package let source: String
    /// Permission bits of the operator's file.
    package let sourcePermissions: UInt32
    /// The copy's identity, which an approval names.
    package let identity: FileIdentity
    private let folder: StagingFolder  // keeps the folder while a copy is in it

    /// Copies the file at `source` into `folder`.
    ///
    /// The reader follows symbolic links, refuses what is not a regular file without waiting for a pipe's writer, and
    /// refuses a file that somebody writes to during the copy (size or time of change differ afterwards).
    package init(copying source: String, into folder: StagingFolder) throws(LoadingError) {
        let input = try Self.open(source)
        let before: stat
        do throws(SystemError) { before = try input.status(of: source) } catch { throw .unreadable(error) }
        guard before.st_mode & S_IFMT == S_IFREG else { throw .notAFile(path: source) }
        let size = Int64(before.st_size)
        guard size <= MappedFile.sizeLimit else {
            throw .tooLarge(path: source, size: size, limit: MappedFile.sizeLimit)
        }
        path = "\(folder.path)/\(folder.nextNumber())-\(Self.plainName(of: source))"
        do throws(LoadingError) {
            identity = try Self.copy(input, before, from: source, to: path, in: folder.path)
        } catch {
            unsafe unlink(path)
            throw error
        }
        self.source = source
        sourcePermissions = UInt32(before.st_mode & 0o7777)
        self.folder = folder
    }

    deinit {
        remove()
    }

    /// Removes the copy from disk: nothing is mapped from it any more.
    ///
    /// Doing it again does nothing.
    func remove() {
        unsafe unlink(path)
    }

    /// Maps the copy for reading.
    package func map() throws(SystemError) -> MappedFile {
        try MappedFile(ours: FileDescriptor(opening: path, O_RDONLY), at: path)
    }

    /// The file that lies at `path` now.
    func identityNow() throws(SystemError) -> FileIdentity {
        FileIdentity(try FileDescriptor(opening: path, O_RDONLY | O_NOFOLLOW).status(of: path))
    }

    private static func open(_ path: String) throws(LoadingError) -> FileDescriptor {
        do throws(SystemError) {
            return try FileDescriptor(opening: path, O_RDONLY | O_NONBLOCK)
        } catch {
            throw .unreadable(error)
        }
    }

    private static func copy(
        _ input: borrowing FileDescriptor, _ before: stat, from source: String, to path: String, in folder: String
    ) throws(LoadingError) -> FileIdentity {
        let size = Int64(before.st_size)
        let copy: FileIdentity
        let after: stat
        do throws(SystemError) {
            let output = try FileDescriptor(opening: path, O_WRONLY | O_CREAT | O_EXCL, mode: 0o400)
            try copyBytes(from: input.raw, to: output.raw, expecting: size, source)
            copy = FileIdentity(try output.status(of: path))
            after = try input.status(of: source)
        } catch {
            throw error.code == ENOSPC ? .noSpace(folder: folder, needed: size) : .system(error)
        }
        guard
            copy.size == size, after.st_size == before.st_size, after.st_mtim.tv_sec == before.st_mtim.tv_sec,
            after.st_mtim.tv_nsec == before.st_mtim.tv_nsec
        else { throw .changedWhileCopying(path: source) }
        return copy
    }

    private static func copyBytes(
        from input: Int32, to output: Int32, expecting size: Int64, _ source: String
    ) throws(SystemError) {
        var canShareBlocks = true
        // A writer that appends as fast as we copy must not keep us here: what exceeds `size` is refused afterwards.
        while lseek(input, 0, SEEK_CUR) <= size {
            // copy_file_range(2) lets the file system share blocks; sendfile(2) where it cannot, between two of them say.
            if canShareBlocks {
                let copied = clinux_copy_file_range(input, output, 1 << 30)
                if copied == 0 { return }
                if copied < 0, errno != EINTR { canShareBlocks = false }
            } else {
                let copied = try retryingOnInterrupt("copy", on: source) { sendfile(output, input, nil, 1 << 30) }
                if copied == 0 { return }
            }
        }
    }

    /// The base name, cut and reduced to characters that are harmless in logs and in `/proc/self/maps`.
    private static func plainName(of path: String) -> String {
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

extension FileIdentity {
    /// The identity that stat(2) tells.
    package init(_ status: stat) {
        self.init(device: UInt64(status.st_dev), inode: UInt64(status.st_ino), size: Int64(status.st_size))
    }
}
