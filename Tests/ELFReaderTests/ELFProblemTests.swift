import ELFReader
import TestSupport
import Testing

/// One damage each, and the place that the report must name.
@Suite struct ELFProblemTests {
    @Test(
        arguments: [
            (54, 2, 32, "program header table"),  // e_phentsize of a 32-bit file
            (56, 2, 0, "program header table"),  // no program headers
            (56, 2, 0xffff, "program header table"),  // more than the limit
            (32, 8, .max, "program header table"),  // e_phoff beyond every file
            (6, 1, 2, "ELF header"),  // EI_VERSION
            (52, 2, 52, "ELF header"),  // e_ehsize of a 32-bit file
        ] as [(Int, Int, UInt64, String)])
    func headerFieldsAreChecked(_ offset: Int, _ size: Int, _ value: UInt64, _ place: String) throws {
        var bytes = try SampleFiles.build()
        bytes.store(value, size: size, at: offset)
        #expect(try ELFImage.parse(bytes).problems.contains { $0.place == place })
    }

    @Test(
        arguments: [
            (8, 1 << 40, "ends at byte"),  // p_offset: beyond the file
            (16, 0x10_0001, "differ modulo"),  // p_vaddr: not congruent
            (16, .max - 4095, "beyond the address space"),  // p_vaddr: wraps around
            (32, .max, "the file has"),  // p_filesz: the sum with p_offset overflows
            (40, 1, "fewer than"),  // p_memsz below p_filesz
            (48, 12288, "has alignment"),  // p_align: no power of two
            (48, 0, "has alignment"),
        ] as [(Int, UInt64, String)])
    func loadedSegmentsAreChecked(_ field: Int, _ value: UInt64, _ detail: String) throws {
        var bytes = try SampleFiles.build()
        let index = try #require(try ELFImage.parse(bytes).segments.lastIndex { $0.type == 1 })
        bytes.store(value, size: 8, at: 64 + 56 * index + field)
        let problems = try ELFImage.parse(bytes).problems
        #expect(problems.contains { $0.place == "segment \(index)" && $0.detail.contains(detail) }, "\(problems)")
    }

    @Test(
        arguments: [
            (5, .max, "DT_STRTAB"), (6, 1 << 33, "DT_SYMTAB"), (10, 2, "DT_STRTAB"), (11, 16, "DT_SYMENT"),
            (7, .max - 7, "DT_RELA"), (8, 25, "DT_RELA"), (9, 16, "DT_RELAENT"), (20, 17, "DT_PLTREL"),
            (23, 8, "DT_JMPREL"), (25, 0x7ff8, "DT_INIT_ARRAY"), (27, 4, "DT_INIT_ARRAY"), (12, 1 << 40, "DT_INIT"),
            (13, 1 << 63, "DT_FINI"), (4, 1 << 40, "DT_HASH"), (0x6fff_fef5, 1 << 40, "DT_GNU_HASH"),
            (0x6fff_fff0, .max, "DT_VERSYM"), (0x6fff_fffe, 1 << 40, "DT_VERNEED entry 0"),
            (0x6fff_ffff, 9, "DT_VERNEED entry"), (1, 1 << 20, "dynamic entry with tag 0x1"),
        ] as [(UInt64, UInt64, String)])
    func dynamicEntriesAreChecked(_ tag: UInt64, _ value: UInt64, _ place: String) throws {
        var bytes = try SampleFiles.build(flags: ["-Wl,--hash-style=both"])
        let entry = try #require(try bytes.dynamicEntry(tag))
        bytes.store(value, size: 8, at: entry + 8)
        let problems = try ELFImage.parse(bytes).problems
        #expect(problems.contains { $0.place.hasPrefix(place) }, "\(problems)")
    }

    /// glibc reads the dynamic section up to DT_NULL, wherever that may be.
    @Test func dynamicSectionWithoutEndIsAProblem() throws {
        var bytes = try SampleFiles.build()
        let dynamic = try #require(try ELFImage.parse(bytes).segments.first { $0.type == 2 })
        for offset in stride(from: dynamic.offset, to: dynamic.offset + dynamic.fileSize, by: 16) {
            if bytes.load(at: Int(offset)) == 0 { bytes.store(0x6000_0000, size: 8, at: Int(offset)) }
        }
        #expect(try ELFImage.parse(bytes).problems.contains { $0.detail.contains("no DT_NULL") })
    }

    /// glibc would follow such a chain for ever.
    @Test func hashChainThatBitesItsTailIsAProblem() throws {
        var bytes = try SampleFiles.build(flags: ["-Wl,--hash-style=sysv"])
        let entry = try #require(try bytes.dynamicEntry(4))
        let table = Int(bytes.load(at: entry + 8))  // in the first segment addresses are file offsets
        let (buckets, symbols) = (Int(bytes.load(at: table) & 0xffff_ffff), Int(bytes.load(at: table) >> 32))
        for symbol in 1..<symbols { bytes.store(UInt64(symbol), size: 4, at: table + 8 + 4 * (buckets + symbol)) }
        #expect(try ELFImage.parse(bytes).problems.contains { $0.place == "DT_HASH" })
    }

    /// An init function that no relocation fills in would be called at a file's address.
    @Test func unfilledInitSlotIsAProblem() throws {
        var bytes = try SampleFiles.build(compiler: .gcc)
        let relocations = Int(bytes.load(at: try #require(try bytes.dynamicEntry(7)) + 8))
        bytes.store(0, size: 4, at: relocations + 8)  // R_X86_64_NONE, R_AARCH64_NONE
        let problems = try ELFImage.parse(bytes).problems
        #expect(problems.contains { $0.place.hasPrefix("DT_INIT_ARRAY slot") || $0.place == "DT_RELA entry 0" })
    }
}

extension [UInt8] {
    /// Stores a little-endian number of `size` bytes.
    fileprivate mutating func store(_ value: UInt64, size: Int, at offset: Int) {
        for index in 0..<size { self[offset + index] = UInt8(truncatingIfNeeded: value >> (8 * UInt64(index))) }
    }

    /// The little-endian 64-bit number at `offset`.
    fileprivate func load(at offset: Int) -> UInt64 {
        (0..<8).reduce(0) { $0 | UInt64(self[offset + $1]) << (8 * UInt64($1)) }
    }

    /// Where in the file the dynamic section's entry with this tag lies.
    fileprivate func dynamicEntry(_ tag: UInt64) throws -> Int? {
        let segment = try ELFImage.parse(self).segments.first { $0.type == 2 }
        guard let segment else { return nil }
        return stride(from: Int(segment.offset), to: Int(segment.offset + segment.fileSize), by: 16)
            .first { load(at: $0) == tag }
    }
}
