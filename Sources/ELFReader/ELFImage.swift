/// What an ELF file shows, whatever its manifest says: the facts that the gates judge.
///
/// Values only: parsing copies what it needs out of the bytes, so an image outlives its mapping. Building one does no
/// I/O, never traps, and makes no allocation beyond `ELFLimits`, whatever the bytes are (ELF-64 Object File Format;
/// System V gABI chapters 4 and 5).
///
/// A file can be broken in parts and still be worth showing: only bytes without a readable ELF header throw; everything
/// else that contradicts the format is listed in `problems`, and what could be read is here.
package struct ELFImage: Sendable {
    /// The ELF header; of a file that is not 64-bit little-endian only its class, endianness, type and machine.
    package var header: ELFHeader
    /// The program header table in file order.
    package var segments: [ELFSegment]
    /// Every note that PT_NOTE segments reach, in file order (section headers are not consulted: `strip` may drop them).
    package var notes: [ELFNote]
    /// The dynamic section; `nil` where there is no PT_DYNAMIC.
    package var dynamic: DynamicTable?
    /// The dynamic symbol table without its null entry, in file order; its length comes from DT_GNU_HASH or DT_HASH.
    package var symbols: [DynamicSymbol]
    /// Which symbols a relocation is about, one per symbol: those alone the dynamic linker looks up when it loads.
    package var isUsed: [Bool]
    /// The version of each symbol.
    package var symbolVersions: SymbolVersions
    /// What dlopen and dlclose call of the image.
    package var loadTimeCalls: LoadTimeCalls
    /// What its GNU property note asks of a processor.
    package var properties: GNUProperties
    /// DT_VERNEED: what each needed library must offer, in file order.
    package var versionNeeds: [VersionNeed]
    /// Facts that only the section table tells.
    package var sections: SectionFacts
    /// Whether it has DWARF (`.debug_info`), so that tools can tell its types.
    package var hasDebugInformation = false
    /// Whether its section table says that all code was taken out.
    package var lacksCode = false
    /// What its Swift metadata names; `nil` without any, or without a section table to find it.
    package var swift: SwiftFacts?
    /// Everything found that contradicts the format or leaves the file's bounds; empty for a sound image.
    package var problems: [ELFProblem]

    package init(
        header: ELFHeader, segments: [ELFSegment] = [], notes: [ELFNote] = [], dynamic: DynamicTable? = nil,
        symbols: [DynamicSymbol] = [], isUsed: [Bool] = [], symbolVersions: SymbolVersions = .init(),
        loadTimeCalls: LoadTimeCalls = .init(),
        properties: GNUProperties = .init(), versionNeeds: [VersionNeed] = [],
        sections: SectionFacts = .unknown(reason: "no section table"), swift: SwiftFacts? = nil,
        problems: [ELFProblem] = []
    ) {
        self.header = header
        self.segments = segments
        self.notes = notes
        self.dynamic = dynamic
        self.symbols = symbols
        self.isUsed = isUsed
        self.symbolVersions = symbolVersions
        self.loadTimeCalls = loadTimeCalls
        self.properties = properties
        self.versionNeeds = versionNeeds
        self.sections = sections
        self.swift = swift
        self.problems = problems
    }
}

extension ELFImage {
    /// The GNU build-id: the descriptor of the first note of owner `GNU` and type 3; `nil` without one.
    package var buildID: [UInt8]? {
        notes.first { $0.owner == "GNU" && $0.type == ELFNote.buildIDType }?.descriptor
    }

    /// PT_TLS: one thread's copy of the image's thread-local variables takes its `memorySize` bytes.
    package var threadLocals: ELFSegment? {
        segments.first { $0.type == ELFSegment.Kind.threadLocal }
    }
}
