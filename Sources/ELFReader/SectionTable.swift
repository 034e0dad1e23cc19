/// The section header table: facts about compilers and Swift, and a second opinion on where the loaded parts lie.
///
/// dlopen never looks at it, and it may be stripped: where it is missing or its content damaged, nothing is known, and
/// that is no problem; one that lies outside the file is. It usually lies at the end of the file, so reading it touches a page or two there.
struct SectionTable {
    /// Bytes of an Elf64_Shdr.
    static let entrySize = 64
    /// SHT_STRTAB.
    private static let strings: UInt32 = 3
    /// SHT_NOBITS: takes no room in the file.
    private static let noBits: UInt32 = 8
    /// SHF_ALLOC: is loaded.
    private static let allocated: UInt64 = 2
    /// SHF_EXECINSTR: is code.
    private static let executable: UInt64 = 4
    /// SHF_TLS: `.tbss` has an address but no memory there.
    private static let threadLocal: UInt64 = 0x400

    private(set) var facts: SectionFacts = .unknown(reason: "no section table")
    /// Whether one of them is `.debug_info`, with bytes in the file.
    private(set) var hasDebugInformation = false
    /// Whether it lists sections of code and none of them has bytes in the file, as in a separate debug file.
    private(set) var lacksCode = false
    /// Where the loaded sections of Swift metadata that tell names lie.
    private(set) var swift = SwiftSections()

    /// Where the table lies, or why it cannot be read.
    struct Place {
        /// All headers; `nil` where there is no table that could be read.
        var headers: Range<Int>?
        /// The sections' names; `nil` likewise.
        var names: Range<Int>?
        var obstacle = "no section table"
    }

    /// Finds the table and the names of its sections.
    ///
    /// dlopen would not mind what is wrong with them, but a table that is announced and not there is the mark of a file cut
    /// short, and one that starts elsewhere would hide what the others say.
    static func find(_ bytes: RawSpan, _ problems: inout ProblemLog) -> Place {
        let (offset, size, count) = (bytes.u64(40), Int(bytes.u16(58)), Int(bytes.u16(60)))
        guard offset != 0 else { return Place() }
        func broken(_ flaw: String) -> Place {
            problems.add(.sections, "section table", flaw)
            return Place(obstacle: "section table \(flaw)")
        }
        guard size == entrySize, 1...ELFLimits.sections ~= count else {
            return broken("has \(count) entries of \(size) bytes, 1 to \(ELFLimits.sections) of \(entrySize) are read")
        }
        guard let table = bytes.range(at: offset, count: UInt64(count * size)) else {
            return broken("has \(count * size) bytes from byte \(offset) on, the file has \(bytes.byteCount)")
        }
        guard bytes.u32(table.lowerBound + 4) == 0, bytes.u64(table.lowerBound + 32) == 0 else {
            return broken(
                "starts at byte \(offset) with a section of type \(bytes.u32(table.lowerBound + 4)), not none")
        }
        let namesIndex = Int(bytes.u16(62))
        guard namesIndex < count, bytes.u32(table.lowerBound + namesIndex * size + 4) == strings,
            let names = content(bytes, at: table.lowerBound + namesIndex * size), !names.isEmpty,
            bytes.u8(names.upperBound - 1) == 0
        else { return broken("has no names in section \(namesIndex) of \(count)") }
        return Place(headers: table, names: names)
    }

    /// Reads the table and compares the loaded sections with the loaded segments.
    init(_ place: Place, _ bytes: RawSpan, _ map: LoadMap, _ tags: DynamicTags?, _ problems: inout ProblemLog) {
        guard let table = place.headers, let names = place.names else {
            facts = .unknown(reason: place.obstacle)
            return
        }
        read(bytes, table, names, map, tags, &problems)
    }

