import TestSupport

/// A good plugin, and where in it the parts lie that mutations are about.
struct OriginalFile {
    /// What the results are told by: the file's name.
    let kind: String
    let bytes: [UInt8]
    /// Its sections, each with its place in the file; those without bytes are left out.
    private(set) var sections: [(name: String, type: UInt32, range: Range<Int>)] = []
    /// ELF header and program headers.
    let headers: Range<Int>

    /// Reads a file with a section table, as linkers leave it and `strip` keeps it.
    init(_ path: String) throws {
        kind = path.split(separator: "/").last.map { String($0.prefix { $0 != "." }) } ?? path
        bytes = try readFile(path)
        let (table, count, names) = (Int(bytes.number(40, 8)), Int(bytes.number(60, 2)), Int(bytes.number(62, 2)))
        headers = 0..<(Int(bytes.number(32, 8)) + 56 * Int(bytes.number(56, 2)))
        guard table > 0, count > 0 else { throw TestSupportError("\(path) has no section table") }
        let nameTable = Int(bytes.number(table + 64 * names + 24, 8))
        for header in stride(from: table, to: table + 64 * count, by: 64) {
            let (type, start) = (UInt32(bytes.number(header + 4, 4)), Int(bytes.number(header + 24, 8)))
            let size = Int(bytes.number(header + 32, 8))
            guard type != 8, type != 0, size > 0 else { continue }
            let name = bytes[(nameTable + Int(bytes.number(header, 4)))...].prefix { $0 != 0 }
            sections.append((String(decoding: name, as: UTF8.self), type, start..<(start + size)))
        }
    }

    /// The bytes of the sections that dlopen walks: symbols, strings, hash tables, relocations, versions.
    var tables: [Range<Int>] {
        let types: Set<UInt32> = [4, 5, 11, 19, 0x6fff_fff6, 0x6fff_fffd, 0x6fff_fffe, 0x6fff_ffff]
        return sections.filter { types.contains($0.type) || $0.name == ".dynstr" }.map(\.range)
    }

    /// The dynamic section.
    var dynamic: [Range<Int>] { sections.filter { $0.type == 6 }.map(\.range) }

    /// Where a byte lies, for a reader: ".text+0x1a".
    func place(of offset: Int) -> String {
        if headers.contains(offset) {
            return offset < 64 ? "ELF header+\(offset)" : "program header \((offset - 64) / 56)+\((offset - 64) % 56)"
        }
        for section in sections where section.range.contains(offset) {
            return "\(section.name)+0x" + String(offset - section.range.lowerBound, radix: 16)
        }
        return "byte 0x" + String(offset, radix: 16)
    }
}

extension [UInt8] {
    /// The little-endian number of `size` bytes at `offset`.
    func number(_ offset: Int, _ size: Int) -> UInt64 {
        (0..<size).reduce(0) { $0 | UInt64(self[offset + $1]) << (8 * UInt64($1)) }
    }
}
