import ELFReader

extension Gate {
    /// `exports.missing`: every declared export is a function that dlsym will find.
    static let missingExports = Gate.ofImage("exports.missing") { image, candidate, _ in
        let code = "exports.missing"
        guard let manifest = candidate.foundManifest, let index = candidate.index else {
            return [.skipped(code, because: "no manifest could be read")]
        }
        guard !manifest.exports.isEmpty else {
            return [
                .warning(
                    code, plugin: "none declared",
                    "manifest declares no export, so nobody can call the plugin",
                    remedy: "add export = and the name of a function")
            ]
        }
        guard image.problems.isEmpty else { return [.skipped(code, because: "the file is broken")] }
        let missing = index.missing
        guard !missing.isEmpty else {
            let count = manifest.exports.count
            return [.passed(code, plugin: count == 1 ? "1 export" : "\(count) exports")]
        }
        let obstacles = image.obstacles(of: Set(missing))
        let others = image.exportedFunctions.subtracting(manifest.exports.map(\.symbol))
            .subtracting(PluginManifest.lifecycleSymbols).sorted()
        return missing.enumerated().map { index, symbol in
            // A search costs time that the file could drive up, so only the first few names get one.
            let near =
                obstacles[symbol] == nil && index < 8 ? NearestName.nearest(to: symbol, among: others) : nil
            return .refused(
                code, plugin: symbol,
                "manifest declares \(symbol), which the file \(obstacles[symbol] ?? "does not define")",
                remedy: near.map { "write export = \($0) if that was meant" }
                    ?? (candidate.isForeign
                        // Nobody here can define it.
                        ? "drop the line export = \(symbol) from the manifest beside it"
                        : "define it with SWB_EXPORT, as C and under this very name, or drop the line"))
        }
    }
}
