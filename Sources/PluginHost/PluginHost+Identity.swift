import Compatibility
import LinuxSystem
import PluginLoading

// Which images are the same one.

extension PluginHost {
    /// Names an image anew where its id alone does not tell it from what is in memory.
    ///
    /// A build-id is made when a file is linked: one that was changed afterwards, or that somebody wrote, is an equal id of
    /// other bytes. So bytes are compared, and with few: with images of the same id, and of the same name and version.
    /// Other bytes under a known id are named by their digest; the same bytes have the name that they have already.
    /// Files of another size need not be read; nothing is digested on the usual path.
    func identify(_ candidate: inout Candidate, _ staged: StagedImage) throws(SystemError) {
        let (name, version): (String?, SemanticVersion?) =
            if case .found(let manifest) = candidate.manifest {
                (manifest.name, try? SemanticVersion(manifest.version))  // its error is a finding of version.semver
            } else {
                (nil, nil)
            }
        let known = state.withLock { $0.records.values.map(\.generation) }.sorted { $0.number < $1.number }
        var isTaken = false
        for generation in known {
            let isNamesake = generation.plugin == name && generation.version == version
            guard isNamesake || generation.image.id == candidate.id else { continue }
            if generation.image.staged.holdsSameBytes(as: staged) {
                candidate.id = generation.image.id
                return
            }
            isTaken = isTaken || generation.image.id == candidate.id
        }
        if isTaken { candidate.id = ImageID(sha256: try digest(of: staged)) }
    }

    /// Whether a generation runs the very bytes of an image.
    func runs(_ number: Int, _ image: LoadedImage) -> Bool {
        let other = state.withLock { $0.records[number]?.generation.image }
        return other?.staged.holdsSameBytes(as: image.staged) ?? false
    }
}
