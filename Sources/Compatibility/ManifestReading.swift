package import ELFReader

/// What came of looking for a manifest in an image.
package enum ManifestReading: Sendable, Equatable {
    /// No note of ours, so no plugin of ours.
    case absent
    /// More than one: two objects with `SWB_MANIFEST` were linked together, and nobody can say which one is meant.
    case ambiguous(count: Int)
    /// One in the image and one in a file beside it: nobody can say which one is meant.
    case doubled(sidecar: String)
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
        do throws(ManifestError) {
            return .found(try PluginManifest(parsing: bytes, limit: limit))
        } catch {
            return .malformed(error)
        }
    }

    /// Reads the manifest of an image that may have a note, a sidecar file beside it, both or none.
    package static func read(from notes: [ELFNote], sidecar: SidecarReading) -> ManifestReading {
        let inside = read(from: notes)
        switch (inside, sidecar) {
        case (_, .absent): return inside
        case (.absent, .read(_, let bytes)):
            do throws(ManifestError) { return .found(try PluginManifest(parsingSidecar: bytes)) } catch {
                return .malformed(error)
            }
        case (.absent, .unreadable(_, let problem)):
            return .malformed(
                ManifestError(line: nil, problem: problem, remedy: "put a readable text there, or remove it"))
        case (_, .read(let file, _)): return .doubled(sidecar: file.path)
        case (_, .unreadable(let path, _)): return .doubled(sidecar: path)
        }
    }
}

/// What came of looking for a sidecar: a manifest in a file of its own beside an image, `<file name>.manifest`; or for
/// another text beside it.
package enum SidecarReading: Sendable, Equatable {
    /// No file of that name.
    case absent
    /// Something of that name that is no text of bearable size, or cannot be read: why, a clause.
    case unreadable(path: String, problem: String)
    /// Its bytes, read once.
    case read(FileFacts, [UInt8])

    /// What the sidecar's name has beyond the library's.
    package static let suffix = ".manifest"

    /// The sidecar as a manifest's source; `nil` where there is none.
    ///
    /// Of one that cannot be read little is known.
    package var source: ManifestSource? {
        switch self {
        case .absent: nil
        case .unreadable(let path, _): .sidecar(FileFacts(path: path, permissions: 0))
        case .read(let file, _): .sidecar(file)
        }
    }
}
