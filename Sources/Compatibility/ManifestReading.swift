package import ELFReader

/// What came of looking for a manifest in an image.
package enum ManifestReading: Sendable, Equatable {
    /// No note of ours, so no plugin of ours.
    case absent
    /// More than one: two objects with `SWB_MANIFEST` were linked together, and nobody can say which one is meant.
    case ambiguous(count: Int)
    /// One, against the grammar.
    case malformed(ManifestError)
    /// One.
    case found(PluginManifest)

    /// SWB_NOTE_OWNER of switchboard.h.
    package static let noteOwner = "Switchboard"
    /// SWB_NOTE_TYPE of switchboard.h.
    package static let noteType: UInt32 = 0x5357

    /// Reads the manifest from an image's notes.
    package static func read(from notes: [ELFNote]) -> ManifestReading {
        let ours = notes.filter { $0.owner == noteOwner && $0.type == noteType }
        guard let note = ours.first else { return .absent }
        guard ours.count == 1 else { return .ambiguous(count: ours.count) }
        return read(from: note.descriptor, limit: PluginManifest.noteLimit)
    }

    /// Reads a manifest's bytes: a note's descriptor, or a sidecar file with `PluginManifest.sidecarLimit`.
    package static func read(from bytes: [UInt8], limit: Int) -> ManifestReading {
        do {
            return .found(try PluginManifest(parsing: bytes, limit: limit))
        } catch {
            return .malformed(error)
        }
    }
}
