package import Compatibility
import Glibc
import LinuxSystem

extension SidecarReading {
    /// What a text beside an image may be.
    package enum Kind: Sendable {
        /// The manifest of a foreign library.
        case manifest
        /// A snapshot of the contract.
        case contract

        fileprivate var suffix: String {
            switch self {
            case .manifest: SidecarReading.suffix
            case .contract: SnapshotReading.suffix
            }
        }

        /// In bytes.
        fileprivate var limit: Int {
            switch self {
            case .manifest: PluginManifest.sidecarLimit
            case .contract: SnapshotReading.sizeLimit
            }
        }
    }

    /// Looks for a text beside the file as the operator named it, then beside the file that links lead to; reads the
    /// first one, once and whole.
    ///
    /// So a link in an operator's own folder and a text beside it make a plugin of a library of the system. What lies there
    /// and is no regular file of bearable size is told, never passed over: it was meant for something.
    package static func find(_ kind: Kind = .manifest, beside file: FileFacts) -> SidecarReading {
        let named = read(file.path + kind.suffix, kind)
        guard named == .absent, let resolved = file.resolvedPath, resolved != file.path else { return named }
        return read(resolved + kind.suffix, kind)
    }

    /// Reads a text once and whole.
    package static func read(_ path: String, _ kind: Kind) -> SidecarReading {
        do throws(SystemError) {
            // O_NONBLOCK: nobody waits for a pipe's writer.
            let file = try FileDescriptor(opening: path, O_RDONLY | O_NONBLOCK)
            let status = try file.status(of: path)
            guard status.st_mode & S_IFMT == S_IFREG else {
                return .unreadable(path: path, problem: "\(path) is not a regular file")
            }
            let limit = kind.limit
            guard status.st_size <= limit else {
                return .unreadable(
                    path: path, problem: "\(path) has \(status.st_size) bytes, the limit is \(limit)")
            }
            let bytes = try file.read(Int(status.st_size), at: 0, from: path)
            return .read(FileFacts(of: file, status, at: path), bytes)
        } catch {
            // ENOTDIR: the library itself was named with a slash behind it, and will not be opened either.
            guard ![ENOENT, ENOTDIR].contains(error.code) else { return .absent }
            return .unreadable(path: path, problem: "\(error)")
        }
    }
}
