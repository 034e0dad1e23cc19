import ELFReader

extension Gate {
    /// `exports.missing`: every declared export is a function that dlsym will find.
    static let missingExports = Gate.ofBoth("exports.missing") { manifest, image, _ in
        let code = "exports.missing"
        guard !manifest.exports.isEmpty else {
            return [
                .warning(
                    code, plugin: "none declared", "manifest declares no export, so nobody can call the plugin",
                    remedy: "add export = and the name of a function")
            ]
        }
        guard image.problems.isEmpty else { return [.skipped(code, because: "the file is broken")] }
        let exported = image.exportedFunctions
        // A symbol can be listed more than once, one entry per version; any usable one will do.
        let byName = Dictionary(grouping: image.symbols, by: \.name)
        let findings = manifest.exports.compactMap { export -> Finding? in
            guard !exported.contains(export.symbol) else { return nil }
            let obstacle = byName[export.symbol]?.lazy.compactMap(\.obstacle).first
            let near = obstacle == nil ? NearestName.nearest(to: export.symbol, among: exported.sorted()) : nil
            return .refused(
                code, plugin: export.symbol,
                "manifest declares \(export.symbol), which the file \(obstacle ?? "does not define")",
                remedy: near.map { "write export = \($0) if that was meant" }
                    ?? "define it with SWB_EXPORT, as C and under this very name, or drop the line")
        }
        let count = manifest.exports.count
        return findings.isEmpty
            ? [.passed(code, plugin: count == 1 ? "1 export" : "\(count) exports")] : findings
    }
}
