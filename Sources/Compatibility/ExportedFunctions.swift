package import ELFReader

extension ELFImage {
    /// Names of the functions that dlsym finds in this image.
    package var exportedFunctions: Set<String> {
        Set(symbols.lazy.filter { $0.obstacle == nil }.map(\.name))
    }

    /// Why dlsym finds no function of these names, a verb phrase by name; those without an entry are not there at all.
    func obstacles(of names: Set<String>) -> [String: String] {
        var obstacles: [String: String] = [:]
        for symbol in symbols where names.contains(symbol.name) && obstacles[symbol.name] == nil {
            obstacles[symbol.name] = symbol.obstacle
        }
        return obstacles
    }
}

extension DynamicSymbol {
    /// Why dlsym would not find a function of this image here, a verb phrase; `nil` where it would.
    var obstacle: String? {
        if !isDefined { return "only imports" }
        // SHN_ABS and SHN_COMMON: a number or a reservation, not a place in the image.
        if sectionIndex == 0xfff1 || sectionIndex == 0xfff2 { return "defines outside of every section" }
        // STB_GLOBAL, STB_WEAK, STB_GNU_UNIQUE.
        if ![1, 2, 10].contains(binding) { return "keeps local" }
        // STV_DEFAULT, STV_PROTECTED.
        if ![0, 3].contains(visibility) { return "hides" }
        // STT_FUNC, STT_GNU_IFUNC.
        if ![2, 10].contains(type) { return "defines as data, not as a function" }
        return nil
    }
}
