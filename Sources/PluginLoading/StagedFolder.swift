package import Compatibility
import Glibc
package import LinuxSystem
import Synchronization

/// The folder of one staged image: the image, and beneath it copies of the helper libraries that it or they find through
/// `$ORIGIN` beneath the operator's file.
///
/// It lies as the operator's folder does, and holds nothing but what the search for a library came upon: so the dynamic
/// linker, which looks here, finds the very copies that were judged and nothing else. What was once looked for stays as it
/// was found, whatever becomes of the operator's folder.
package final class StagedFolder: Sendable {
    /// Absolute path, never used before.
    let path: String
    /// The folder of the operator's file, as it was named: what `$ORIGIN` means to the image's author.
    let operatorsFolder: String
    private let staging: StagingFolder
    /// The image itself, beneath `path`.
    private let image: String
    private let state = Mutex(State())
    private let isLeft = Mutex(false)  // to `staging`

    /// One copy of a library.
    package struct Helper: Sendable {
        /// Absolute, in this folder.
        package let path: String
        /// The copy's identity.
        package let identity: FileIdentity
        /// What the file system said of the file that it is of.
        package let source: FileFacts

        /// Maps the copy for reading.
        package func map() throws(SystemError) -> MappedFile {
            try MappedFile(ours: FileDescriptor(opening: path, O_RDONLY), at: path)
        }
    }

    private struct State {
        /// What was found, by the path beneath the folder, without dots.
        var answers: [String: FileAtPath] = [:]
        /// Where the copy of each file of the operator's is: two names of one file are two names of one copy.
        var copies: [FileIdentity: String] = [:]
        var helpers: [Helper] = []
        var bytesLeft = StagedFolder.byteLimit
    }

    /// Of all helper libraries of one image together.
    private static let byteLimit: Int64 = 256 << 20
    /// How many of them there are, and how deep they may lie.
    private static let (countLimit, depthLimit) = (256, 16)

    /// Makes a folder for an image, and moves that there.
    ///
    /// - Parameters:
    ///   - file: the image, in `staging`.
    ///   - image: what it is called in its folder.
    init(
        around file: String, named image: String, operatorsFolder: String, in staging: StagingFolder
    ) throws(SystemError) {
        let path = "\(staging.path)/\(staging.nextNumber())"
        try PrivateFolder.make(path)
        do throws(SystemError) {
            _ = try retryingOnInterrupt("move", on: file) { unsafe rename(file, "\(path)/\(image)") }
        } catch {
            unsafe rmdir(path)
            throw error
        }
        self.path = path
        self.image = image
        self.operatorsFolder = operatorsFolder
        self.staging = staging
    }

    /// The image's path.
    var imagePath: String { "\(path)/\(image)" }

    deinit {
        // A failure leaves it to the host's folder, which goes with everything in it.
        if !isLeft.withLock({ $0 }) { try? PrivateFolder.remove(path) }
    }

    /// The copies beside the image.
    var helpers: [Helper] { state.withLock { $0.helpers } }

    /// Removes everything but helpers that the dynamic linker keeps, because it gave them to another image, too: those go
    /// with a later removal.
    func remove() {
        isLeft.withLock { $0 = true }
        staging.remove(path, mayBeMapped: !helpers.isEmpty)
    }

    /// Whether every copy is still the file that was judged.
    func checkHelpers() throws(SystemError) {
        for helper in helpers {
            let file = try FileDescriptor(opening: helper.path, O_RDONLY | O_NOFOLLOW)
            guard FileIdentity(try file.status(of: helper.path)) == helper.identity else {
                throw SystemError("find the judged copy", on: helper.path, errno: ESTALE)
            }
        }
    }

    /// The operator's file that a path beneath this folder stands for; `nil` for any other path.
    func source(of path: String) -> String? {
        guard path.hasPrefix(self.path + "/") else { return nil }
        return Self.joined(operatorsFolder, path.dropFirst(self.path.count + 1))
    }

    /// What the dynamic linker will find at a path beneath this folder: puts a copy there, where the operator has a library.
    func bring(_ path: String, _ files: LibraryFiles) -> FileAtPath {
        guard let source = source(of: path), let parts = Self.parts(of: path, beneath: self.path) else {
            return .absent
        }
        return bring(parts, files.look(at: source)) { state, copy throws(LibraryProblem) in
            try Self.copy(source, to: copy, &state, files)
        }
    }

    /// Puts a link there to a library that the process has loaded from another image's folder, so that a rehearsal's process
    /// finds it where this one takes it by its name; any other file of the operator's is copied.
    func bring(_ path: String, insteadOf loaded: String, _ files: LibraryFiles) {
        guard loaded.hasPrefix(staging.path + "/"), let parts = Self.parts(of: path, beneath: self.path) else {
            _ = bring(path, files)
            return
        }
        _ = bring(parts, files.lookAnew(at: loaded)) { _, copy throws(LibraryProblem) in
            do throws(LoadingError) { try Self.link(loaded, copy) } catch { throw Self.problem(error) }
            return files.lookAnew(at: copy)
        }
    }

    private func bring(
        _ parts: (names: [String], folders: [String]), _ found: @autoclosure () -> FileAtPath,
        copying: (inout State, String) throws(LibraryProblem) -> FileAtPath
    ) -> FileAtPath {
        let name = parts.names.joined(separator: "/")
        return state.withLock { state in
            if let known = state.answers[name] { return known }
            var answer = found()
            if case .library = answer {
                do throws(LibraryProblem) {
                    guard name != image else { throw LibraryProblem(reason: "is the plugin itself") }
                    guard state.helpers.count < Self.countLimit, parts.names.count <= Self.depthLimit else {
                        throw LibraryProblem(
                            reason: "is one of more than \(Self.countLimit) helper libraries, or lies more than "
                                + "\(Self.depthLimit) folders below the plugin", remedy: "bring fewer libraries along")
                    }
                    for folder in parts.folders { try Self.make("\(path)/\(folder)") }
                    answer = try copying(&state, "\(path)/\(name)")
                } catch {
                    answer = .uncopied(error)
                }
            }
            state.answers[name] = answer
            return answer
        }
    }

    /// Copies a file, or gives the copy that there is of it another name.
    private static func copy(
        _ source: String, to copy: String, _ state: inout State, _ files: LibraryFiles
    ) throws(LibraryProblem) -> FileAtPath {
        do throws(LoadingError) {
            let input = try StagingSource(source)
            guard let first = state.copies[input.identity] else {
                guard input.identity.size <= state.bytesLeft else {
                    throw input.unread(because: .tooLarge(limit: state.bytesLeft))
                }
                let identity = try Self.copy(input, to: copy)
                state.bytesLeft -= identity.size
                state.copies[input.identity] = copy
                state.helpers.append(Helper(path: copy, identity: identity, source: input.facts))
                return files.lookAnew(at: copy)
            }
            try link(first, copy)
            return files.lookAnew(at: copy)
        } catch {
            throw problem(error)
        }
    }

    private static func copy(
        _ input: borrowing StagingSource, to copy: String
    ) throws(LoadingError) -> FileIdentity {
        do throws(LoadingError) { return try input.copy(toNew: copy, in: copy) } catch {
            unsafe unlink(copy)
            throw error
        }
    }

    private static func link(_ file: String, _ name: String) throws(LoadingError) {
        do throws(SystemError) {
            _ = try retryingOnInterrupt("link", on: file) { unsafe Glibc.link(file, name) }
        } catch {
            throw .system(error)
        }
    }

    private static func problem(_ error: LoadingError) -> LibraryProblem {
        switch error {
        case .changedWhileCopying:
            LibraryProblem(
                reason: "was written to while it was copied",
                remedy: "write a new file beside it and rename it into place")
        case .unread:
            LibraryProblem(
                reason: "is too large: at most \(byteLimit >> 20) MiB of helper libraries are copied",
                remedy: "bring less along, or link with its folder's full name")
        default: LibraryProblem(reason: "cannot be copied: \(error)", remedy: "mend that, and try again")
        }
    }

    private static func make(_ folder: String) throws(LibraryProblem) {
        do throws(SystemError) { try PrivateFolder.make(folder) } catch { throw problem(.system(error)) }
    }

    /// The names on the way to a path beneath a folder, and every folder that the way leads through, `..` followed by
    /// name; `nil` where it leads out.
    static func parts(of path: String, beneath folder: String) -> (names: [String], folders: [String])? {
        var (names, folders): ([String], [String]) = ([], [])
        for part in path.dropFirst(folder.count + 1).split(separator: "/") where part != "." {
            if !names.isEmpty { folders.append(names.joined(separator: "/")) }
            if part == ".." {
                guard names.popLast() != nil else { return nil }
            } else {
                names.append(String(part))
            }
        }
        return names.isEmpty ? nil : (names, folders)
    }

    /// A folder's path and one beneath it.
    static func joined(_ folder: String, _ rest: some StringProtocol) -> String {
        folder == "/" ? "/\(rest)" : "\(folder)/\(rest)"
    }
}
