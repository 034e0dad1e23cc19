extension Gate {
    /// `version.duplicate`: the host does not hold this name and version from another image.
    ///
    /// Callers could not tell the two apart. A swap may replace a version by a rebuilt one; a check only mentions it.
    static let duplicate = Gate.ofManifest("version.duplicate") { manifest, candidate, host in
        let code = "version.duplicate"
        guard let version = try? SemanticVersion(manifest.version) else {  // the error is a finding of version.semver
            return [.skipped(code, because: "the version is no semantic version")]
        }
        let plugin = "\(manifest.name) \(version)"
        let same = host.loaded.filter { $0.name == manifest.name && $0.version == version }
        guard let other = same.first(where: { $0.image != candidate.id }) else {
            return [.passed(code, plugin: plugin, host: same.isEmpty ? "not loaded" : "the same image is loaded")]
        }
        let statement = "\(plugin) is loaded already from \(other.image), this is \(candidate.id)"
        guard candidate.purpose == .load else {
            return [
                .warning(
                    code, plugin: plugin, host: "\(other.image)", statement,
                    remedy: "raise the version, so that people can tell the two apart")
            ]
        }
        return [
            .refused(
                code, plugin: plugin, host: "\(other.image)", statement,
                remedy: "raise the version in the manifest, or swap instead of load")
        ]
    }
}
