import ELFReader

extension Gate {
    /// `symbols.unresolved`: everything that relocating the image and what it brings will look up is defined somewhere.
    ///
    /// dlopen would refuse too, with the first name; a lazily bound one would end the process at its call.
    static let unresolvedSymbols = Gate.ofClosure("symbols.unresolved") { closure, _, _, _ in
        let code = "symbols.unresolved"
        guard let symbols = closure.symbols else {
            return [.skipped(code, because: "not all libraries were found")]
        }
        guard !symbols.unresolved.isEmpty else {
            return [.passed(code, plugin: "\(symbols.count) symbols", host: "all found")]
        }
        var needers: [String] = []
        for symbol in symbols.unresolved where !needers.contains(symbol.needer) && needers.count < 16 {
            needers.append(symbol.needer)
        }
        return needers.map { needer in
            let names = symbols.unresolved.filter { $0.needer == needer }.map(\.symbol)
            let shown = names.prefix(8).joined(separator: "; ")
            let rest = names.count > 8 ? " and \(names.count - 8) more" : ""
            return .refused(
                code, plugin: (needer == "plugin" ? "" : "\(needer) ") + "needs \(shown)\(rest)", host: "not defined",
                "\(needer) needs \(shown)\(rest), which neither this host nor what the plugin needs defines",
                remedy: needer == "plugin"
                    ? "link the library that defines \(names.count == 1 ? "it" : "them"), and with -Wl,-z,defs to see it "
                        + "at once"
                    : "install the version of \(needer)'s libraries that it was built with")
        }
    }

    /// `symbols.interposed`: the image gets its own functions and variables where it means them.
    ///
    /// What the main program and its libraries define comes first in every look-up: a plugin's own `helper` is replaced
    /// by theirs, without a word. Inline functions and the like of C++ are made to be merged.
    static let interposedSymbols = Gate.ofClosure("symbols.interposed") { closure, _, _, _ in
        let code = "symbols.interposed"
        guard let symbols = closure.symbols else {
            return [.skipped(code, because: "not all libraries were found")]
        }
        func list(_ symbols: [ClosureFacts.Interposed]) -> (String, String) {
            let names = symbols.prefix(8).map(\.symbol).joined(separator: ", ")
            var owners: [String] = []
            for symbol in symbols where !owners.contains(symbol.owner) && owners.count < 8 {
                owners.append(symbol.owner)
            }
            return (
                names + (symbols.count > 8 ? " and \(symbols.count - 8) more" : ""),
                owners.map { $0.isEmpty ? "the host's program" : $0 }.joined(separator: ", ")
            )
        }
        let remedy = "hide it: -fvisibility=hidden, -Wl,-Bsymbolic or a version script"
        let (plain, vague) = (symbols.interposed.filter { !$0.isVague }, symbols.interposed.filter(\.isVague))
        var findings: [Finding] = []
        if !plain.isEmpty {
            let (names, owners) = list(plain)
            findings.append(
                .warning(
                    code, plugin: names, host: owners,
                    "plugin defines \(names) and would get that of \(owners) in its place", remedy: remedy))
        }
        if !vague.isEmpty {
            let (names, owners) = list(vague)
            findings.append(
                .noted(
                    code, plugin: names, host: owners,
                    "plugin shares the C++ symbol \(names) with \(owners), which must be built from the same source",
                    remedy: remedy))
        }
        return findings.isEmpty ? [.passed(code, plugin: "nothing that this host defines too")] : findings
    }
}
