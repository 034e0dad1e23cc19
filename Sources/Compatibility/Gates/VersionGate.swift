extension Gate {
    /// `version.semver`: the manifest's version is a semantic version.
    static let version = Gate.ofManifest("version.semver") { manifest, _, _ in
        let code = "version.semver"
        do throws(SemanticVersionError) {
            return [.passed(code, plugin: try SemanticVersion(manifest.version).description)]
        } catch {
            return [
                .refused(
                    code, plugin: manifest.version, error.description, remedy: "write version = 1.0.0 for one")
            ]
        }
    }
}
