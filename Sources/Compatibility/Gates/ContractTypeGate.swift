extension Gate {
    /// `contract.type`: no export has another type than callers have bound it with, through routes that this version
    /// would serve.
    ///
    /// Which routes those are is the host's to say; a check without a host has nothing to compare with. What neither the
    /// plugin nor a caller declares is not compared, and so not proven.
    static let contractType = Gate.ofManifest("contract.type") { manifest, candidate, host in
        let code = "contract.type"
        let count = manifest.exports.count { if case .contract? = $0.type { true } else { false } }
        let declared = count == 1 ? "1 declared type" : "\(count) declared types"
        guard !host.bound.isEmpty else {
            return candidate.purpose == .check
                ? [.skipped(code, because: "what callers have bound is known to a host alone")]
                : [.passed(code, plugin: declared, host: "nothing bound")]
        }
        let exports = Dictionary(manifest.exports.map { ($0.symbol, $0) }) { first, _ in first }
        var conflicts: [TypeConflict] = []
        for bound in host.bound {
            guard let export = exports[bound.symbol], !export.keeps(bound.type) else { continue }
            if let index = conflicts.firstIndex(where: {
                $0.export == bound.symbol && $0.expected.type == bound.type
            }) {
                conflicts[index].routes.append(bound.route)
                continue
            }
            conflicts.append(
                TypeConflict(
                    plugin: manifest.name, version: try? SemanticVersion(manifest.version),  // version.semver tells
                    export: bound.symbol, offered: .init(export.type, spelling: bound.spelling?.offered),
                    expected: .init(bound.type, spelling: bound.spelling?.expected), routes: [bound.route],
                    difference: bound.spelling?.difference))
        }
        guard !conflicts.isEmpty else {
            return [.passed(code, plugin: declared, host: "\(Set(host.bound.map(\.symbol)).count) bound")]
        }
        return conflicts.map { conflict in
            .refused(
                code, plugin: conflict.offeredText, host: conflict.expectedText,
                conflict.statement(by: "plugin"), remedy: conflict.remedy)
        }
    }

    /// `contract.snapshot`: a snapshot beside the plugin can be read, and says of the exports what the manifest says.
    ///
    /// It costs no load: without it, types are told apart by their digests, and not spelled.
    static let contractSnapshot = Gate.ofManifest("contract.snapshot") { manifest, candidate, _ in
        let code = "contract.snapshot"
        switch candidate.snapshot {
        case .absent: return [.passed(code, plugin: "none")]
        case .unreadable(let problem, let remedy):
            return [.warning(code, plugin: "unreadable", problem, remedy: remedy)]
        case .read(let path, let types):
            let others = manifest.exports.filter { export in
                if case .contract? = export.type { types[export.symbol] != export.type } else { false }
            }
            guard let first = others.first, let declared = first.type else {
                return [.passed(code, plugin: types.count == 1 ? "1 type" : "\(types.count) types")]
            }
            let rest = others.count > 1 ? ", and \(others.count - 1) more differ" : ""
            let there = types[first.symbol].map { "\(first.symbol) of type \($0)" } ?? "no \(first.symbol)"
            return [
                .warning(
                    code, plugin: "\(first.symbol) of type \(declared)",
                    "manifest declares \(first.symbol) of type \(declared), \(path) has \(there)\(rest)",
                    remedy: "make both from one header: plugctl contract snapshot HEADER -o \(path), and the lines of "
                        + "plugctl contract digest HEADER in the manifest")
            ]
        }
    }
}
