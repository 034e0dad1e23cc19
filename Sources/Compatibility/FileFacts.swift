/// What the file system says of one file that a plugin is made of: its image, or the sidecar with its manifest.
package struct FileFacts: Sendable, Equatable {
    /// As the operator named it, or as the host found it; for messages.
    package var path: String
    /// `st_mode & 0o7777`.
    package var permissions: UInt32
    /// st_uid; `nil` where nobody looked.
    package var owner: UInt32?
    /// Where it really lies: absolute, without links; `nil` where nobody looked, or it cannot be told any more.
    package var resolvedPath: String?
    /// From "/" down to the file's own folder; empty where nobody looked.
    package var folders: [Folder]

    /// A folder on the way to a file.
    package struct Folder: Sendable, Equatable {
        /// Absolute, without links.
        package var path: String
        /// st_uid.
        package var owner: UInt32
        /// `st_mode & 0o7777`.
        package var permissions: UInt32

        package init(path: String, owner: UInt32, permissions: UInt32) {
            self.path = path
            self.owner = owner
            self.permissions = permissions
        }
    }

    package init(
        path: String, permissions: UInt32, owner: UInt32? = nil, resolvedPath: String? = nil, folders: [Folder] = []
    ) {
        self.path = path
        self.permissions = permissions
        self.owner = owner
        self.resolvedPath = resolvedPath
        self.folders = folders
    }
}

/// Where a candidate's manifest was found.
package enum ManifestSource: Sendable, Equatable {
    /// In the image's own note.
    case note
    /// In a file beside an image that has no note: a foreign library.
    case sidecar(FileFacts)
}
