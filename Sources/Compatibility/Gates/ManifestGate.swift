import ELFReader

extension Gate {
    /// `manifest.absent`, `manifest.ambiguous`, `manifest.malformed`: exactly one manifest, and it can be read;
    /// `manifest.unknown-key`: lines that this host does not know.
    static let manifest = Gate(
        codes: ["manifest.absent", "manifest.ambiguous", "manifest.malformed", "manifest.unknown-key"]
    ) { candidate, _ in
        let absent = "manifest.absent"
        let ambiguous = "manifest.ambiguous"
        let malformed = "manifest.malformed"
        let unknownKey = "manifest.unknown-key"
        let nothing = "no manifest could be read"
        let sound = Finding.passed(absent, plugin: "1 manifest", host: "exactly 1")
        switch candidate.manifest {
        case .absent:
            let skipped = [ambiguous, malformed, unknownKey].map { Finding.skipped($0, because: nothing) }
            if let obstacle = obstacle(candidate.image) { return [.skipped(absent, because: obstacle)] + skipped }
            let line = "SWB_MANIFEST(\"name = …\\n\" \"version = 1.0.0\\n\" \"export = …\\n\");"
            return [
                .refused(
                    absent, plugin: "none", host: "exactly 1", "plugin has no manifest",
                    remedy:
                        "include switchboard.h and add \(line) to one C file; in Swift, use ManifestPlugin; beside a foreign "
                        + "library, put a file of its name and .manifest")
            ] + skipped
        case .ambiguous(let count):
            return [
                .passed(absent, plugin: "\(count) manifests", host: "exactly 1"),
                .refused(
                    ambiguous, plugin: "\(count) manifests", host: "exactly 1", "plugin has \(count) manifests",
                    remedy: "keep SWB_MANIFEST in one of the linked objects"),
                .skipped(malformed, because: "nothing says which one is meant"),
                .skipped(unknownKey, because: "nothing says which one is meant"),
            ]
        case .doubled(let sidecar):
            let both = "1 manifest and a sidecar"
            return [
                .passed(absent, plugin: both, host: "exactly 1"),
                .refused(
                    ambiguous, plugin: both, host: "exactly 1",
                    "plugin has a manifest of its own, and \(sidecar) lies beside it",
                    remedy: "remove the sidecar: it is for libraries that have no manifest"),
                .skipped(malformed, because: "nothing says which one is meant"),
                .skipped(unknownKey, because: "nothing says which one is meant"),
            ]
        case .malformed(let error):
            return [
                sound, .passed(ambiguous, plugin: "1 manifest", host: "exactly 1"),
                .refused(
                    malformed, plugin: error.line.map { "line \($0)" } ?? "whole text",
                    "\(candidate.manifestSource == .note ? "manifest" : "sidecar")"
                        + "\(error.line.map { " line \($0)" } ?? ""): \(error.problem)",
                    remedy: error.remedy),
                .skipped(unknownKey, because: nothing),
            ]
        case .found(let manifest):
            return [
                sound, .passed(ambiguous, plugin: "1 manifest", host: "exactly 1"),
                .passed(malformed, plugin: "\(manifest.name) \(manifest.version)"),
            ] + unknownKeys(of: manifest, unknownKey)
        }
    }

    private static func unknownKeys(of manifest: PluginManifest, _ code: String) -> [Finding] {
        guard !manifest.unknown.isEmpty else { return [.passed(code, plugin: "none")] }
        return manifest.unknown.map { line in
            let near = NearestName.nearest(to: line.key, among: ManifestDraft.keys)
            return .warning(
                code, plugin: line.key, "manifest line \(line.line) has the key \(line.key), unknown to this host",
                remedy: near.map { "write \($0) if that was meant" } ?? "ignore this if a newer host reads it")
        }
    }

    /// Why no manifest to be seen does not mean that there is none.
    private static func obstacle(_ image: Result<ELFImage, NoImage>) -> String? {
        switch image {
        case .failure(let none): none.reason
        case .success(let image) where image.header.isELF64LittleEndian && image.problems.isEmpty: nil
        case .success: "the file could not be read in full"
        }
    }
}
