package import ELFReader

/// One image before the gates: everything that they may look at, gathered beforehand.
package struct Candidate: Sendable {
    /// Where the operator's file lies, as given; for messages only.
    package var path: String
    /// The file whose bytes were read: the staged copy for a load, the file itself for a check.
    package var identity: FileIdentity
    /// Permission bits (`st_mode & 0o7777`) of the operator's file.
    package var permissions: UInt32
    /// What the bytes show, or why nothing is known of them.
    package var image: Result<ELFImage, NoImage> { didSet { knownIndex = nil } }
    /// The plugin's words about itself.
    package var manifest: ManifestReading { didSet { knownIndex = nil } }
    /// Build-id, else the digest of the bytes.
    package var id: ImageID
    /// What the approval is for; decides how severe a repeated version is.
    package var purpose: Purpose
    /// What the image leads to in the process that is to load it; `nil` where that was not looked at, as on a build
    /// machine.
    package var closure: ClosureFacts?
    /// Who owns the operator's file (st_uid); `nil` where nobody looked.
    package var owner: UInt32?
    /// Where the operator's file really lies, links resolved; `nil` where nobody looked or nobody can tell.
    package var resolvedPath: String?
    /// The folders above it, from "/" down.
    package var folders: [FileFacts.Folder] = []
    /// The libraries that come along because they lie beside it.
    package var helpers: [FileFacts] = []
    /// Where the manifest was found.
    package var manifestSource = ManifestSource.note
    /// What `index` found; `nil` where nobody asked for it yet.
    var knownIndex: ImageIndex?
    /// Why it stays in memory whatever its manifest says, a clause; set before the gates are asked.
    var residence: String?
    /// What was found out about its signatures; by default that nobody asked for any.
    package var signature = SignatureFacts()
    /// The snapshot of its contract, where one lies beside the file.
    package var snapshot = SnapshotReading.absent

    /// What somebody wants to do with a candidate.
    package enum Purpose: Sendable, Equatable {
        /// Put beside what is loaded.
        case load
        /// Put in the place of what is loaded.
        case swap
        /// Only ask.
        case check
    }

    package init(
        path: String, identity: FileIdentity, permissions: UInt32, image: Result<ELFImage, NoImage>,
        manifest: ManifestReading, id: ImageID, purpose: Purpose, closure: ClosureFacts? = nil
    ) {
        self.path = path
        self.identity = identity
        self.permissions = permissions
        self.image = image
        self.manifest = manifest
        self.id = id
        self.purpose = purpose
        self.closure = closure
    }
}

/// Which file's bytes were judged (stat(2)): the approval names it, the loader checks it again before dlopen.
package struct FileIdentity: Sendable, Hashable, Codable {
    /// st_dev.
    package var device: UInt64
    /// st_ino.
    package var inode: UInt64
    /// st_size in bytes.
    package var size: Int64

    package init(device: UInt64, inode: UInt64, size: Int64) {
        self.device = device
        self.inode = inode
        self.size = size
    }
}

extension Candidate {
    /// The files that the plugin is made of: its image, and its sidecar if it has one.
    var files: [FileFacts] {
        let image = FileFacts(
            path: path, permissions: permissions, owner: owner, resolvedPath: resolvedPath, folders: folders)
        return if case .sidecar(let sidecar) = manifestSource { [image, sidecar] } else { [image] }
    }

    /// Judges each of its files, and of its helpers those that there is something to say of.
    func judgeFiles(_ judge: (FileFacts) -> [Finding]) -> [Finding] {
        files.flatMap(judge) + helpers.lazy.flatMap(judge).filter { $0.verdict != .passed }.prefix(16)
    }

    /// Whether the image is a foreign library, which speaks no lifecycle.
    package var isForeign: Bool { if case .sidecar = manifestSource { true } else { false } }

    /// The manifest, where exactly one could be read.
    var foundManifest: PluginManifest? {
        if case .found(let manifest) = manifest { manifest } else { nil }
    }
}
