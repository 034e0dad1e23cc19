import Compatibility
import Glibc
import LinuxSystem
import PluginHost

/// Finds plugins in folders: files with a manifest of ours, inside or beside them, whatever they are called.
///
/// Each file is read once, and of its facts only `Kept` stays: folders may hold more of them than memory should.
struct PluginFinder<Kept> {
    /// One plugin.
    struct Plugin {
        var path: String
        /// What the caller keeps of it.
        var kept: Kept
        /// As the manifest says; empty where it is broken.
        var name: String
        /// `nil` where the manifest has none that can be read.
        var version: SemanticVersion?
    }

    /// By name, then newest version first.
    private(set) var plugins: [Plugin] = []
    /// What could not be looked at, in sentences.
    private(set) var problems: [String] = []
    /// Shared objects without a manifest.
    private(set) var withoutManifest: [String] = []
    /// Shared objects that could not be read as what their first bytes say they are.
    private(set) var unreadable: [String] = []

    private static var depthLimit: Int { 16 }
    private static var fileLimit: Int { 100_000 }
    private var files: [String] = []
    private var seen: Set<FileIdentity> = []

    /// Looks into folders and the folders in them, at most 16 deep and at 100,000 files.
    ///
    /// Links to folders are not followed, a file that several names lead to is taken once.
    ///
    /// - Parameters:
    ///   - signatures: whether signatures are looked for, and by which keys.
    ///   - keep: makes of everything that gates look at what is to be kept.
    init(
        in folders: [String], signatures: SignaturePolicy = .init(), showsProgress: Bool = false,
        keeping keep: (_ path: String, Candidate) throws -> Kept
    ) throws {
        for folder in folders {
            var status = stat()
            guard unsafe stat(folder, &status) == 0, status.st_mode & S_IFMT == S_IFDIR else {
                throw CommandFailure(code: "not-found", message: "no such folder: \(printable(folder))", exit: 4)
            }
            search(folder, depth: 0)
        }
        var progress = Progress(of: files.count, isShown: showsProgress)
        for (index, file) in files.enumerated() {
            progress.show(index)
            try look(at: file, signatures, keep)
        }
        progress.finish()
        plugins.sort(by: Self.precedes)
    }

    private mutating func search(_ folder: String, depth: Int) {
        let names: [String]
        do throws(SystemError) {
            names = try PrivateFolder.names(in: folder)
        } catch {
            problems.append("\(error)")
            return
        }
        for name in names {
            let path = folder.hasSuffix("/") ? folder + name : folder + "/" + name
            var link = stat()
            var status = stat()
            guard unsafe lstat(path, &link) == 0, unsafe stat(path, &status) == 0 else { continue }  // a dangling link
            let isLink = link.st_mode & S_IFMT == S_IFLNK
            if status.st_mode & S_IFMT == S_IFDIR && !isLink {
                if depth + 1 < Self.depthLimit {
                    search(path, depth: depth + 1)
                } else {
                    problems.append("\(printable(path)) lies deeper than \(Self.depthLimit) folders")
                }
            } else if status.st_mode & S_IFMT == S_IFREG {
                guard seen.count < Self.fileLimit else {
                    problems.append("more than \(Self.fileLimit) files: the rest was not looked at")
                    return
                }
                let identity = FileIdentity(
                    device: UInt64(status.st_dev), inode: UInt64(status.st_ino), size: Int64(status.st_size))
                // A link with a sidecar of its own says more than the file that it leads to.
                if seen.insert(identity).inserted || fileExists(path + SidecarReading.suffix) { files.append(path) }
            }
        }
    }

    private mutating func look(
        at path: String, _ signatures: SignaturePolicy, _ keep: (String, Candidate) throws -> Kept
    ) rethrows {
        let look: PluginFile.Look
        do throws(PluginHostError) { look = try PluginFile.look(at: path, signatures: signatures) } catch {
            // Files that nobody may read lie about everywhere; one that is called a shared object is missed here.
            if Self.isNamedSharedObject(path) { unreadable.append(path) }
            return
        }
        switch look {
        case .other: break
        case .withoutManifest: if Self.isNamedSharedObject(path) { withoutManifest.append(path) }
        case .damaged: if Self.isNamedSharedObject(path) { unreadable.append(path) }
        case .plugin(let candidate):
            var plugin = Plugin(path: path, kept: try keep(path, candidate), name: "", version: nil)
            if case .found(let manifest) = candidate.manifest {
                plugin.name = manifest.name
                // No semantic version is a finding of a gate, not of this search.
                plugin.version = try? SemanticVersion(manifest.version)
            }
            plugins.append(plugin)
        }
    }

    /// "a.so", "libz.so.1", "libz.so.1.2.13".
    static func isNamedSharedObject(_ path: String) -> Bool {
        let parts = path.split(separator: "/").last?.split(separator: ".", omittingEmptySubsequences: false) ?? []
        guard let suffix = parts.lastIndex(of: "so"), suffix > 0 else { return false }
        return parts[(suffix + 1)...].allSatisfy { !$0.isEmpty && $0.utf8.allSatisfy { 0x30...0x39 ~= $0 } }
    }

    /// What was passed over, in a line: "3 files without a manifest, 1 unreadable: a.so, …"; `nil` where nothing was.
    var passedOver: String? {
        let files = unreadable + withoutManifest
        guard !files.isEmpty else { return nil }
        var counts: [String] = []
        if !withoutManifest.isEmpty {
            counts.append("\(withoutManifest.count) file\(withoutManifest.count == 1 ? "" : "s") without a manifest")
        }
        if !unreadable.isEmpty { counts.append("\(unreadable.count) unreadable") }
        let shown = 8
        let names = files.prefix(shown).map { printable($0) }.joined(separator: ", ")
        let rest = files.count > shown ? " and \(files.count - shown) more" : ""
        return "\(counts.joined(separator: ", ")): \(names)\(rest)"
    }

    private static func precedes(_ left: Plugin, _ right: Plugin) -> Bool {
        if left.name != right.name { return left.name < right.name }
        switch (left.version, right.version) {
        case (let left?, let right?) where left != right: return left > right
        case (.some, nil): return true
        case (nil, .some): return false
        default: return left.path < right.path
        }
    }
}
