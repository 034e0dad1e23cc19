/// The dynamic section's entries by tag: what dlopen works from (gABI chapter 5, "Dynamic Section").
struct DynamicTags {
    /// d_tag values that the reader knows; glibc ignores the others, and so does the reader.
    enum Tag {
        static let null: UInt64 = 0
        static let needed: UInt64 = 1
        static let pltRelocationsSize: UInt64 = 2
        static let pltTable: UInt64 = 3
        static let hash: UInt64 = 4
        static let strings: UInt64 = 5
        static let symbols: UInt64 = 6
        static let relocations: UInt64 = 7
        static let relocationsSize: UInt64 = 8
        static let relocationSize: UInt64 = 9
        static let stringsSize: UInt64 = 10
        static let symbolSize: UInt64 = 11
        static let start: UInt64 = 12
        static let finish: UInt64 = 13
        static let soname: UInt64 = 14
        static let rpath: UInt64 = 15
        static let pltRelocationKind: UInt64 = 20
        static let textRelocations: UInt64 = 22
        static let pltRelocations: UInt64 = 23
        static let startArray: UInt64 = 25
        static let finishArray: UInt64 = 26
        static let startArraySize: UInt64 = 27
        static let finishArraySize: UInt64 = 28
        static let runpath: UInt64 = 29
        static let flags: UInt64 = 30
        static let relativeSize: UInt64 = 35
        static let relative: UInt64 = 36
        static let relativeEntrySize: UInt64 = 37
        static let gnuHash: UInt64 = 0x6fff_fef5
        static let versions: UInt64 = 0x6fff_fff0
        static let relativeCount: UInt64 = 0x6fff_fff9
        static let flags1: UInt64 = 0x6fff_fffb
        static let versionDefinitions: UInt64 = 0x6fff_fffc
        static let versionDefinitionCount: UInt64 = 0x6fff_fffd
        static let versionNeeds: UInt64 = 0x6fff_fffe
        static let versionNeedCount: UInt64 = 0x6fff_ffff
        static let auxiliary: UInt64 = 0x7fff_fffd
        static let filter: UInt64 = 0x7fff_ffff

        /// Tags whose values are offsets of names in DT_STRTAB: NEEDED, SONAME, RPATH, RUNPATH, CONFIG, DEPAUDIT,
        /// AUDIT, AUXILIARY, FILTER.
        static let names: Set<UInt64> = [
            needed, soname, rpath, runpath, 0x6fff_fefa, 0x6fff_fefb, 0x6fff_fefc, auxiliary, filter,
        ]

        /// Tags that may stand there more than once: NEEDED, AUXILIARY, FILTER.
        static let repeatable: Set<UInt64> = [needed, auxiliary, filter]
    }

    /// The section's address range in memory.
    let place: Range<UInt64>
    /// Entries whose values are names, in file order.
    private(set) var names: [(tag: UInt64, offset: UInt64)] = []
    private var values: [UInt64: UInt64] = [:]

    /// The value of the tag's entry; `nil` where it has none.
    subscript(_ tag: UInt64) -> UInt64? { values[tag] }

    /// Reads the entries up to DT_NULL; `nil` where the segment is not in the file.
    ///
    /// glibc reads on until it meets DT_NULL, so a table without one is a problem.
    init?(_ segment: ELFSegment, _ bytes: RawSpan, _ map: LoadMap, _ problems: inout ProblemLog) {
        guard let table = map.fileRange(segment.address, segment.fileSize) else { return nil }
        place = segment.address..<(segment.address + segment.fileSize)
        values.reserveCapacity(48)
        let count = min(table.count / 16, ELFLimits.dynamicEntries)
        for index in 0..<count {
            let (tag, value) = (bytes.u64(table.lowerBound + index * 16), bytes.u64(table.lowerBound + index * 16 + 8))
            if tag == Tag.null { return }
            if Tag.names.contains(tag) { names.append((tag, value)) }
            if values.updateValue(value, forKey: tag) != nil && !Tag.repeatable.contains(tag) {
                problems.add(.dynamic, "dynamic section", "has two entries with tag \(tag.hex), 1 is allowed")
            }
        }
        problems.add(.dynamic, "dynamic section", "has no DT_NULL among its first \(count) entries")
    }
}
