package import Glibc
package import LinuxSystem

/// Why an image could not be staged or opened.
package enum LoadingError: Error, Sendable, CustomStringConvertible {
    /// The operator's file is not there, or not readable.
    case unreadable(SystemError)
    /// A folder, device or pipe in place of a file: which, a noun with an article.
    case notAFile(path: String, kind: String)
    /// It must not be read, which is for the gates to say.
    case unread(UnreadFile)
    /// Somebody wrote to the file while it was copied.
    case changedWhileCopying(path: String)
    /// No folder to stage in: each candidate with its reason.
    case noStagingFolder([String])
    /// No room for a copy of so many bytes.
    case noSpace(folder: String, needed: Int64)
    /// No sealed memory for a copy, and why.
    case notSealed(SystemError)
    /// Our own bug: an approval for other bytes than the staged ones.
    case approvedAnotherImage(path: String)
    /// dlopen(3) refused; its words.
    case refusedByLinker(path: String, reason: String)
    /// dlopen answered with an object that is not the staged one.
    case notNovel(path: String, detail: String)
    /// An export does not resolve to code inside the image.
    case unresolved(symbol: String, detail: String)
    /// Any other failure of the system.
    case system(SystemError)

    /// Stable and greppable.
    package var code: String {
        switch self {
        case .unreadable: "load.unreadable"
        case .notAFile: "load.not-a-file"
        case .unread: "load.unread"
        case .changedWhileCopying: "load.changed"
        case .noStagingFolder: "load.staging"
        case .noSpace: "load.space"
        case .notSealed: "load.sealed"
        case .approvedAnotherImage: "load.approval"
        case .refusedByLinker: "load.dlopen"
        case .notNovel: "load.novelty"
        case .unresolved: "load.symbol"
        case .system: "load.system"
        }
    }

    /// A sentence with both sides and what to do.
    package var description: String {
        switch self {
        case .unreadable(let error): "\(error)"
        case .notAFile(let path, let kind): "\(path) is \(kind), not a regular file: name the .so itself"
        case .unread(let file): "\(file.facts.path) has \(file.identity.size) bytes, more than are read"
        case .changedWhileCopying(let path):
            "\(path) was written to while it was copied: write a new file beside it and rename it into place"
        case .noStagingFolder(let reasons):
            "no folder for private copies; set stagingDirectory to one on an executable file system: "
                + reasons.joined(separator: "; ")
        case .noSpace(let folder, let needed):
            "\(folder) is on a full file system, the private copy needs \(needed) bytes"
        case .notSealed(let error):
            "the signature policy asks for sealed memory, and there is none (memfd_create(2), a mounted /proc): \(error)"
        case .approvedAnotherImage(let path): "\(path) is not the file that was judged"
        case .refusedByLinker(let path, let reason): "the dynamic linker refused \(path): \(reason)"
        case .notNovel(let path, let detail): "the dynamic linker did not load \(path) afresh: \(detail)"
        case .unresolved(let symbol, let detail): "\(symbol) does not resolve: \(detail)"
        case .system(let error): "\(error)"
        }
    }
}

extension LoadingError {
    /// Says what is at `path` in place of a regular file (inode(7), "The file type and mode").
    package static func notAFile(_ status: stat, at path: String) -> LoadingError {
        let kind =
            switch status.st_mode & S_IFMT {
            case S_IFDIR: "a folder"
            case S_IFIFO: "a pipe"
            case S_IFCHR, S_IFBLK: "a device"
            default: "something else"
            }
        return .notAFile(path: path, kind: kind)
    }
}
