import Compatibility
import Glibc
import LinuxSystem

/// Finds plugins in folders: files with a manifest of ours, whatever they are called.
enum PluginFinder {
    struct Plugin {
        var path: String
        /// As the manifest says; empty where it is broken.
        var name: String
        /// `nil` where the manifest has none that can be read.
        var version: SemanticVersion?
    }

    /// What was found, and what could not be looked at, in sentences.
    struct Findings {
        var plugins: [Plugin] = []
        var problems: [String] = []
    }

    private static let depthLimit = 16
    private static let fileLimit = 100_000

    /// Looks into folders and the folders in them, at most 16 deep and at 100,000 files.
    ///
    /// Links to folders are not
    /// followed, a file that several names lead to is taken once. By name, then newest version first.
    static func find(in folders: [String]) throws -> Findings {
        var findings = Findings()
        var seen: Set<FileIdentity> = []
        for folder in folders {
            var status = stat()
            guard unsafe stat(folder, &status) == 0, status.st_mode & S_IFMT == S_IFDIR else {
                throw CommandFailure(code: "not-found", message: "no such folder: \(printable(folder))", exit: 4)
            }
            search(folder, depth: 0, &seen, &findings)
        }
        findings.plugins.sort(by: precedes)
        return findings
    }

    private static func search(
        _ folder: String, depth: Int, _ seen: inout Set<FileIdentity>, _ findings: inout Findings
    ) {
        let names: [String]
        do throws(SystemError) {
            names = try PrivateFolder.names(in: folder)
        } catch {
            findings.problems.append("\(error)")
            return
        }
        for name in names {
            let path = folder.hasSuffix("/") ? folder + name : folder + "/" + name
            var link = stat()
            var status = stat()
            guard unsafe lstat(path, &link) == 0, unsafe stat(path, &status) == 0 else { continue }  // a dangling link
            let isLink = link.st_mode & S_IFMT == S_IFLNK
            if status.st_mode & S_IFMT == S_IFDIR && !isLink {
                if depth + 1 < depthLimit {
                    search(path, depth: depth + 1, &seen, &findings)
                } else {
                    findings.problems.append("\(printable(path)) lies deeper than \(depthLimit) folders")
                }
            } else if status.st_mode & S_IFMT == S_IFREG {
                guard seen.count < fileLimit else {
                    findings.problems.append("more than \(fileLimit) files: the rest was not looked at")
                    return
                }
                let identity = FileIdentity(
                    device: UInt64(status.st_dev), inode: UInt64(status.st_ino), size: Int64(status.st_size))
                if seen.insert(identity).inserted, let plugin = plugin(at: path) { findings.plugins.append(plugin) }
            }
        }
    }

    private static func plugin(at path: String) -> Plugin? {
        // Files that cannot be read or are no ELF files are most of what lies about: they are no plugins.
        guard beginsAsELF(path), let facts = try? PluginFiles.facts(path) else { return nil }
        switch facts.manifest {
        case .absent: return nil
        case .ambiguous, .doubled, .malformed: return Plugin(path: path, name: "", version: nil)
        case .found(let manifest):
            // No semantic version is a finding of a gate, not of this search.
            return Plugin(path: path, name: manifest.name, version: try? SemanticVersion(manifest.version))
        }
    }

    /// Looks at four bytes before a whole file is read.
    private static func beginsAsELF(_ path: String) -> Bool {
        // Not to be opened is not to be read: no plugin for us. O_NONBLOCK: the file may have become a pipe.
        guard let file = try? FileDescriptor(opening: path, O_RDONLY | O_NONBLOCK) else { return false }
        var magic = [UInt8](repeating: 0, count: 4)
        return unsafe read(file.raw, &magic, 4) == 4 && magic == [0x7f, 0x45, 0x4c, 0x46]
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
