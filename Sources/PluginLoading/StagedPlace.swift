import ELFReader
import Glibc
import LinuxSystem
import Synchronization

/// Where a copy on disk lies: among others' in its host's folder, or in one of its own, where something is looked for
/// beside it; making that costs as much as the copy.
///
/// Removes the copy when it goes.
final class StagedPlace: Sendable {
    private let staging: StagingFolder  // kept while a copy is in it
    private let name: String
    private let operatorsFolder: String
    private let alone: String
    private let own = Mutex<StagedFolder?>(nil)

    /// - Parameters:
    ///   - alone: where the copy lies, in `staging`.
    ///   - name: what it is called in a folder of its own.
    ///   - operatorsFolder: of the file that it is of.
    init(_ alone: String, named name: String, operatorsFolder: String, in staging: StagingFolder) {
        self.alone = alone
        self.name = name
        self.operatorsFolder = operatorsFolder
        self.staging = staging
    }

    deinit {
        if own.withLock({ $0 }) == nil { unsafe unlink(alone) }
    }

    /// Absolute path of the copy.
    var path: String { folder?.imagePath ?? alone }

    /// The copy's own folder, once it has one.
    var folder: StagedFolder? { own.withLock { $0 } }

    /// Moves the copy into a folder of its own, unless it is there.
    func makeFolder() throws(SystemError) -> StagedFolder {
        try own.withLock { own throws(SystemError) in
            if let own { return own }
            let folder = try StagedFolder(
                around: alone, named: name, operatorsFolder: operatorsFolder, in: staging)
            own = folder
            return folder
        }
    }

    /// Removes the copy; doing it again does nothing.
    func remove() {
        if let folder { folder.remove() } else { unsafe unlink(alone) }
    }
}
