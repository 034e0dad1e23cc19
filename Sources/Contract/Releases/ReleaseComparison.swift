import Compatibility

/// Two releases of one plugin compared: what of the old one somebody relies on is still there, and what is new.
package enum ReleaseComparison {
    /// Every difference, the gravest first; in the order of the checks where they weigh the same.
    package static func findings(old: Release, new: Release) -> [ReleaseFinding] {
        let strangers = identity(old, new)
        guard strangers.isEmpty else { return strangers }
        return sorted(
            missing(new) + exports(old, new) + contracts(old, new) + undeclared(old, new) + relations(old, new)
                + surroundings(old, new))
    }

    /// The same order for findings from elsewhere.
    package static func sorted(_ findings: [ReleaseFinding]) -> [ReleaseFinding] {
        func weight(_ finding: ReleaseFinding) -> Int {
            switch finding.bump {
            case nil: 0
            case .major: 1
            case .minor: 2
            case .patch: 3
            }
        }
        return (0..<4).flatMap { rank in findings.filter { weight($0) == rank } }
    }

    /// The versions that the manifests declare; `nil` where one is none.
    package static func declared(old: Release, new: Release) -> ReleaseVerdict.Declared? {
        // A manifest whose version is none is refused by the gate `plugin.version`, which says so better.
        guard let from = try? SemanticVersion(old.manifest.version), let to = try? SemanticVersion(new.manifest.version)
        else { return nil }
        return .init(old: from, new: to)
    }

    /// What is to be known where somebody declares another step than the manifests do.
    package static func stray(from manifests: ReleaseVerdict.Declared?, to declared: ReleaseVerdict.Declared)
        -> [ReleaseFinding]
    {
        guard let manifests, manifests != declared else { return [] }
        let steps = [manifests, declared].map { "\($0.old)..\($0.new)" }
        return [
            ReleaseFinding(
                "version.declared", .noted, needs: .patch, old: steps[0], new: steps[1],
                "the manifests say \(steps[0]), and the declared \(steps[1]) counts",
                remedy: "declare what the manifests say, or nothing")
        ]
    }

    /// Whether they are releases of one plugin for one machine at all.
    private static func identity(_ old: Release, _ new: Release) -> [ReleaseFinding] {
        var findings: [ReleaseFinding] = []
        if old.manifest.name != new.manifest.name {
            findings.append(
                ReleaseFinding(
                    "plugin.name", .breaking, needs: nil, old: old.manifest.name, new: new.manifest.name,
                    "the plugin was called \(old.manifest.name) and is called \(new.manifest.name)",
                    remedy: "keep the name, or compare releases of one plugin"))
        }
        if old.machine != new.machine {
            findings.append(
                ReleaseFinding(
                    "elf.machine", .breaking, needs: nil, old: old.machine, new: new.machine,
                    "the old file is for \(old.machine), the new one for \(new.machine)",
                    remedy: "compare builds for the same machine"))
        }
        return findings
    }

    /// The manifests' exports, in the order of the lines.
    private static func exports(_ old: Release, _ new: Release) -> [ReleaseFinding] {
        let after = Dictionary(uniqueKeysWithValues: new.manifest.exports.map { ($0.symbol, $0) })
        let before = Set(old.manifest.exports.map(\.symbol))
        let hasContracts = old.contract != nil && new.contract != nil
        let kept = old.manifest.exports.flatMap { export in
            guard let other = after[export.symbol] else {
                return [
                    ReleaseFinding(
                        "export.removed", .breaking, needs: .major, subject: export.symbol,
                        old: export.type?.description ?? "untyped",
                        "export \(export.symbol) was removed", remedy: "keep it, or release a new major version")
                ]
            }
            return typeChange(of: export.symbol, from: export.type, to: other.type, hasContracts)
        }
        let untold = old.manifest.exports.map(\.symbol).filter {
            after[$0].map { $0.type == nil } ?? false && old.type(of: $0) == nil && new.type(of: $0) == nil
        }
        let added = new.manifest.exports.filter { !before.contains($0.symbol) }.map {
            ReleaseFinding(
                "export.added", .additive, needs: .minor, subject: $0.symbol, new: $0.type?.description ?? "untyped",
                "export \($0.symbol) was added")
        }
        return kept + added + unproven(untold)
    }

    /// Exports of which neither manifest nor contract tells the type.
    private static func unproven(_ symbols: [String]) -> [ReleaseFinding] {
        guard !symbols.isEmpty else { return [] }
        return [
            ReleaseFinding(
                "export.unproven", .noted, needs: .patch, new: "\(symbols.count)",
                "nothing tells whether the type of \(listed(symbols)) changed",
                remedy: "declare it in the manifest, as plugctl contract digest HEADER prints it")
        ]
    }

    /// The first names of many.
    private static func listed(_ names: [String]) -> String {
        names.prefix(shownNames).joined(separator: ", ")
            + (names.count > shownNames ? " and \(names.count - shownNames) more" : "")
    }

    private static func typeChange(
        of symbol: String, from before: PluginManifest.ExportType?, to after: PluginManifest.ExportType?,
        _ hasContracts: Bool
    ) -> [ReleaseFinding] {
        guard before != after else { return [] }
        func finding(
            _ code: String, _ severity: ReleaseFinding.Severity, _ bump: VersionBump, _ statement: String,
            _ remedy: String
        ) -> [ReleaseFinding] {
            [
                ReleaseFinding(
                    code, severity, needs: bump, subject: symbol, old: before?.description ?? "untyped",
                    new: after?.description ?? "untyped",
                    statement, remedy: remedy)
            ]
        }
        // As strict as the loader: what a route has bound stays of its type, and declared.
        switch (before, after) {
        case (_?, _?), (nil, .message):
            return finding(
                "export.type", .breaking, .major, "the type of \(symbol) changed",
                hasContracts
                    ? "keep the type, or release a new major version"
                    : "keep the type, or release a new major version; plugctl contract diff shows both")
        case (nil, _):
            return finding(
                "export.typed", .noted, .patch, "\(symbol) declares a type now, which nothing before is compared with",
                "")
        default:
            return finding(
                "export.untyped", .breaking, .major,
                "\(symbol) declares no type any more: a host refuses it to those that bound the type",
                "write it back into the manifest: plugctl contract digest")
        }
    }

    /// What the new manifest declares and its file does not export: no host loads that, whatever its version.
    private static func missing(_ new: Release) -> [ReleaseFinding] {
        new.manifest.exports.map(\.symbol).filter { !new.functions.contains($0) }.map {
            ReleaseFinding(
                "export.missing", .breaking, needs: nil, subject: $0, old: "declared", new: "not exported",
                "the new manifest declares \($0), and its file does not export it",
                remedy: "define it with SWB_EXPORT or @c, or take the line out of the manifest")
        }
    }

    /// What neither manifest declares and only the new file exports.
    private static func undeclared(_ old: Release, _ new: Release) -> [ReleaseFinding] {
        let names = new.undeclared.subtracting(old.undeclared).filter { !$0.hasPrefix("_Z") && !$0.hasPrefix("$s") }
        guard !names.isEmpty else { return [] }
        return [
            ReleaseFinding(
                "export.undeclared", .noted, needs: .patch, new: "\(names.count)",
                "the new file exports \(listed(names.sorted())) and does not declare it",
                remedy: "declare it in the manifest, or compile with -fvisibility=hidden")
        ]
    }

    /// How many names a finding shows.
    private static let shownNames = 8
}