    private mutating func read(
        _ bytes: RawSpan, _ table: Range<Int>, _ names: Range<Int>, _ map: LoadMap, _ tags: DynamicTags?,
        _ problems: inout ProblemLog
    ) {
        var comments = Comments()
        var swiftSections: [String] = []
        var isConsistent = true
        var code = (sections: 0, withoutBytes: 0)
        for header in stride(from: table.lowerBound, to: table.upperBound, by: Self.entrySize) {
            guard let name = Self.name(bytes, header, names) else {
                let flaw = "has its name at byte \(bytes.u32(header)) of \(names.count) bytes of names"
                problems.add(.sections, "section \((header - table.lowerBound) / Self.entrySize)", flaw)
                facts = .unknown(reason: "a section \(flaw)")
                return
            }
            let size = bytes.u64(header + 32)
            if bytes.u64(header + 8) & (Self.allocated | Self.executable) == Self.allocated | Self.executable {
                code.sections += 1
                if bytes.u32(header + 4) == Self.noBits { code.withoutBytes += 1 }
            }
            if size > 0 && name.hasPrefix("swift5_") {
                swiftSections.append(name)
                if bytes.u64(header + 8) & Self.allocated != 0 {
                    swift.add(name, address: bytes.u64(header + 16), size: size)
                }
            } else if name == ".debug_info" {
                hasDebugInformation = size > 0 && Self.content(bytes, at: header) != nil
            } else if name == ".comment" {
                guard let range = Self.content(bytes, at: header) else {
                    problems.add(.sections, "section .comment", "has \(size) bytes, not all in the file")
                    facts = .unknown(reason: ".comment has \(size) bytes, not all in the file")
                    return
                }
                comments.add(bytes, range)
            }
            if isConsistent,
                let flaw = Self.placementFlaw(bytes, header, map)
                    ?? tags.flatMap({ Self.tagFlaw(bytes, header, $0, map) })
                    ?? tags.flatMap({ Self.functionFlaw(bytes, header, name, $0, map) }).flatMap({ flaw in
                        Self.isLaidOutAnew(bytes, table, names) ? nil : flaw
                    })
            {
                problems.add(.sections, "section \(name)", flaw)
                isConsistent = false
            }
        }
        lacksCode = code.sections > 0 && code.sections == code.withoutBytes
        facts = .known(comments: comments.texts, swiftSections: swiftSections)
    }

    /// Whether a loaded section's file offset contradicts what the segments load at its address.
    private static func placementFlaw(_ bytes: RawSpan, _ header: Int, _ map: LoadMap) -> String? {
        let (type, flags) = (bytes.u32(header + 4), bytes.u64(header + 8))
        let (address, offset, size) = (bytes.u64(header + 16), bytes.u64(header + 24), bytes.u64(header + 32))
        guard flags & allocated != 0, flags & threadLocal == 0 || type != noBits, size > 0 else { return nil }
        guard type != noBits else {
            return map.holds(address, size)
                ? nil : "has \(size) bytes at address \(address.hex), where nothing is loaded"
        }
        guard let range = map.fileRange(address, size) else {
            return "has \(size) bytes at address \(address.hex), not all loaded from the file"
        }
        return UInt64(range.lowerBound) == offset
            ? nil : "lies at byte \(offset), its address is loaded from byte \(range.lowerBound)"
    }

    /// Whether the dynamic section sends glibc elsewhere for the table that a loaded section holds.
    private static func tagFlaw(
        _ bytes: RawSpan, _ header: Int, _ tags: DynamicTags, _ map: LoadMap
    ) -> String? {
        typealias Tag = DynamicTags.Tag
        guard bytes.u64(header + 8) & allocated != 0 else { return nil }
        let (address, size) = (bytes.u64(header + 16), bytes.u64(header + 32))
        let (tag, name): (UInt64, String)
        switch bytes.u32(header + 4) {
        case 4: return relocationsFlaw(address, size, tags)
        case 5: (tag, name) = (Tag.hash, "DT_HASH")
        case 11: (tag, name) = (Tag.symbols, "DT_SYMTAB")
        case 14: (tag, name) = (Tag.startArray, "DT_INIT_ARRAY")
        case 15: (tag, name) = (Tag.finishArray, "DT_FINI_ARRAY")
        case 19: (tag, name) = (Tag.relative, "DT_RELR")
        case 0x6fff_fff6: (tag, name) = (Tag.gnuHash, "DT_GNU_HASH")
        case 0x6fff_fffd: (tag, name) = (Tag.versionDefinitions, "DT_VERDEF")
        case 0x6fff_fffe: (tag, name) = (Tag.versionNeeds, "DT_VERNEED")
        case 0x6fff_ffff: (tag, name) = (Tag.versions, "DT_VERSYM")
        default: return nil
        }
        guard size > 0, tags[tag] != address else { return nil }
        return "is at address \(address.hex), \(name) is \(tags[tag]?.hex ?? "missing")"
    }

