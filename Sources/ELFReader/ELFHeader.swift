/// The ELF header's facts as raw numbers: an unknown machine is a fact too.
package struct ELFHeader: Sendable, Equatable {
    /// e_ident[EI_CLASS]: 1 = 32-bit, 2 = 64-bit.
    package var fileClass: UInt8
    /// e_ident[EI_DATA]: 1 = little-endian, 2 = big-endian.
    package var endianness: UInt8
    /// e_ident[EI_OSABI].
    package var osABI: UInt8
    /// e_type: 3 = ET_DYN, a shared object (or a position-independent executable).
    package var type: UInt16
    /// e_machine: 62 = x86-64, 183 = AArch64.
    package var machine: UInt16
    /// Whether the rest of the file could be read: 64-bit and little-endian.
    package var isELF64LittleEndian: Bool { fileClass == 2 && endianness == 1 }

    package init(fileClass: UInt8 = 2, endianness: UInt8 = 1, osABI: UInt8 = 0, type: UInt16 = 3, machine: UInt16) {
        self.fileClass = fileClass
        self.endianness = endianness
        self.osABI = osABI
        self.type = type
        self.machine = machine
    }
}

extension ELFHeader {
    /// Bytes of an Elf64_Ehdr.
    static let size = 64

    /// Reads the header from a file's first bytes.
    ///
    /// e_type and e_machine lie at the same offsets in 32-bit and 64-bit files; only their byte order differs.
    ///
    /// - Throws: where there are too few bytes for one, or the magic number is another.
    static func read(_ bytes: RawSpan) throws(OtherFile) -> ELFHeader {
        guard bytes.byteCount >= 4, bytes.copy(0..<4) == [0x7f, 0x45, 0x4c, 0x46] else { throw OtherFile.of(bytes) }
        guard bytes.byteCount >= 20 else { throw .cutShort(size: bytes.byteCount) }
        let isBigEndian = bytes.u8(5) == 2
        let (type, machine) = (bytes.u16(16), bytes.u16(18))
        let header = ELFHeader(
            fileClass: bytes.u8(4), endianness: bytes.u8(5), osABI: bytes.u8(7),
            type: isBigEndian ? type.byteSwapped : type, machine: isBigEndian ? machine.byteSwapped : machine)
        guard !header.isELF64LittleEndian || bytes.byteCount >= size else {
            throw .cutShort(size: bytes.byteCount)
        }
        return header
    }

    /// Checks the fields that say how the rest of a 64-bit header is to be read.
    static func check(_ bytes: RawSpan, _ problems: inout ProblemLog) {
        if bytes.u8(6) != 1 || bytes.u32(20) != 1 {
            problems.add(
                .structure, "ELF header", "has versions \(bytes.u8(6)) and \(bytes.u32(20)), the format's is 1")
        }
        // What dlopen takes: the ABI version that goes with its OS ABI, and zeros behind it.
        let (osABI, version) = (bytes.u8(7), bytes.u8(8))
        if version > (osABI == 3 ? 3 : 0) {
            problems.add(.structure, "ELF header", "has ABI version \(version) of OS ABI \(osABI), glibc knows 0")
        }
        if bytes.copy(9..<16).contains(where: { $0 != 0 }) {
            problems.add(.structure, "ELF header", "has bytes other than 0 in its padding")
        }
        if bytes.u16(52) != UInt16(size) {
            problems.add(
                .structure, "ELF header", "says that it has \(bytes.u16(52)) bytes, a 64-bit header has \(size)")
        }
    }
}
