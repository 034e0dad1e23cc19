/// The dynamic section's facts (gABI chapter 5, "Dynamic Section").
package struct DynamicTable: Sendable, Equatable {
    /// DT_SONAME.
    package var soname: String?
    /// DT_NEEDED in file order.
    package var needed: [String]
    /// DT_FILTER and DT_AUXILIARY in file order: libraries that the dynamic linker maps besides, to be asked first.
    package var filters: [String] = []
    /// DT_RPATH and DT_RUNPATH, undivided.
    package var rpath: String?
    package var runpath: String?
    /// DT_FLAGS and DT_FLAGS_1, 0 where absent.
    package var flags: UInt64
    package var flags1: UInt64
    /// Whether relocations write into segments without PF_W: DT_TEXTREL or DF_TEXTREL.
    package var hasTextRelocations: Bool
    /// Whether relative relocations stand in the compact form (DT_RELR).
    package var hasCompactRelocations: Bool

    package init(
        soname: String? = nil, needed: [String] = [], rpath: String? = nil, runpath: String? = nil, flags: UInt64 = 0,
        flags1: UInt64 = 0, hasTextRelocations: Bool = false, hasCompactRelocations: Bool = false
    ) {
        self.soname = soname
        self.needed = needed
        self.rpath = rpath
        self.runpath = runpath
        self.flags = flags
        self.flags1 = flags1
        self.hasTextRelocations = hasTextRelocations
        self.hasCompactRelocations = hasCompactRelocations
    }
}

extension DynamicTable {
    /// DF_TEXTREL and DF_STATIC_TLS of DT_FLAGS.
    private static let textRelocationsFlag: UInt64 = 4
    private static let staticThreadLocalsFlag: UInt64 = 16

    /// Whether the image's thread-local variables must fit into the room that threads already have (DF_STATIC_TLS):
    /// glibc keeps little of it for images that come later.
    package var needsStaticThreadLocals: Bool { flags & Self.staticThreadLocalsFlag != 0 }

    /// Whether the image asks never to be unmapped (DF_1_NODELETE of DT_FLAGS_1).
    package var isNeverUnmapped: Bool { flags1 & 0x8 != 0 }

    /// Reads the names and flags; without a string table only the flags.
    init(_ tags: DynamicTags, _ strings: inout StringTable?, _ bytes: RawSpan, _ problems: inout ProblemLog) {
        let flags = tags[DynamicTags.Tag.flags] ?? 0
        self.init(
            flags: flags, flags1: tags[DynamicTags.Tag.flags1] ?? 0,
            hasTextRelocations: tags[DynamicTags.Tag.textRelocations] != nil || flags & Self.textRelocationsFlag != 0,
            hasCompactRelocations: tags[DynamicTags.Tag.relative] != nil)
        for (tag, offset) in tags.names {
            guard let name = strings?.name(offset, bytes, of: .dynamic, "dynamic entry with tag \(tag.hex)", &problems)
            else {
                continue
            }
            switch tag {
            case DynamicTags.Tag.needed: needed.append(name)
            case DynamicTags.Tag.auxiliary, DynamicTags.Tag.filter: filters.append(name)
            case DynamicTags.Tag.soname: soname = name
            case DynamicTags.Tag.rpath: rpath = name
            case DynamicTags.Tag.runpath: runpath = name
            default: break  // checked all the same: glibc reads the names of auditors
            }
        }
    }
}
