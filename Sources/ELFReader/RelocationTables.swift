/// DT_RELA, DT_JMPREL and DT_RELR: every write that glibc does while it loads (gABI chapter 4, "Relocation").
struct RelocationTables {
    /// Bytes of an Elf64_Rela.
    private static let entrySize = 24

    /// The two tables of Elf64_Rela entries, as far as they lie in the file.
    private var tables: [(name: String, range: Range<Int>)] = []
    /// The table of relative relocations without addends.
    private var compact: Range<Int>?
    /// How many entries at the start of DT_RELA glibc takes for relative ones, unseen.
    private let relativeCount: UInt64

    /// Finds the tables and checks what glibc asserts about them.
    init(_ tags: DynamicTags, _ map: LoadMap, _ problems: inout ProblemLog) {
        typealias Tag = DynamicTags.Tag
        relativeCount = tags[Tag.relativeCount] ?? 0
        for (table, size, name) in [
            (Tag.relocations, Tag.relocationsSize, "DT_RELASZ"), (Tag.relative, Tag.relativeSize, "DT_RELRSZ"),
            (Tag.pltRelocations, Tag.pltRelocationsSize, "DT_PLTRELSZ"),
        ] where tags[table] == nil {
            if let bytes = tags[size], bytes > 0 {
                problems.add(.relocations, name, "is \(bytes), but the table that it is about is missing")
            }
        }
        if let address = tags[Tag.relocations] {
            Self.expect(tags[Tag.relocationSize], Self.entrySize, "DT_RELAENT", &problems)
            let range = Self.find("DT_RELA", address, tags[Tag.relocationsSize], Self.entrySize, map, &problems)
            if let range { tables.append(("DT_RELA", range)) }
        }
        if let address = tags[Tag.pltRelocations] {
            Self.expect(tags[Tag.pltRelocationKind], Int(Tag.relocations), "DT_PLTREL", &problems)
            let range = Self.find("DT_JMPREL", address, tags[Tag.pltRelocationsSize], Self.entrySize, map, &problems)
            if let range { tables.append(("DT_JMPREL", range)) }
            if let table = tags[Tag.pltTable], !map.holds(table, 8) {
                problems.add(.relocations, "DT_PLTGOT", "is at \(table.hex), where nothing is loaded")
            }
        }
        if let address = tags[Tag.relative] {
            Self.expect(tags[Tag.relativeEntrySize], 8, "DT_RELRENT", &problems)
            compact = Self.find("DT_RELR", address, tags[Tag.relativeSize], 8, map, &problems)
        }
    }

    private static func expect(_ value: UInt64?, _ wanted: Int, _ name: String, _ problems: inout ProblemLog) {
        if value != UInt64(wanted) {
            problems.add(
                .relocations, name,
                "is \(value.map(String.init) ?? "missing"), \(wanted) is the only one that glibc takes")
        }
    }

    private static func find(
        _ name: String, _ address: UInt64, _ size: UInt64?, _ entrySize: Int, _ map: LoadMap,
        _ problems: inout ProblemLog
    ) -> Range<Int>? {
        guard let size else {
            problems.add(.relocations, name, "has no size in the dynamic section")
            return nil
        }
        guard size > 0 else { return nil }
        guard size % UInt64(entrySize) == 0, address % 8 == 0, let range = map.fileRange(address, size) else {
            problems.add(
                .relocations, name,
                "has \(size) bytes at address \(address.hex): unaligned, not a multiple of \(entrySize), or not all "
                    + "loaded from the file")
            return nil
        }
        guard range.count / entrySize <= ELFLimits.relocations else {
            problems.add(
                .relocations, name, "has \(range.count / entrySize) entries, the limit is \(ELFLimits.relocations)")
            return nil
        }
        return range
    }

    /// One more than the largest symbol index that a relocation uses; 0 without any.
    func symbolCount(_ bytes: RawSpan) -> Int {
        var count = 0
        for table in tables {
            var offset = table.range.lowerBound
            while offset < table.range.upperBound {
                count = max(count, Int(bytes.u32(offset + 12)) + 1)
                offset += Self.entrySize
            }
        }
        return count
    }

