import CLinuxShims
import Glibc
import LinuxSystem
import Synchronization

/// One host's private folder for copies of images.
///
/// Loading a private copy means that overwriting, truncating or deleting the operator's file later changes nothing, and
/// that every load has a name the dynamic linker never saw (it compares names first and would answer with the old image).
package final class StagingFolder: Sendable {
    private let folder: ProcessFolder
    private let count = Mutex<UInt64>(0)
    /// Folders of images that are gone, with helpers that other images got.
    private let leftovers = Mutex<[String]>([])

    /// Absolute path of this host's folder.
    package var path: String { folder.path }

    /// Makes the folder under the first usable root, after removing what dead hosts left there.
    ///
    /// - Parameter chosen: where to make it; `nil` tries `$XDG_RUNTIME_DIR`, `/tmp` and `/var/tmp`. A root on a file system
    ///   mounted noexec is passed over, since no code can be mapped from it.
    package init(under chosen: String?) throws(LoadingError) {
        var reasons: [String] = []
        for candidate in chosen.map({ [$0] }) ?? Self.defaultRoots() {
            do throws(SystemError) {
                try PrivateFolder.make(candidate)
                let root = try FileDescriptor(opening: candidate, O_RDONLY | O_DIRECTORY)
                if clinux_is_noexec(root.raw) == 0 {
                    folder = try ProcessFolder(under: candidate)
                    return
                }
                reasons.append("\(candidate) is mounted noexec")
            } catch {
                reasons.append("\(error)")
            }
        }
        throw .noStagingFolder(reasons)
    }

    /// Removes the folder and all copies in it; what is mapped from them stays mapped.
    ///
    /// Doing it again does nothing.
    package func remove() { folder.remove() }

    /// Removes an image's folder, and what earlier removals left; not what the dynamic linker has mapped.
    ///
    /// - Parameter mayBeMapped: whether there is anything in it besides the image, which is unmapped.
    func remove(_ folder: String, mayBeMapped: Bool) {
        leftovers.withLock { leftovers in
            leftovers.append(folder)
            let isAlone = !mayBeMapped && leftovers.count == 1
            let mapped = isAlone ? [] : Set(LoadedObjects.all().map(\.name))
            // What cannot be removed goes with this folder.
            leftovers.removeAll { (try? PrivateFolder.prune($0, keeping: mapped.contains)) ?? true }
        }
    }

    /// Counts the copies made here: part of each name, so that none comes twice.
    func nextNumber() -> UInt64 {
        count.withLock { count in
            count += 1
            return count
        }
    }

    private static func defaultRoots() -> [String] {
        let shared = ["/tmp", "/var/tmp"].map { "\($0)/switchboard-\(geteuid())" }
        // SAFETY: the text is copied at once; a host that changes its environment meanwhile races with itself.
        guard let runtime = unsafe getenv("XDG_RUNTIME_DIR") else { return shared }
        return [unsafe String(cString: runtime) + "/switchboard"] + shared
    }
}
