import ELFReader

extension Gate {
    /// `elf.ifunc`: functions of the image that choose an implementation while it is loaded (STT_GNU_IFUNC, IRELATIVE).
    static let indirectFunctions = Gate.ofImage("elf.ifunc") { image, candidate, _ in
        let code = "elf.ifunc"
        let count = image.loadTimeCalls.resolvers
        let first = candidate.index?.indirectFunction
        guard count > 0 || first != nil else { return [.passed(code, plugin: "none")] }
        let resolvers = count == 1 ? "1 resolver" : "\(count) resolvers"
        let name = first.map { "\(printable($0, limit: 64)) is an indirect function" }
        return [
            .noted(
                code, plugin: count > 0 ? resolvers : "on lookup",
                count > 0
                    ? "\(resolvers) of indirect functions run while the plugin is relocated, before its constructors"
                    : "\(name ?? ""), whose resolver runs when it is looked up",
                remedy: "let no resolver use what a relocation or a constructor has yet to fill in")
        ]
    }

    /// `elf.constructors`: functions of the image that run inside dlopen, without those of the compiler's start files.
    static let constructors = Gate.ofImage("elf.constructors") { image, _, _ in
        let code = "elf.constructors"
        let count = image.loadTimeCalls.ownStarts
        guard count > 0 else { return [.passed(code, plugin: "none")] }
        let functions = count == 1 ? "1 function runs" : "\(count) functions run"
        return [
            .noted(
                code, plugin: "\(count)",
                "\(functions) while the plugin is loaded, where nothing can stop \(count == 1 ? "it" : "them")",
                remedy: "do in swb_start what can wait until then")
        ]
    }

    /// `elf.unique`: symbols that glibc keeps one of in the whole process (STB_GNU_UNIQUE).
    static let uniqueSymbols = Gate.ofImage("elf.unique") { _, candidate, _ in
        let code = "elf.unique"
        guard let (first, count) = candidate.index?.unique else {
            return [.passed(code, plugin: "none")]
        }
        let rest = count > 1 ? " and \(count - 1) more" : ""
        return [
            .noted(
                code, plugin: count == 1 ? "1 symbol" : "\(count) symbols",
                "plugin defines the unique symbol \(printable(first, limit: 64))\(rest), shared with every image that "
                    + "defines it too: it stays resident",
                remedy: "compile with -fno-gnu-unique if it shall be unloaded")
        ]
    }

    /// `elf.nodelete`: the image asks never to be unmapped (DF_1_NODELETE).
    static let noDelete = Gate.ofImage("elf.nodelete") { image, _, _ in
        let code = "elf.nodelete"
        guard let dynamic = image.dynamic else {
            return [.skipped(code, because: "there is no dynamic section")]
        }
        guard dynamic.isNeverUnmapped else { return [.passed(code, plugin: "not set")] }
        return [
            .noted(
                code, plugin: "set", "plugin is linked with -z nodelete: it stays resident",
                remedy: "link it without -z nodelete if it shall be unloaded")
        ]
    }
}