    /// Which of `count` symbols, without the null symbol, the dynamic linker looks up while it relocates.
    func usedSymbols(_ count: Int, _ kinds: RelocationKinds?, _ bytes: RawSpan) -> [Bool] {
        var isUsed = [Bool](repeating: false, count: count)
        for table in tables {
            var offset = table.range.lowerBound
            while offset < table.range.upperBound {
                let symbol = Int(bytes.u32(offset + 12))
                if symbol > 0 && symbol <= count, kinds?.effect(bytes.u32(offset + 8))?.0 != RelocationKinds.Effect.none
                {
                    isUsed[symbol - 1] = true
                }
                offset += Self.entrySize
            }
        }
        return isUsed
    }

    /// What the checks of single relocations look at.
    struct Context {
        let map: LoadMap
        let symbols: SymbolTable
        let kinds: RelocationKinds?
        /// Where the dynamic section lies in memory: a relocation that wrote there would change what was checked.
        let dynamicSection: Range<UInt64>
        /// Whether the image has thread-local variables of its own.
        let hasThreadLocals: Bool
        /// Whether DT_TEXTREL makes every segment writable during relocation.
        let writesAnywhere: Bool

        /// Whether a relocation may write there.
        @inline(__always)
        func isWritable(_ address: UInt64, _ count: UInt64) -> Bool {
            writesAnywhere ? map.holds(address, count) : map.isWritable(address, count)
        }
    }

    /// Checks every relocation; of each table the first that is wrong is reported.
    ///
    /// - Returns: how many of them make glibc call a resolver of the image.
    func check(
        _ context: Context, _ arrays: inout FunctionArrays, _ bytes: RawSpan, _ problems: inout ProblemLog
    ) -> Int {
        var tally = Tally(slots: LinkageSlots(symbolCount: context.symbols.count))
        tally.addresses.reserveCapacity(tables.reduce(0) { $0 + $1.range.count / Self.entrySize })
        for table in tables {
            var offset = table.range.lowerBound
            while offset < table.range.upperBound {
                if let flaw = flaw(at: offset, in: table, context, &arrays, &tally, bytes, &problems) {
                    problems.add(
                        .relocations, "\(table.name) entry \((offset - table.range.lowerBound) / Self.entrySize)", flaw)
                    arrays.isCutShort = true
                    break
                }
                offset += Self.entrySize
            }
        }
        if let address = tally.doubled() {
            problems.add(
                .relocations, "relocations", "write twice at \(address.hex), so another place keeps what the file has")
        }
        if let compact { checkCompact(compact, context, &arrays, bytes, &problems) }
        return tally.resolvers
    }

    private func flaw(
        at offset: Int, in table: (name: String, range: Range<Int>), _ context: Context,
        _ arrays: inout FunctionArrays, _ tally: inout Tally, _ bytes: RawSpan, _ problems: inout ProblemLog
    ) -> String? {
        let (address, type) = (bytes.u64(offset), bytes.u32(offset + 8))
        let (symbol, addend) = (Int(bytes.u32(offset + 12)), bytes.u64(offset + 16))
        guard symbol < max(context.symbols.count, 1) else {
            return "is about symbol \(symbol), there are \(context.symbols.count)"
        }
        guard let kinds = context.kinds else { return nil }  // a gate refuses the machine
        guard let (effect, width) = kinds.effect(type) else {
            return "has type \(type), which its machine does not have"
        }
        let index = (offset - table.range.lowerBound) / Self.entrySize
        if effect != .relative && table.name == "DT_RELA" && UInt64(index) < relativeCount {
            return "is not relative, DT_RELACOUNT says that the first \(relativeCount) are"
        }
        if table.name == "DT_JMPREL", let flaw = tally.slots.flaw(effect, symbol: symbol) { return flaw }
        if effect == .none { return nil }
        guard context.isWritable(address, width) else {
            return "writes \(width) bytes at \(address.hex), where nothing writable is loaded"
        }
        guard address >= context.dynamicSection.upperBound || address + width <= context.dynamicSection.lowerBound
        else { return "writes at \(address.hex), into the dynamic section" }

        tally.addresses.append(address)
        let definition = symbol > 0 ? context.symbols.facts(symbol, bytes) : nil
        switch effect {
        case .relative:
            // Swift tags addresses of string literals in the highest bit.
            if !context.map.spans(addend & ~(1 << 63)) {
                return "stores the address \(addend.hex), outside of the image"
            }
            arrays.fill(address, with: addend, bytes, context.map, &problems)
        case .indirect:
            if let flaw = context.map.functionFlaw(addend, bytes) { return "calls \(addend.hex), \(flaw)" }
            tally.resolvers += 1
            arrays.fill(address, with: nil, bytes, context.map, &problems)
        case .tableEntry:
            if address % 8 != 0 { return "writes a table's entry at \(address.hex), not a multiple of 8" }
            if symbol == 0 { return "fills the table's entry at \(address.hex) with the address of no symbol" }
        case .address:
            if let definition, definition.isAbsolute, arrays.overlaps(address..<(address + width)) {
                return "has an absolute address called, where a function of the image is wanted"
            }
            let function = definition.map { $0.function.map { $0 &+ addend } } ?? addend
            arrays.fill(address, with: function, bytes, context.map, &problems)
        case .threadLocal:
            if !context.hasThreadLocals && definition?.isDefined ?? true {
                return "is about a thread-local variable, the image has no PT_TLS"
            }
        case .copy:
            return "copies a variable into the image, which only a program's may"
        case .none, .other:
            break
        }
        if let definition, definition.isDefined, definition.type == SymbolTable.indirectFunction {
            tally.resolvers += 1
        }
        return nil
    }

