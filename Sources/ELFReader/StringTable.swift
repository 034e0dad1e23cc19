/// DT_STRTAB: the names that dynamic section, symbols and versions refer to by offset.
struct StringTable {
    /// Where it lies in the file; its last byte is NUL.
    private let range: Range<Int>
    /// How many bytes may still be read out of it.
    private var budget = ELFLimits.textBytes

    /// Finds the table; `nil`, with a problem, where it is missing, not loaded or not terminated.
    init?(_ tags: DynamicTags, _ bytes: RawSpan, _ map: LoadMap, _ problems: inout ProblemLog) {
        guard let address = tags[DynamicTags.Tag.strings], let size = tags[DynamicTags.Tag.stringsSize] else {
            problems.add(.dynamic, "dynamic section", "has no DT_STRTAB or no DT_STRSZ")
            return nil
        }
        guard size > 0, let range = map.fileRange(address, size) else {
            problems.add(
                .dynamic, "DT_STRTAB", "has \(size) bytes at address \(address.hex), not all loaded from the file")
            return nil
        }
        guard bytes.u8(range.upperBound - 1) == 0 else {
            problems.add(.dynamic, "DT_STRTAB", "does not end with NUL after its \(size) bytes")
            return nil
        }
        self.range = range
    }

    /// Its bytes.
    var size: Int { range.count }

    /// The name at `offset`; `nil`, with a problem, where it lies outside or is over a limit.
    mutating func name(
        _ offset: UInt64, _ bytes: RawSpan, of part: ELFProblem.Part, _ place: @autoclosure () -> String,
        _ problems: inout ProblemLog
    ) -> String? {
        guard offset < UInt64(range.count) else {
            problems.add(part, place(), "has its name at byte \(offset) of DT_STRTAB, which has \(range.count)")
            return nil
        }
        let start = range.lowerBound + Int(offset)
        let longest = min(range.upperBound, start + ELFLimits.nameBytes)
        let name = budget > 0 ? bytes.terminated(start..<longest) : nil
        budget -= (name ?? start..<longest).count  // a name without end costs its search
        guard let name, budget >= 0 else {
            problems.add(
                part, place(),
                "has a name over \(ELFLimits.nameBytes) bytes, or all names over \(ELFLimits.textBytes): the limits")
            return nil
        }
        return bytes.text(name)
    }
}
