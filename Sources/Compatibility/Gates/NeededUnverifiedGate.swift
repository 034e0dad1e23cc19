extension Gate {
    /// `needed.unverified`: the libraries that dlopen of the image would map with it lie where nobody but root and the
    /// host's user can change them.
    ///
    /// Libraries are trusted by their place, not by a signature: the dynamic linker opens them itself, by name, after we
    /// have looked, so bytes that were verified need not be those that it maps. Where the file, and every folder that is
    /// searched before it is found, belong to root or the host's user, and nobody else can write there, nobody else can
    /// change that. What is loaded already is in the
    /// process whatever we find. Refusals under `require`, warnings under `warn`.
    static let neededUnverified = Gate(codes: ["needed.unverified"]) { candidate, _ in
        let code = "needed.unverified"
        let facts = candidate.signature
        guard facts.mode != .off else { return [.skipped(code, because: "the policy does not ask for signatures")] }
        guard let libraries = facts.libraries else {
            return [.skipped(code, because: "nobody looked at the libraries that come along")]
        }
        let shown = 16
        let faults = libraries.compactMap { library in library.fault.map { (library, $0) } }
        if faults.isEmpty {
            let names = libraries.prefix(shown).map(\.path)
            return [.passed(code, plugin: names.isEmpty ? "brings no library" : names.joined(separator: ", "))]
        }
        return faults.prefix(shown).map { library, fault in
            Finding(
                code, facts.mode == .require ? .refused : .warning, plugin: "brings \(library.path)",
                host: "trusts what only root and its own user can write to",
                statement: "plugin brings \(library.name) along from \(library.path), and \(fault)",
                remedy: "a library is trusted by its place: let nobody else write there, or install it where that is so"
            )
        }
    }
}
