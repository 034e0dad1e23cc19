import ELFReader

extension Gate {
    /// `needed.missing`: every library that the image leads to is loaded already or lies where the dynamic linker looks.
    static let neededMissing = Gate.ofClosure("needed.missing") { closure, _, _, _ in
        let code = "needed.missing"
        let shown = 16
        var findings: [Finding] = []
        let missing = closure.libraries.compactMap { library in
            if case .missing(let search) = library.outcome { (library, search) } else { nil }
        }
        for (library, search) in missing.prefix(shown) {
            findings.append(
                .refused(
                    code, plugin: "needs \(library.name)", host: "not found", statement(library, search),
                    remedy: remedy(library, search)))
        }
        if missing.count > shown {
            let rest = "\(missing.count - shown) more libraries"
            findings.append(
                .refused(
                    code, plugin: "needs \(rest)", host: "not found", "plugin needs \(rest) that were not found",
                    remedy: "install them"))
        }
        if let reason = closure.cutShort {
            findings.append(
                .refused(
                    code, plugin: reason, "plugin \(reason), and nobody looked further",
                    remedy: "link against fewer or smaller libraries, or start the host with them loaded (LD_PRELOAD)"))
        }
        guard findings.isEmpty else { return findings }
        let (count, coming) = (closure.libraries.count, closure.comingAlong.count)
        return [
            .passed(
                code, plugin: "\(count) \(count == 1 ? "library" : "libraries"), \(coming) not loaded yet",
                host: "all found")
        ]
    }

    private static func statement(_ library: ClosureFacts.Library, _ search: ClosureFacts.Search) -> String {
        let need = "\(library.needer) needs \(library.name)"
        if search.isFilter {
            return "\(library.needer) names \(library.name) as a filter (DT_FILTER or DT_AUXILIARY): "
                + "the dynamic linker would map it besides, and no gate follows it"
        }
        if let leaving = search.leaving {
            return "\(need) and would have it looked for in \(leaving), but a private copy is loaded, which has beside "
                + "it what lies beneath the plugin's own folder, and nothing from above that"
        }
        if let obstacle = search.obstacle { return "\(need), and \(obstacle)" }
        // Words in front of what may be hundreds of folders.
        let places = search.places.prefix(12).joined(separator: ", ")
        let rest = search.places.count > 12 ? " and \(search.places.count - 12) more places" : ""
        return "\(need), which is in none of: \(places)\(rest)"
    }

    private static let nextToIt =
        "put the library next to the plugin, or in a folder there, and link with -Wl,-rpath,$ORIGIN or "
        + "$ORIGIN/<folder>, or link with its folder's full name"

    private static func remedy(_ library: ClosureFacts.Library, _ search: ClosureFacts.Search) -> String {
        if search.isFilter { return "link without -f, -F, --auxiliary and --filter" }
        if search.leaving != nil { return nextToIt }
        if search.obstacle != nil { return search.remedy ?? "put a shared library for this machine there" }
        let isPath = library.name.utf8.contains(UInt8(ascii: "/"))
        if isPath { return "put the library there, or link it by its name alone" }
        return "install \(library.name), or link \(library.through.last ?? "the plugin") with -Wl,-rpath and its folder"
    }
}
