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
            (8, 1, 1, "ELF header"),  // EI_ABIVERSION
            (15, 1, 1, "ELF header"),  // EI_PAD
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

    /// One that has no bytes is not mapped, but glibc reserves memory from the first to the last.
    @Test(
        arguments: [
            (1 << 45, "span 35184372088832 bytes of memory, the limit is 4294967296"),
            (0x1000, "starts at address 0x1000, the pages of the one before end at"),
        ] as [(UInt64, String)])
    func loadedSegmentsWithoutBytesAreChecked(_ address: UInt64, _ detail: String) throws {
        var bytes = try SampleFiles.build()
        let index = try #require(try ELFImage.parse(bytes).segments.lastIndex { $0.type != 1 })
        let header = 64 + 56 * index
        bytes.store(0x4_0000_0001, size: 8, at: header)  // PT_LOAD, readable
        for (field, value) in [(8, address), (16, address), (24, address), (32, 0), (40, 0), (48, 4096)] {
            bytes.store(field == 8 ? 0 : value, size: 8, at: header + field)
        }
        let problems = try ELFImage.parse(bytes).problems
        #expect(problems.contains { $0.part == .segments && $0.detail.hasPrefix(detail) }, "\(problems)")
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

    /// gold and older linkers put constants and code into one segment, where an address of the first passes for the second.
    @Test(arguments: ["gold", "bfd", "lld"])
    func constructorsInConstantsAreAProblem(_ linker: String) throws {
        var bytes = try SampleFiles.build(flags: ["-fuse-ld=\(linker)"])
        let slot = try #require(try bytes.firstConstructor())
        let rodata = try #require(try bytes.section(".eh_frame"))
        bytes.store(rodata.address, size: 8, at: slot + 16)
        let problems = try ELFImage.parse(bytes).problems
        #expect(
            problems.map(\.description) == [
                "DT_INIT_ARRAY slot 0 calls 0x\(String(rodata.address, radix: 16)), where no code is loaded"
            ])
        #expect(problems.map(\.part) == [.functions])
    }

    /// The unwinder's table knows where functions start.
    @Test func aConstructorInTheMiddleOfAFunctionIsAProblem() throws {
        var bytes = try SampleFiles.build()
        let add = try #require(try ELFImage.parse(bytes).symbols.first { $0.name == "add" }).value
        let slot = try #require(try bytes.firstConstructor())
        bytes.store(add + 1, size: 8, at: slot + 16)
        let problems = try ELFImage.parse(bytes).problems
        #expect(
            problems.map(\.description) == [
                "DT_INIT_ARRAY slot 0 calls 0x\(String(add + 1, radix: 16)), in the middle of the function at "
                    + "0x\(String(add, radix: 16))"
            ])
    }

    @Test func relocationsThatShareAPlaceAreAProblem() throws {
        var bytes = try SampleFiles.build()
        let table = Int(bytes.load(at: try #require(try bytes.dynamicEntry(7)) + 8))
        let last = table + Int(bytes.load(at: try #require(try bytes.dynamicEntry(8)) + 8)) - 24
        bytes.store(bytes.load(at: last - 24), size: 8, at: last)
        #expect(
            try ELFImage.parse(bytes).problems.contains { $0.description.hasPrefix("relocations write twice at 0x") })
    }

    @Test func relocationsIntoConstantsAreAProblem() throws {
        var bytes = try SampleFiles.build()
        let table = Int(bytes.load(at: try #require(try bytes.dynamicEntry(7)) + 8))
        let last = table + Int(bytes.load(at: try #require(try bytes.dynamicEntry(8)) + 8)) - 24
        bytes.store(
            try #require(try bytes.section(".rodata")?.address ?? bytes.section(".eh_frame")?.address), size: 8,
            at: last)
        #expect(try ELFImage.parse(bytes).problems.contains { $0.detail.hasSuffix("where nothing writable is loaded") })
    }

    /// What others look up would be taken for the function.
    @Test func anUndefinedSymbolWithAnAddressIsAProblem() throws {
        var bytes = try SampleFiles.build()
        let table = Int(bytes.load(at: try #require(try bytes.dynamicEntry(6)) + 8))
        let index = try #require(try ELFImage.parse(bytes).symbols.firstIndex { $0.name == "free" }) + 1
        bytes.store(0x40, size: 8, at: table + 24 * index + 8)
        let problems = try ELFImage.parse(bytes).problems
        #expect(
            problems.map(\.description) == ["symbol \(index) (free) is undefined, yet has the address 0x40"])
    }

    /// dlsym would not find the function, although the manifest and the symbol table name it.
    @Test(arguments: [0, 8, 16])  // bucket, filter, hash value
    func hashTablesThatDoNotFindASymbolAreAProblem(_ part: Int) throws {
        var bytes = try SampleFiles.build(flags: ["-Wl,--hash-style=gnu"])
        let table = Int(bytes.load(at: try #require(try bytes.dynamicEntry(0x6fff_fef5)) + 8))
        let (buckets, words) = (Int(bytes.load(at: table) & 0xffff_ffff), Int(bytes.load(at: table + 8) & 0xffff_ffff))
        switch part {
        case 0: for bucket in 0..<buckets { bytes.store(0, size: 4, at: table + 16 + 8 * words + 4 * bucket) }
        case 8: for word in 0..<words { bytes.store(0, size: 8, at: table + 16 + 8 * word) }
        default: bytes.store(3, size: 4, at: table + 16 + 8 * words + 4 * buckets)
        }
        let image = try ELFImage.parse(bytes)
        // With empty buckets nothing says that there are exports at all: the gates miss them.
        #expect(part == 0 ? !image.symbols.contains { $0.name == "add" } : image.problems.contains { $0.part == .hash })
    }

    @Test(arguments: [(40, 8, 64), (60, 2, 0), (62, 2, 1)] as [(Int, Int, UInt64)])  // e_shoff, e_shnum, e_shstrndx
    func sectionTablesElsewhereAreAProblem(_ field: Int, _ size: Int, _ change: UInt64) throws {
        var bytes = try SampleFiles.build()
        bytes.store(field == 40 ? bytes.load(at: 40) - change : change, size: size, at: field)
        #expect(try ELFImage.parse(bytes).problems.map(\.part) == [.sections])
    }

    @Test func versionsThatNoTableDescribesAreAProblem() throws {
        var bytes = try SampleFiles.build()
        let table = Int(bytes.load(at: try #require(try bytes.dynamicEntry(0x6fff_fff0)) + 8))
        bytes.store(0x4000, size: 2, at: table + 2)
        let problems = try ELFImage.parse(bytes).problems
        #expect(
            problems.map(\.description) == ["DT_VERSYM gives symbol 1 version 16384, which no table describes"])
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

    /// Where in the file the relocation lies that fills the first slot of DT_INIT_ARRAY.
    fileprivate func firstConstructor() throws -> Int? {
        guard let array = try dynamicEntry(25), let table = try dynamicEntry(7), let size = try dynamicEntry(8) else {
            return nil
        }
        let start = Int(load(at: table + 8))
        return stride(from: start, to: start + Int(load(at: size + 8)), by: 24)
            .first { load(at: $0) == load(at: array + 8) }
    }

    /// A section's address and offset.
    fileprivate func section(_ name: String) throws -> (address: UInt64, offset: Int)? {
        let (table, count) = (Int(load(at: 40)), Int(load(at: 60) & 0xffff))
        let names = Int(load(at: table + 64 * Int((load(at: 56) >> 48) & 0xffff) + 24))
        for header in stride(from: table, to: table + 64 * count, by: 64) {
            let text = self[(names + Int(load(at: header) & 0xffff_ffff))...].prefix { $0 != 0 }
            if text.elementsEqual(name.utf8) { return (load(at: header + 16), Int(load(at: header + 24))) }
        }
        return nil
    }
}
