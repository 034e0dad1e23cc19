import ELFReader

extension Gate {
    /// `exports.undeclared`: no function is exported beyond the manifest's exports and the lifecycle.
    ///
    /// What is exported can be bound by others, and can be replaced by a symbol of the same name in the host.
    static let undeclaredExports = Gate.ofBoth("exports.undeclared") { manifest, image, _ in
        let code = "exports.undeclared"
        let linkerSymbols: Set<String> = ["__bss_start", "_edata", "_end", "_init", "_fini"]
        let surplus = image.exportedFunctions
            .subtracting(manifest.exports.map(\.symbol))
            .subtracting(PluginManifest.lifecycleSymbols)
            .subtracting(linkerSymbols)
            .sorted()
        guard !surplus.isEmpty else { return [.passed(code, plugin: "none")] }
        let shown = 8
        let names = surplus.prefix(shown).map { printable($0, limit: 64) }.joined(separator: ", ")
        let rest = surplus.count > shown ? " and \(surplus.count - shown) more" : ""
        let wanted = (manifest.exports.prefix(shown).map(\.symbol) + (manifest.exports.count > shown ? ["…"] : []))
            .map { "\($0); " }.joined()
        return [
            .warning(
                code, plugin: "\(surplus.count)",
                "plugin exports \(names)\(rest), which the manifest does not declare",
                remedy: "compile with -fvisibility=hidden, or link with -Wl,--version-script=FILE where FILE holds "
                    + "{ global: \(wanted)swb_*; local: *; };")
        ]
    }
}
