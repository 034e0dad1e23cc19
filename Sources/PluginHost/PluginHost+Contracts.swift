import Compatibility

// Types of exports: what is bound, and how it is spelled.

extension PluginHost {
    /// What callers have bound through the routes that a candidate would serve.
    func bound(
        ahead candidate: Candidate, for purpose: Candidate.Purpose, beside companions: Set<String>
    ) -> [HostFacts.BoundExport] {
        guard case .found(let manifest) = candidate.manifest,
            let version = try? SemanticVersion(manifest.version)  // its error is a finding of version.semver
        else { return [] }
        let newcomer = Catalog.Member(
            number: .max, plugin: manifest.name, version: version, image: candidate.id,
            exports: Dictionary(manifest.exports.map { ($0.symbol, $0) }) { first, _ in first })
        return state.withLock(\.catalog).bound(ahead: newcomer, for: purpose, beside: companions)
    }
}
