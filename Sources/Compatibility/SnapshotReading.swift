/// What came of looking for a snapshot of a plugin's contract beside its file: `<file name>.contract`.
///
/// Nothing is believed because it stands there: the types are looked up by their digests, which are made of them.
package enum SnapshotReading: Sendable, Equatable {
    /// No file of that name, or no digest in the manifest that it could spell.
    case absent
    /// Why the file there is no snapshot, a clause that names it, and what to do about it.
    case unreadable(problem: String, remedy: String)
    /// The types of its exports by symbol.
    case read(path: String, types: [String: PluginManifest.ExportType])

    /// What the snapshot's name has beyond the image's.
    package static let suffix = ".contract"
    /// The largest snapshot, in bytes.
    package static let sizeLimit = 4 << 20
}