    /// DT_RELR: an even word is an address to relocate; an odd one a map of the 63 words after the last.
    ///
    /// Addresses ascend (gABI, "Relative Relocation Table"): one that goes back would add the load address twice, and
    /// could make the walk visit the same words for every entry.
    private func checkCompact(
        _ range: Range<Int>, _ context: Context, _ arrays: inout FunctionArrays, _ bytes: RawSpan,
        _ problems: inout ProblemLog
    ) {
        var next: UInt64?  // after all words that were relocated or could have been
        for offset in stride(from: range.lowerBound, to: range.upperBound, by: 8) {
            let word = bytes.u64(offset)
            let place = "DT_RELR entry \((offset - range.lowerBound) / 8)"
            if word & 1 == 0 {
                if let next, word < next {
                    return problems.add(
                        .relocations, place, "goes back to \(word.hex), the entries before it end at \(next.hex)")
                }
                guard relocate(word, context, &arrays, bytes, &problems) else {
                    return problems.add(.relocations, place, "writes at \(word.hex), where nothing writable is loaded")
                }
                next = word + 8  // cannot overflow: `relocate` found it loaded
                continue
            }
            guard let start = next else {
                return problems.add(.relocations, place, "is a map without an address before it")
            }
            next = start + 8 * 63
            var bits = word >> 1
            // Most maps lie in plain data: one question for all their words keeps the walk linear in the table.
            let reach = start..<(start + 8 * UInt64(64 - bits.leadingZeroBitCount))
            if context.isWritable(start, UInt64(reach.count))
                && !context.dynamicSection.overlaps(reach) && !arrays.overlaps(reach)
            {
                continue
            }
            while bits != 0 {
                let address = start + 8 * UInt64(bits.trailingZeroBitCount)
                guard relocate(address, context, &arrays, bytes, &problems) else {
                    return problems.add(
                        .relocations, place, "writes at \(address.hex), where nothing writable is loaded")
                }
                bits &= bits - 1
            }
        }
    }

    private func relocate(
        _ address: UInt64, _ context: Context, _ arrays: inout FunctionArrays, _ bytes: RawSpan,
        _ problems: inout ProblemLog
    ) -> Bool {
        guard context.isWritable(address, 8), !context.dynamicSection.contains(address) else {
            return false
        }
        let slot = context.map.fileRange(address, 8)
        arrays.fill(address, with: slot.map { bytes.u64($0.lowerBound) }, bytes, context.map, &problems)
        return true
    }
}

/// What all relocations together come to.
private struct Tally {
    /// Those that make glibc call a resolver of the image.
    var resolvers = 0
    /// The slots of DT_JMPREL.
    var slots: LinkageSlots
    /// Where they write.
    var addresses: [UInt64] = []

    /// An address that two of them write to: no linker makes such, so one of the two has lost its own place.
    mutating func doubled() -> UInt64? {
        addresses.sort()  // in the file they come in a few ascending runs, which makes this linear
        return zip(addresses, addresses.dropFirst()).first { $0 == $1 }?.0
    }
}
