/// Which addresses the section table calls code, and which data that may be written.
///
/// Segments alone are coarse: linkers put tables, constants and code into one segment that is readable and executable, and
/// there a damaged address of a function still looks like one.
struct LoadedSections {
    /// SHF_WRITE, SHF_ALLOC, SHF_EXECINSTR, SHF_TLS.
    private enum Flag {
        static let write: UInt64 = 1
        static let allocated: UInt64 = 2
        static let execute: UInt64 = 4
        static let threadLocal: UInt64 = 0x400
    }

    /// SHT_NOBITS.
    private static let noBits: UInt32 = 8

    /// Neighbours are one range.
    private(set) var code: [Range<UInt64>] = []
    private(set) var writable: [Range<UInt64>] = []

    /// Reads the table; `nil` where there is none or no code in it, so that only segments tell.
    ///
    /// - Parameter table: its headers, all in the file.
    init?(_ bytes: RawSpan, _ table: Range<Int>) {
        for header in stride(from: table.lowerBound, to: table.upperBound, by: SectionTable.entrySize) {
            let (type, flags) = (bytes.u32(header + 4), bytes.u64(header + 8))
            let (address, size) = (bytes.u64(header + 16), bytes.u64(header + 32))
            guard flags & Flag.allocated != 0, size > 0, flags & Flag.threadLocal == 0 || type != Self.noBits else {
                continue
            }
            let (end, isOver) = address.addingReportingOverflow(size)
            if isOver { continue }
            if flags & Flag.execute != 0 { Self.add(address..<end, to: &code) }
            if flags & Flag.write != 0 { Self.add(address..<end, to: &writable) }
        }
        if code.isEmpty { return nil }
    }

    private static func add(_ range: Range<UInt64>, to ranges: inout [Range<UInt64>]) {
        // Linkers write sections in the order of their addresses, and a few bytes of padding between two are no matter.
        if let last = ranges.last, range.lowerBound >= last.upperBound, range.lowerBound - last.upperBound < 64 {
            ranges[ranges.count - 1] = last.lowerBound..<range.upperBound
        } else {
            ranges.append(range)
        }
    }
}
