import Compatibility

/// What the contracts tell: of two releases, or on their own.
extension ReleaseComparison {
    /// Every difference between two contracts, the gravest first.
    package static func findings(old: Contract, new: Contract) -> [ReleaseFinding] {
        sorted(ContractDiff(old: old, new: new).changes.map(finding))
    }

    /// What the snapshots beside two releases tell beyond their manifests.
    static func contracts(_ old: Release, _ new: Release) -> [ReleaseFinding] {
        let strays = mismatches(old) + mismatches(new)
        guard strays.isEmpty else { return strays }
        guard let before = old.contract, let after = new.contract else {
            guard let one = old.contract ?? new.contract else { return [] }
            let (without, with) = old.contract == nil ? ("old", "new") : ("new", "old")
            return [
                ReleaseFinding(
                    "contract.absent", .noted, needs: .patch, subject: one.header,
                    "only the \(with) file has its contract beside it: nothing but the manifests was compared",
                    remedy: "lay the snapshot beside the \(without) file, as FILE.contract")
            ]
        }
        // A library's header may declare more than its manifest does; exports that come and go are told from there.
        let declared = Set((old.manifest.exports + new.manifest.exports).map(\.symbol))
        return ContractDiff(old: before, new: after).changes.filter {
            ![.exportAdded, .exportRemoved].contains($0.kind)
                && ($0.exports.isEmpty || !declared.isDisjoint(with: $0.exports))
        }.map(finding)
    }

    /// Exports whose digest in the manifest is not the one of the snapshot beside the file.
    private static func mismatches(_ release: Release) -> [ReleaseFinding] {
        release.manifest.exports.compactMap { export in
            guard let type = export.type, let other = release.snapshotTypes[export.symbol], other != type.description
            else {
                return nil
            }
            return ReleaseFinding(
                "contract.mismatch", .breaking, needs: nil, subject: export.symbol, old: type.description, new: other,
                "\(release.path) declares \(export.symbol) as \(type), its contract as \(other)",
                remedy: "write the snapshot anew from the header that the file was built with")
        }
    }

    private static func finding(_ change: ContractChange) -> ReleaseFinding {
        if change.kind == .targetChanged {
            return ReleaseFinding(
                change.kind.rawValue, .breaking, needs: nil, subject: change.subject, old: change.old ?? "",
                new: change.new ?? "", "the contracts are for two targets",
                remedy: "compare those of one target: contract snapshot --target")
        }
        let severity: ReleaseFinding.Severity =
            switch change.bump {
            case .major: .breaking
            case .minor: .additive
            case .patch: .noted
            }
        return ReleaseFinding(
            change.kind.rawValue, severity, needs: change.bump, subject: change.subject, old: change.old ?? "",
            new: change.new ?? "",
            change.statement,
            remedy: remedy(change),
            callers: words(change.callers), plugins: words(change.plugins))
    }

    private static func remedy(_ change: ContractChange) -> String {
        guard change.bump == .major else { return "" }
        return change.kind == .constantValue
            ? "take it back, leave it out of the contract with --except, or release a new major version"
            : "take it back, or release a new major version"
    }

    private static func words(_ outcome: ContractChange.Outcome) -> String {
        switch outcome.verdict {
        case .survive: "survive: \(outcome.reason)"
        case .depend: "survive \(outcome.reason)"
        case .break: "break: \(outcome.reason)"
        }
    }
}
