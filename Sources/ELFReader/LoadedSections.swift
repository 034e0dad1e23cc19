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

    /// Ascending, without overlaps; neighbours are one range.
    private let code: [Range<UInt64>]
    private let writable: [Range<UInt64>]
    /// Where `.init` starts, the start files' function; `nil` where there is none.
    let initialiser: UInt64?

    /// Reads the table; `nil` where there is none or no code in it, so that only segments tell.
    ///
    /// - Parameter place: where the table and the sections' names lie, all in the file.
    init?(_ bytes: RawSpan, _ place: SectionTable.Place) {
        guard let table = place.headers, let names = place.names else { return nil }
        var (code, writable): ([Range<UInt64>], [Range<UInt64>]) = ([], [])
        var initialiser: UInt64?
        for header in stride(from: table.lowerBound, to: table.upperBound, by: SectionTable.entrySize) {
            let (type, flags) = (bytes.u32(header + 4), bytes.u64(header + 8))
            let (address, size) = (bytes.u64(header + 16), bytes.u64(header + 32))
            guard flags & Flag.allocated != 0, size > 0, flags & Flag.threadLocal == 0 || type != Self.noBits else {
                continue
            }
            let (end, isOver) = address.addingReportingOverflow(size)
            if isOver { continue }
            if flags & Flag.execute != 0 {
                code.append(address..<end)
                if SectionTable.name(bytes, header, names) == ".init" { initialiser = address }
            }
            if flags & Flag.write != 0 { writable.append(address..<end) }
        }
        if code.isEmpty { return nil }
        self.initialiser = initialiser
        (self.code, self.writable) = (Self.merged(code), Self.merged(writable))
    }

    /// Whether code lies at `address`.
    func holdCode(_ address: UInt64) -> Bool { Self.range(of: address, in: code) != nil }

    /// Whether `count` bytes at `address` lie in data that may be written.
    func holdWritable(_ address: UInt64, _ count: UInt64) -> Bool {
        Self.range(of: address, in: writable).map { $0.upperBound - address >= count } ?? false
    }

    /// In the order of addresses; a few bytes of padding between two are no matter.
    private static func merged(_ ranges: [Range<UInt64>]) -> [Range<UInt64>] {
        var merged: [Range<UInt64>] = []
        for range in ranges.sorted(by: { $0.lowerBound < $1.lowerBound }) {
            if let last = merged.last, range.lowerBound < last.upperBound || range.lowerBound - last.upperBound < 64 {
                merged[merged.count - 1] = last.lowerBound..<max(last.upperBound, range.upperBound)
            } else {
                merged.append(range)
            }
        }
        return merged
    }

    /// The range around the address: asked for each relocation and symbol, and a file may have thousands of sections.
    private static func range(of address: UInt64, in ranges: [Range<UInt64>]) -> Range<UInt64>? {
        var (low, high) = (0, ranges.count)
        while low < high {
            let middle = (low + high) / 2
            if ranges[middle].lowerBound <= address { low = middle + 1 } else { high = middle }
        }
        return low > 0 && ranges[low - 1].contains(address) ? ranges[low - 1] : nil
    }
}
