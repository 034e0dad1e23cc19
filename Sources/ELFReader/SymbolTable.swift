/// DT_SYMTAB: the dynamic symbols, with the rules that a lookup relies on (gABI chapter 4, "Symbol Table").
struct SymbolTable {
    /// Bytes of an Elf64_Sym.
    private static let entrySize = 24
    /// STT_TLS and STT_GNU_IFUNC.
    static let threadLocal: UInt8 = 6
    static let indirectFunction: UInt8 = 10
    /// SHN_ABS: the value is no address.
    static let absolute: UInt16 = 0xfff1

    /// All entries but the null entry: symbol `n` of a relocation is `symbols[n - 1]`.
    private(set) var symbols: [DynamicSymbol] = []
    /// Number of entries with the null entry; 0 where the table could not be read.
    private(set) var count = 0

    /// Reads the table.
    ///
    /// - Parameter leastCount: the number of entries that relocations need; an image that exports nothing has an empty
    ///   hash table, and then nothing else tells how many there are (section headers are not consulted).
    init(
        _ tags: DynamicTags, _ hashes: HashTables, leastCount: Int, _ strings: inout StringTable, _ bytes: RawSpan,
        _ map: LoadMap, _ problems: inout ProblemLog
    ) {
        guard let address = tags[DynamicTags.Tag.symbols] else {
            problems.add(.symbols, "dynamic section", "has no DT_SYMTAB")
            return
        }
        if tags[DynamicTags.Tag.symbolSize] != UInt64(Self.entrySize) {
            problems.add(
                .symbols, "DT_SYMENT",
                "is \(tags[DynamicTags.Tag.symbolSize] ?? 0), 64-bit symbols have \(Self.entrySize) bytes")
        }
        let count = max(hashes.symbolCount ?? leastCount, 1)
        guard count <= ELFLimits.symbols else {
            problems.add(.symbols, "DT_SYMTAB", "has \(count) symbols, the limit is \(ELFLimits.symbols)")
            return
        }
        guard address % 8 == 0, let table = map.fileRange(address, UInt64(count * Self.entrySize)) else {
            problems.add(
                .symbols, "DT_SYMTAB",
                "has \(count * Self.entrySize) bytes at address \(address.hex), unaligned or not all loaded")
            return
        }
        self.count = count
        symbols.reserveCapacity(count - 1)
        var isSound = true  // one problem of each table is enough: a damaged one has thousands
        for index in 1..<max(count, 1) {
            let offset = table.lowerBound + index * Self.entrySize
            let (info, other) = (bytes.u8(offset + 4), bytes.u8(offset + 5))
            var unheard = ProblemLog()
            let name = strings.name(UInt64(bytes.u32(offset)), bytes, of: .symbols, "symbol \(index)", &unheard)
            let symbol = DynamicSymbol(
                name: name ?? "", binding: info >> 4, type: info & 15, visibility: other & 3,
                sectionIndex: bytes.u16(offset + 6), value: bytes.u64(offset + 8))
            symbols.append(symbol)
            if isSound, let problem = unheard.problems.first {
                problems.add(.symbols, problem.place, problem.detail)
                isSound = false
            }
            if isSound, let flaw = Self.flaw(symbol, map) {
                problems.add(.symbols, "symbol \(index) (\(symbol.name.prefix(64)))", flaw)
                isSound = false
            }
        }
        if isSound { checkHashes(hashes, bytes, &problems) }
    }

    /// What is wrong with a symbol; `nil` where nothing is.
    private static func flaw(_ symbol: DynamicSymbol, _ map: LoadMap) -> String? {
        guard symbol.isDefined else {
            // glibc would look for neither, and take the load address for the symbol's.
            return symbol.binding == 0 || symbol.visibility != 0
                ? "is undefined, yet has binding \(symbol.binding) and visibility \(symbol.visibility)" : nil
        }
        guard symbol.sectionIndex != absolute else { return nil }
        switch symbol.type {
        case threadLocal: return nil
        case indirectFunction, functionType:
            // glibc calls the resolver of an indirect function while it relocates; hosts call functions.
            return map.isExecutable(symbol.value)
                ? nil : "is a function at \(symbol.value.hex), where no code is loaded"
        default:
            // Names for ends (`_end`) lie one past what they end.
            let isInside = map.holds(symbol.value, 0)
            return isInside ? nil : "is at \(symbol.value.hex), where nothing is loaded"
        }
    }

    private static let functionType: UInt8 = 2

    /// Compares each hashed symbol's name with its hash value: a name that was damaged is one that no lookup finds.
    private func checkHashes(_ hashes: HashTables, _ bytes: RawSpan, _ problems: inout ProblemLog) {
        guard let (first, offset) = hashes.gnuChains, first > 0 else { return }
        for index in first..<max(first, count) {
            var hash: UInt32 = 5381
            for byte in symbols[index - 1].name.utf8 { hash = hash &* 33 &+ UInt32(byte) }
            let stored = bytes.u32(offset + 4 * (index - first))
            if stored | 1 != hash | 1 {
                return problems.add(
                    .hash, "symbol \(index) (\(symbols[index - 1].name.prefix(64)))",
                    "has hash \(UInt64(hash).hex), DT_GNU_HASH says \(UInt64(stored).hex)")
            }
        }
    }
}
