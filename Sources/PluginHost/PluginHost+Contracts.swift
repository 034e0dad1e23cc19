import Compatibility
import Contract
import PluginLoading

// Types of exports: what is bound, and how it is spelled.

extension PluginHost {
    /// How many snapshots beside loaded plugins are read for one text.
    private static let lookLimit = 16

    /// What callers have bound through the routes that a candidate would serve, both types spelled where they differ.
    ///
    /// - Parameter snapshot: what lies beside it.
    func bound(
        ahead candidate: Candidate, for purpose: Candidate.Purpose, beside companions: Set<String>,
        _ snapshot: SidecarReading
    ) -> [HostFacts.BoundExport] {
        guard case .found(let manifest) = candidate.manifest,
            let version = try? SemanticVersion(manifest.version)  // its error is a finding of version.semver
        else { return [] }
        let newcomer = Catalog.Member(
            number: .max, plugin: manifest.name, version: version, image: candidate.id,
            exports: Dictionary(manifest.exports.map { ($0.symbol, $0) }) { first, _ in first })
        var bound = state.withLock(\.catalog).bound(ahead: newcomer, for: purpose, beside: companions)
        for index in bound.indices {
            guard let export = newcomer.exports[bound[index].symbol], !export.keeps(bound[index].type) else { continue }
            let types = (offered: export.type, expected: bound[index].type)
            bound[index].spelling = spelling(of: export.symbol, types, first: snapshot)
        }
        return bound
    }

    /// The error for a refusal of the registry's, both types spelled where that was one of types.
    func failure(of refusal: Catalog.Refusal) -> PluginHostError {
        guard case .type(var conflict) = refusal else { return PluginHostError(refusal) }
        let spelling = spelling(of: conflict.export, (conflict.offered.type, conflict.expected.type))
        conflict.offered.spelling = spelling.offered
        conflict.expected.spelling = spelling.expected
        conflict.difference = spelling.difference
        return .contractType(conflict)
    }

    /// Two types of one export in C, as far as a snapshot has them.
    ///
    /// - Parameter snapshot: one to look into before those of the host and of loaded plugins.
    private func spelling(
        of symbol: String, _ types: (offered: PluginManifest.ExportType?, expected: PluginManifest.ExportType?),
        first snapshot: SidecarReading = .absent
    ) -> HostFacts.Spelling {
        let offered = contract(of: symbol, types.offered, first: snapshot)
        let expected = contract(of: symbol, types.expected, first: snapshot)
        let (new, old) = (offered?.spelled(symbol), expected?.spelled(symbol))
        var difference: String?
        if let offered, let expected, new == old {
            difference = ContractDiff.difference(
                symbol, old: expected, new: offered, names: ("what is bound", "the plugin"))
        }
        return HostFacts.Spelling(
            offered: new.map { printable($0, limit: 512) }, expected: old.map { printable($0, limit: 512) },
            difference: difference)
    }

    /// A contract in which the export is of the type.
    private func contract(
        of symbol: String, _ type: PluginManifest.ExportType?, first snapshot: SidecarReading
    ) -> Contract? {
        guard case .contract(let digest) = type else { return nil }
        func has(_ contract: Contract) -> Bool { contract.digest(of: symbol) == digest }
        // A broken one was a finding when its plugin was judged.
        if let own = try? PluginSnapshot(snapshot).contract.get(), has(own) { return own }
        if let known = contracts.contracts.first(where: has) { return known }
        // The newest first: an old build's snapshot says the same of the same type.
        let beside = state.withLock { state in
            state.records.values.map(\.generation).filter { generation in
                generation.image.staged.snapshot != .absent
                    && generation.image.manifest.exports.contains { $0.symbol == symbol && $0.type == type }
            }
        }.sorted { $0.number > $1.number }.prefix(Self.lookLimit)
        return beside.lazy.compactMap { try? PluginSnapshot($0.image.staged.snapshot).contract.get() }.first(where: has)
    }
}
