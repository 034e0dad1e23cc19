import ELFReader

extension Gate {
    /// `needed.shadowed`: the libraries that are loaded already are those that the image's own search would find.
    ///
    /// The dynamic linker loads one object per name: who comes second gets the first one's, whatever folder it names.
    static let neededShadowed = Gate.ofClosure("needed.shadowed") { closure, _, _, _ in
        let code = "needed.shadowed"
        let findings = closure.libraries.compactMap { library -> Finding? in
            guard case .loaded(let loaded, let instead?) = library.outcome else { return nil }
            return .warning(
                code, plugin: instead, host: loaded.path,
                "\(library.needer) needs \(library.name) and would find \(instead), this host has \(loaded.path) loaded "
                    + "under that name: the plugin gets that one, whatever the file holds",
                remedy:
                    "give each version of the library a name of its own (-Wl,-soname,libx-2.so), unload what brought "
                    + "the loaded one, or use that")
        }
        guard findings.isEmpty else { return Array(findings.prefix(16)) }
        return [.passed(code, plugin: "no other file under a loaded name")]
    }
}
