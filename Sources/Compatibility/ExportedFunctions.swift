package import ELFReader

extension ELFImage {
    /// Names of the functions that dlsym finds in this image.
    package var exportedFunctions: Set<String> {
        Set(symbols.indices.lazy.filter { obstacle(ofSymbol: $0) == nil }.map { symbols[$0].name })
    }

    /// Why dlsym finds no function of these names, a verb phrase by name; those without an entry are not there at all.
    func obstacles(of names: Set<String>) -> [String: String] {
        var obstacles: [String: String] = [:]
        for index in symbols.indices where names.contains(symbols[index].name) && obstacles[symbols[index].name] == nil
        {
            obstacles[symbols[index].name] = obstacle(ofSymbol: index)
        }
        return obstacles
    }

    /// Why dlsym would not find a function of this image by this symbol, a verb phrase; `nil` where it would.
    func obstacle(ofSymbol index: Int) -> String? {
        if let obstacle = symbols[index].obstacle { return obstacle }
        // STT_NOTYPE: what an assembler leaves of a label that nobody gave a type. In code it is a function's.
        if symbols[index].type == 0, !holdCode(at: symbols[index].value) {
            return "defines without a type, and not in its code"
        }
        // dlsym takes the newest version that is not hidden; 0 and 1 are none (check_match in glibc's dl-lookup.c).
        guard symbolVersions.hidesSymbol(index), symbolVersions.numbers[index] & 0x7fff > 1 else { return nil }
        let version = symbolVersions.name(ofSymbol: index).map { " \($0.name)" } ?? ""
        return "defines in the old version\(version) alone"
    }

    private func holdCode(at address: UInt64) -> Bool {
        segments.contains {
            $0.type == 1 && $0.flags & 1 != 0 && address >= $0.address && address - $0.address < $0.memorySize
        }
    }
}

extension DynamicSymbol {
    /// Why dlsym would not find a function here, whatever the image says of versions and code; `nil` where it may.
    fileprivate var obstacle: String? {
        if !isDefined { return "only imports" }
        // SHN_ABS and SHN_COMMON: a number or a reservation, not a place in the image.
        if sectionIndex == 0xfff1 || sectionIndex == 0xfff2 { return "defines outside of every section" }
        // STB_GLOBAL, STB_WEAK, STB_GNU_UNIQUE.
        if ![1, 2, 10].contains(binding) { return "keeps local" }
        // STV_DEFAULT, STV_PROTECTED.
        if ![0, 3].contains(visibility) { return "hides" }
        // STT_NOTYPE, STT_FUNC, STT_GNU_IFUNC.
        if ![0, 2, 10].contains(type) { return "defines as data, not as a function" }
        return nil
    }
}
