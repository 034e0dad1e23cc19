extension ELFSegment {
    /// p_type values of the gABI and of GNU.
    enum Kind {
        static let load: UInt32 = 1
        static let dynamic: UInt32 = 2
        static let interpreter: UInt32 = 3
        static let note: UInt32 = 4
        static let programHeaders: UInt32 = 6
        static let threadLocal: UInt32 = 7
        static let unwindTable: UInt32 = 0x6474_e550
        static let stack: UInt32 = 0x6474_e551
        static let readOnlyAfterRelocation: UInt32 = 0x6474_e552
        static let property: UInt32 = 0x6474_e553
    }

    /// p_flags values.
    enum Permission {
        static let execute: UInt32 = 1
        static let write: UInt32 = 2
        static let read: UInt32 = 4
    }

    /// Bytes of an Elf64_Phdr.
    static let entrySize = 56

    /// Reads the program header table (gABI chapter 5, "Program Header").
    ///
    /// Empty, with a problem, where the table's geometry is wrong: glibc would read it as 56-byte entries all the same.
    static func readTable(_ bytes: RawSpan, _ problems: inout ProblemLog) -> [ELFSegment] {
        let (offset, size, count) = (bytes.u64(32), Int(bytes.u16(54)), Int(bytes.u16(56)))
        guard count > 0 else {
            problems.add(.segments, "program header table", "is missing")
            return []
        }
        guard size == entrySize else {
            problems.add(
                .segments, "program header table", "has entries of \(size) bytes, 64-bit ones have \(entrySize)")
            return []
        }
        guard count <= ELFLimits.programHeaders else {
            problems.add(
                .segments, "program header table", "has \(count) entries, the limit is \(ELFLimits.programHeaders)")
            return []
        }
        guard let table = bytes.range(at: offset, count: UInt64(count * entrySize)) else {
            problems.add(
                .segments, "program header table",
                "has \(count * entrySize) bytes from byte \(offset) on, the file has \(bytes.byteCount)")
            return []
        }
        if offset % 8 != 0 {
            problems.add(.segments, "program header table", "starts at byte \(offset), not a multiple of 8")
        }
        return (0..<count).map { read(bytes, at: table.lowerBound + $0 * entrySize) }
    }

    private static func read(_ bytes: RawSpan, at offset: Int) -> ELFSegment {
        ELFSegment(
            type: bytes.u32(offset), flags: bytes.u32(offset + 4), offset: bytes.u64(offset + 8),
            address: bytes.u64(offset + 16), fileSize: bytes.u64(offset + 32), memorySize: bytes.u64(offset + 40),
            alignment: bytes.u64(offset + 48))
    }
}
