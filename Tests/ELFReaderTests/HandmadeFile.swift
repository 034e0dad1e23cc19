/// An ELF file that no linker would make: one that is sound where a test does not say otherwise.
///
/// One read-only segment loads the whole file at address 0, so that addresses there are file offsets; one writable
/// segment loads the dynamic section's page again, at `writable`.
struct HandmadeFile {
    /// Where the writable page lies in memory; its first bytes are the dynamic section.
    static let writable: UInt64 = 0x4000_0000
    private static let dynamicOffset = 0x1000

    /// Size in bytes, a multiple of 4096 and at least 12288.
    let size: Int
    /// Further entries of the dynamic section.
    var dynamic: [(tag: UInt64, value: UInt64)] = []
    /// e_shoff, and the number of sections, of which the last has the names.
    var sections: (offset: Int, count: Int) = (0, 0)
    private var parts: [(offset: Int, bytes: [UInt8])] = []

    init(size: Int) { self.size = size }

    /// Places little-endian numbers of one size.
    mutating func put(_ numbers: some Sequence<some FixedWidthInteger>, at offset: Int) {
        var bytes: [UInt8] = []
        for number in numbers { bytes += Self.bytes(number) }
        put(text: bytes, at: offset)
    }

    mutating func put(text: some Sequence<UInt8>, at offset: Int) { parts.append((offset, Array(text))) }

    /// The whole file.
    var bytes: [UInt8] {
        var file = [UInt8](repeating: 0, count: size)
        func write(_ part: [UInt8], _ offset: Int) { file.replaceSubrange(offset..<(offset + part.count), with: part) }
        for part in parts { write(part.bytes, part.offset) }
        let entries = dynamic + [(0, 0)]
        let (table, length) = (UInt64(Self.dynamicOffset), UInt64(entries.count * 16))
        write(entries.flatMap { Self.bytes($0.tag) + Self.bytes($0.value) }, Self.dynamicOffset)

        let segments: [(UInt32, UInt32, [UInt64])] = [
            (1, 5, [0, 0, 0, UInt64(size), UInt64(size), 4096]),
            (1, 6, [table, Self.writable, Self.writable, 4096, 4096, 4096]),
            (2, 6, [table, Self.writable, Self.writable, length, length, 8]),
            (0x6474_e551, 6, [0, 0, 0, 0, 0, 16]),
        ]
        var header: [UInt8] = [0x7f, 0x45, 0x4c, 0x46, 2, 1, 1] + [UInt8](repeating: 0, count: 9)
        header += Self.bytes(UInt16(3)) + Self.bytes(UInt16(62)) + Self.bytes(UInt32(1))
        for word in [0, 64, UInt64(sections.offset)] { header += Self.bytes(word) }
        header += Self.bytes(UInt32(0))
        for half in [64, 56, segments.count, 64, sections.count, max(sections.count - 1, 0)] {
            header += Self.bytes(UInt16(half))
        }
        for (type, flags, words) in segments {
            header += Self.bytes(type) + Self.bytes(flags) + words.flatMap(Self.bytes)
        }
        write(header, 0)
        return file
    }

    private static func bytes(_ number: some FixedWidthInteger) -> [UInt8] {
        withUnsafeBytes(of: number.littleEndian, Array.init)
    }
}

extension HandmadeFile {
    /// Adds a string table with the name "a", and `symbols` entries of which all but the first are that name.
    mutating func addSymbols(_ symbols: Int) {
        put(text: [0, 97, 0], at: 0x800)
        put([0, 0, 0], at: 0x810)
        for index in 1..<max(symbols, 1) {
            put([UInt32(1), 0xfff1_0011], at: 0x810 + 24 * index)  // global data "a" in section SHN_ABS
        }
        dynamic += [(5, 0x800), (10, 3), (6, 0x810), (11, 24)]
    }

    /// Adds a DT_GNU_HASH that holds nothing.
    mutating func addEmptyHashTable() {
        put([UInt32(1), 1, 1, 0, 0, 0, 0], at: 0xf00)
        dynamic.append((0x6fff_fef5, 0xf00))
    }
}