    /// Whether the dynamic section has something called in place of `.init` or `.fini` that is no function's start.
    private static func functionFlaw(
        _ bytes: RawSpan, _ header: Int, _ section: String, _ tags: DynamicTags, _ map: LoadMap
    ) -> String? {
        let (tag, name): (UInt64, String)
        switch section {
        case ".init": (tag, name) = (DynamicTags.Tag.start, "DT_INIT")
        case ".fini": (tag, name) = (DynamicTags.Tag.finish, "DT_FINI")
        default: return nil
        }
        let address = bytes.u64(header + 16)
        // -init and -fini name another function, whose start the unwinder knows.
        guard bytes.u64(header + 8) & allocated != 0, let function = tags[tag], function != address,
            !map.startsFunction(function, bytes)
        else { return nil }
        return "starts at address \(address.hex), \(name) is \(function.hex), where nothing starts"
    }

    /// Whether a loaded SHT_RELA section lies outside DT_RELA and DT_JMPREL: its relocations would not be done.
    private static func relocationsFlaw(_ address: UInt64, _ size: UInt64, _ tags: DynamicTags) -> String? {
        typealias Tag = DynamicTags.Tag
        // Linkers leave an empty one where all went into DT_RELR.
        guard size > 0 else { return nil }
        for (table, tableSize) in [
            (tags[Tag.relocations], tags[Tag.relocationsSize]),
            (tags[Tag.pltRelocations], tags[Tag.pltRelocationsSize]),
        ] {
            guard let table, let tableSize, address >= table else { continue }
            if size <= tableSize && address - table <= tableSize - size { return nil }
        }
        return "has \(size) bytes at address \(address.hex), outside DT_RELA and DT_JMPREL"
    }

    /// The bytes of the section with the header at `header`; `nil` where they are not in the file.
    private static func content(_ bytes: RawSpan, at header: Int) -> Range<Int>? {
        guard bytes.u32(header + 4) != noBits else { return nil }
        return bytes.range(at: bytes.u64(header + 24), count: bytes.u64(header + 32))
    }

    /// The name of the section with the header at `header`; one over 64 bytes is cut, and `nil` one outside of the names.
    static func name(_ bytes: RawSpan, _ header: Int, _ names: Range<Int>) -> String? {
        let offset = names.lowerBound + Int(bytes.u32(header))
        guard offset < names.upperBound else { return nil }
        let range = offset..<min(names.upperBound, offset + 64)
        return bytes.text(bytes.terminated(range) ?? range)
    }

    /// Whether BOLT laid the code out anew: it moves `_init` and `_fini` out of their sections and says so nowhere else.
    private static func isLaidOutAnew(_ bytes: RawSpan, _ table: Range<Int>, _ names: Range<Int>) -> Bool {
        stride(from: table.lowerBound, to: table.upperBound, by: entrySize)
            .contains { name(bytes, $0, names) == ".bolt.org.text" }
    }
}

/// The texts of `.comment`, each once.
private struct Comments {
    private(set) var texts: [String] = []
    private var known: Set<String> = []
    /// How many bytes may still be looked at: a file may have thousands of such sections.
    private var budget = ELFLimits.commentBytes

    /// Adds the NUL-terminated texts of `range`, as far as the limit goes.
    mutating func add(_ bytes: RawSpan, _ range: Range<Int>) {
        var start = range.lowerBound
        let end = start + min(range.count, budget)
        budget -= end - start
        while start < end {
            let text = bytes.terminated(start..<end) ?? start..<end
            if !text.isEmpty {
                let copy = bytes.text(text)
                if known.insert(copy).inserted { texts.append(copy) }
            }
            start = text.upperBound + 1
        }
    }
}
