extension ELFImage {
    /// Reads an ELF file's facts, and lists everything that contradicts the format or leaves the file's bounds.
    ///
    /// An image without problems is one whose structure glibc's dlopen can trust: every table that it walks ends inside
    /// the loaded bytes, and every address that it writes or calls while loading is loaded for that. What the code does
    /// once it runs is another matter, and damage to code or data alone shows nowhere but in a digest.
    ///
    /// The bytes are borrowed for the call and nothing of them is kept. The cost is linear in symbols, relocations and
    /// names, whatever the file's size, and bounded by `ELFLimits`.
    ///
    /// - Throws: only where there is no readable ELF header: too few bytes, or another magic number. Of a file that is
    ///   not 64-bit little-endian only the header is read, without problems.
    package static func parse(_ bytes: RawSpan) throws(OtherFile) -> ELFImage {
        let header = try ELFHeader.read(bytes)
        var image = ELFImage(header: header)
        guard header.isELF64LittleEndian else { return image }

        var problems = ProblemLog()
        ELFHeader.check(bytes, &problems)
        image.segments = ELFSegment.readTable(bytes, &problems)
        var map = LoadMap(image.segments, fileSize: UInt64(bytes.byteCount), &problems)
        let sections = SectionTable.find(bytes, &problems)
        map.refine(LoadedSections(bytes, sections), FunctionStarts(image.segments, bytes))
        map.checkParts(image.segments, bytes, &problems)
        image.notes = ELFNote.readAll(image.segments, bytes, &problems)
        image.properties = GNUProperties(image.notes, &problems)
        let tags = image.readDynamicSection(bytes, map, &problems)
        let table = SectionTable(sections, bytes, map, tags, &problems)
        image.sections = table.facts
        image.hasDebugInformation = table.hasDebugInformation
        image.lacksCode = table.lacksCode
        if !table.swift.isEmpty { image.swift = table.swift.read(bytes, map) }
        image.problems = problems.problems
        return image
    }

    /// Reads all that the dynamic section leads to; returns its entries for comparison with the section table.
    private mutating func readDynamicSection(
        _ bytes: RawSpan, _ map: LoadMap, _ problems: inout ProblemLog
    ) -> DynamicTags? {
        guard let segment = segments.first(where: { $0.type == ELFSegment.Kind.dynamic }) else {
            if !segments.isEmpty { problems.add(.dynamic, "program header table", "has no PT_DYNAMIC") }
            return nil
        }
        guard let tags = DynamicTags(segment, bytes, map, &problems) else { return nil }
        var table = StringTable(tags, bytes, map, &problems)
        let dynamic = DynamicTable(tags, &table, bytes, &problems)
        self.dynamic = dynamic
        if var strings = table { readTables(tags, dynamic, &strings, bytes, map, &problems) }
        return tags
    }

    private mutating func readTables(
        _ tags: DynamicTags, _ dynamic: DynamicTable, _ strings: inout StringTable, _ bytes: RawSpan, _ map: LoadMap,
        _ problems: inout ProblemLog
    ) {
        let relocations = RelocationTables(tags, map, &problems)
        let symbolTable = SymbolTable(
            tags, HashTables(tags, bytes, map, &problems), leastCount: relocations.symbolCount(bytes), &strings, bytes,
            map, &problems)
        symbols = symbolTable.symbols
        let versions = VersionTables(
            tags, needed: dynamic.needed, symbolCount: symbolTable.count, &strings, bytes, map, &problems)
        versionNeeds = versions.needs
        symbolVersions = versions.symbols
        let kinds = RelocationKinds(machine: header.machine)
        isUsed = relocations.usedSymbols(symbols.count, kinds, bytes)

        var arrays = FunctionArrays(tags, bytes, map, &problems)
        let context = RelocationTables.Context(
            map: map, symbols: symbolTable, kinds: kinds,
            dynamicSection: tags.place, hasThreadLocals: threadLocals != nil,
            writesAnywhere: dynamic.hasTextRelocations)
        let resolvers = relocations.check(context, &arrays, bytes, &problems)
        arrays.checkFilled(&problems)
        loadTimeCalls = arrays.calls
        loadTimeCalls.resolvers = resolvers
    }
}
