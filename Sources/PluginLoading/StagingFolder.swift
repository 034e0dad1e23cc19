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
        folder = try Self.first(of: chosen) { root throws(SystemError) in
            try PrivateFolder.make(root)
            return try Self.isExecutable(root) ? ProcessFolder(under: root) : nil
        }
    }

    /// Whether a folder could be made; makes nothing.
    ///
    /// - Parameter chosen: as for the making.
    package static func check(under chosen: String?) throws(LoadingError) {
        try first(of: chosen) { root throws(SystemError) in
            try PrivateFolder.check(root)
            // One that is not there yet will be on its parent's file system.
            let place = unsafe access(root, F_OK) == 0 ? root : folderOfFile(root)
            return try isExecutable(place) ? () : nil
        }
    }

    /// What the first usable root gives; `nil` from the body says that it is mounted noexec.
    private static func first<Result>(
        of chosen: String?, _ body: (String) throws(SystemError) -> Result?
    ) throws(LoadingError) -> Result {
        var reasons: [String] = []
        for root in chosen.map({ [$0] }) ?? defaultRoots() {
            do throws(SystemError) {
                if let result = try body(root) { return result }
                reasons.append("\(root) is mounted noexec")
            } catch {
                reasons.append("\(error)")
            }
        }
        throw .noStagingFolder(reasons)
    }

    private static func isExecutable(_ folder: String) throws(SystemError) -> Bool {
        let file = try FileDescriptor(opening: folder, O_RDONLY | O_DIRECTORY)
        return clinux_is_noexec(file.raw) == 0
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
            let kept = isAlone ? [] : Set(LoadedObjects.all().flatMap { Self.way(to: $0.name, below: leftovers) })
            // What cannot be removed goes with this folder.
            leftovers.removeAll { (try? PrivateFolder.prune($0, keeping: kept.contains)) ?? true }
        }
    }

    /// A file in one of some folders, and the folders that its path leads through, each with "/" behind it.
    ///
    /// The dynamic linker knows a file by the path that it was searched by, `1/lib/.././libx.so`.
    private static func way(to path: String, below folders: [String]) -> [String] {
        guard let folder = folders.first(where: { path.hasPrefix($0 + "/") }),
            let parts = StagedFolder.parts(of: path, beneath: folder)
        else { return [] }
        return ["\(folder)/\(parts.names.joined(separator: "/"))"] + parts.folders.map { "\(folder)/\($0)/" }
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
