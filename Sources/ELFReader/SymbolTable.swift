/// DT_SYMTAB: the dynamic symbols, with the rules that a lookup relies on (gABI chapter 4, "Symbol Table").
struct SymbolTable {
    /// Bytes of an Elf64_Sym.
    private static let entrySize = 24
    /// STT_TLS and STT_GNU_IFUNC.
    static let threadLocal: UInt8 = 6
    static let indirectFunction: UInt8 = 10
    /// STB_WEAK.
    private static let weak: UInt8 = 2
    /// SHN_ABS: the value is no address.
    static let absolute: UInt16 = 0xfff1

    /// All entries but the null entry: symbol `n` of a relocation is `symbols[n - 1]`.
    private(set) var symbols: [DynamicSymbol] = []
    /// Number of entries with the null entry; 0 where the table could not be read.
    private(set) var count = 0
    /// Where in the file the table lies.
    private var start = 0

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
        start = table.lowerBound
        symbols.reserveCapacity(count - 1)
        var isSound = true  // one problem of each table is enough: a damaged one has thousands
        for index in 1..<max(count, 1) {
            let offset = table.lowerBound + index * Self.entrySize
            let (info, other) = (bytes.u8(offset + 4), bytes.u8(offset + 5))
            var unheard = ProblemLog()
            let name = strings.name(UInt64(bytes.u32(offset)), bytes, of: .symbols, "symbol \(index)", &unheard)
            symbols.append(
                DynamicSymbol(
                    name: name ?? "", binding: info >> 4, type: info & 15, visibility: other & 3,
                    sectionIndex: bytes.u16(offset + 6), value: bytes.u64(offset + 8)))
            guard isSound else { continue }
            if let problem = unheard.problems.first {
                problems.add(.symbols, problem.place, problem.detail)
                isSound = false
            } else if let flaw = Self.flaw(symbols[index - 1], size: bytes.u64(offset + 16), bytes, map) {
                problems.add(.symbols, "symbol \(index) (\(symbols[index - 1].name.prefix(64)))", flaw)
                isSound = false
            }
        }
        if isSound, let table = hashes.gnu { checkHashes(table, bytes, &problems) }
    }

    /// What a relocation asks of a symbol, without a copy of its name.
    struct Facts {
        let isDefined: Bool
        let isAbsolute: Bool
        let type: UInt8
        /// Where a call of it leads; `nil` where only the dynamic linker, or a resolver, knows.
        let function: UInt64?
    }

    func facts(_ index: Int, _ bytes: RawSpan) -> Facts {
        let offset = start + index * Self.entrySize
        let (section, type) = (bytes.u16(offset + 6), bytes.u8(offset + 4) & 15)
        let isHere = section != 0 && type != Self.indirectFunction
        return Facts(
            isDefined: section != 0, isAbsolute: section == Self.absolute, type: type,
            function: isHere ? bytes.u64(offset + 8) : nil)
    }

    /// What is wrong with a symbol; `nil` where nothing is.
    private static func flaw(_ symbol: DynamicSymbol, size: UInt64, _ bytes: RawSpan, _ map: LoadMap) -> String? {
        guard symbol.isDefined else {
            // glibc would look for neither, and take the load address for the symbol's. A weak one that is hidden is what
            // gold leaves of a section's end that is not there: code asks whether it is, and finds it is not.
            if symbol.binding == 0 || (symbol.visibility != 0 && symbol.binding != weak) {
                return "is undefined, yet has binding \(symbol.binding) and visibility \(symbol.visibility)"
            }
            // A program's way of saying that its own table entry stands for the function; others would call it.
            return symbol.value == 0 ? nil : "is undefined, yet has the address \(symbol.value.hex)"
        }
        guard symbol.sectionIndex != absolute else {
            // glibc would call the resolver there, wherever the image is loaded.
            return symbol.type == indirectFunction
                ? "is an indirect function at the absolute address \(symbol.value.hex)" : nil
        }
        switch symbol.type {
        case threadLocal: return nil
        case indirectFunction, functionType:
            // glibc calls the resolver of an indirect function while it relocates; hosts call functions.
            if let flaw = map.functionFlaw(symbol.value, bytes) {
                return "is a function at \(symbol.value.hex), \(flaw)"
            }
        default: break
        }
        // Names for ends (`_end`) lie one past what they end.
        return map.holds(symbol.value, size)
            ? nil : "has \(size) bytes at \(symbol.value.hex), where nothing is loaded"
    }

    private static let functionType: UInt8 = 2

    /// Checks that a lookup finds each hashed symbol by its name: hash value, chain, bucket and filter agree with it.
    ///
    /// The symbols of one bucket stand side by side, and the last one's hash value is odd.
    private func checkHashes(_ table: HashTables.GNUTable, _ bytes: RawSpan, _ problems: inout ProblemLog) {
        guard table.firstSymbol > 0 else { return }
        var startsChain = true
        for index in table.firstSymbol..<max(table.firstSymbol, count) {
            var hash: UInt32 = 5381
            for byte in symbols[index - 1].name.utf8 { hash = hash &* 33 &+ UInt32(byte) }
            let stored = bytes.u32(table.chains + 4 * (index - table.firstSymbol))
            let word = bytes.u64(table.filter + 8 * (Int(hash / 64) & (table.filterWords - 1)))
            let head = Int(bytes.u32(table.buckets + 4 * (Int(hash) % table.bucketCount)))
            func place() -> String { "symbol \(index) (\(symbols[index - 1].name.prefix(64)))" }
            guard stored | 1 == hash | 1 else {
                return problems.add(
                    .hash, place(), "has hash \(UInt64(hash).hex), DT_GNU_HASH says \(UInt64(stored).hex)")
            }
            let isInFilter = word >> UInt64(hash % 64) & word >> UInt64((hash >> table.shift) % 64) & 1 == 1
            guard isInFilter, startsChain ? head == index : head > 0 && head < index else {
                return problems.add(.hash, place(), "is not where a lookup in DT_GNU_HASH would find it")
            }
            startsChain = stored & 1 == 1
        }
    }
}
