import ELFReader

extension Gate {
    /// `exports.undeclared`: no function is exported beyond the manifest's exports and the lifecycle.
    ///
    /// What is exported can be bound by others, and can be replaced by a symbol of the same name in the host.
    /// Of a foreign library that is only noted: nobody here decides what it exports.
    static let undeclaredExports = Gate.ofImage("exports.undeclared") { _, candidate, _ in
        let code = "exports.undeclared"
        guard let manifest = candidate.foundManifest, let index = candidate.index else {
            return [.skipped(code, because: "no manifest could be read")]
        }
        let surplus = index.surplus
        guard surplus.count > 0 else {
            guard index.sharedInlines > 0 else { return [.passed(code, plugin: "none")] }
            return [
                .noted(
                    code, plugin: "\(index.sharedInlines)",
                    "plugin exports nothing beyond its manifest but weak C++ functions (\(index.sharedInlines)), templates and "
                        + "inline functions of libraries, which an earlier image's may stand for",
                    remedy: "link with a version script if that must not be")
            ]
        }
        let shown = ImageIndex.surplusNames
        let names = surplus.names.map { printable($0, limit: 64) }.joined(separator: ", ")
        let rest = surplus.count > shown ? " and \(surplus.count - shown) more" : ""
        if candidate.isForeign {
            return [
                .noted(
                    code, plugin: "\(surplus.count)",
                    "library exports \(names)\(rest) beyond its sidecar, which nobody can call through the host"
                )
            ]
        }
        let wanted =
            (manifest.exports.prefix(shown).map(\.symbol) + (manifest.exports.count > shown ? ["…"] : []))
            .map { "\($0); " }.joined()
        return [
            .warning(
                code, plugin: "\(surplus.count)",
                "plugin exports \(names)\(rest), which the manifest does not declare",
                remedy:
                    "compile with -fvisibility=hidden, or link with -Wl,--version-script=FILE where FILE holds "
                    + "{ global: \(wanted)swb_*; local: *; };")
        ]
    }
}
