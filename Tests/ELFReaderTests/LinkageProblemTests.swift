import ELFReader
import TestSupport
import Testing

/// Entries of relocation tables and of the dynamic section that are well-formed, and not what a linker means by them.
@Suite struct LinkageProblemTests {
    private static let relocations: UInt64 = 7
    private static let slots: UInt64 = 23
    private static let relativeCount: UInt64 = 0x6fff_fff9

    /// The slot would keep what the file has: a call through it goes to an address of no image.
    @Test(arguments: ["bfd", "gold", "lld"])
    func aSlotThatIsFilledByNothingIsAProblem(_ linker: String) throws {
        var bytes = try SampleFiles.build(flags: ["-fuse-ld=\(linker)"])
        let table = Int(try bytes.dynamicValue(Self.slots))
        bytes.store(0, size: 4, at: table + 8)  // R_X86_64_NONE, R_AARCH64_NONE
        #expect(try Self.problems(of: bytes) == ["DT_JMPREL entry 0 fills no slot"])
    }

    @Test func twoSlotsOfOneFunctionAreAProblem() throws {
        var bytes = try SampleFiles.build(compiler: .gcc)
        let table = Int(try bytes.dynamicValue(Self.slots))
        let symbol = bytes.load(size: 4, at: table + 12)
        bytes.store(symbol, size: 4, at: table + 24 + 12)
        #expect(
            try Self.problems(of: bytes) == [
                "DT_JMPREL entry 1 is about symbol \(symbol), which has a slot already"
            ])
    }

    /// glibc takes so many entries for relative ones without a look at their types.
    @Test func aRelocationOfNothingAmongTheRelativeOnesIsAProblem() throws {
        var bytes = try SampleFiles.build(compiler: .gcc, flags: ["-fuse-ld=bfd"])
        let count = try bytes.dynamicValue(Self.relativeCount)
        let last = Int(try bytes.dynamicValue(Self.relocations)) + 24 * Int(count - 1)
        bytes.store(0, size: 4, at: last + 8)
        #expect(
            try Self.problems(of: bytes).first
                == "DT_RELA entry \(count - 1) is not relative, DT_RELACOUNT says that the first \(count) are")
    }

    @Test(arguments: [("DT_INIT", 12, ".init"), ("DT_FINI", 13, ".fini")] as [(String, UInt64, String)])
    func aFunctionThatStartsNowhereIsAProblem(_ name: String, _ tag: UInt64, _ section: String) throws {
        var bytes = try SampleFiles.build(compiler: .gcc)
        let add = try #require(try ELFImage.parse(bytes.span.bytes).symbols.first { $0.name == "add" }).value
        let home = try bytes.dynamicValue(tag)
        // Another function's start is what -init and -fini give.
        try bytes.store(add, ofDynamicTag: tag)
        #expect(try Self.problems(of: bytes) == [])
        // Between two functions: no function of the unwinder has it in its middle.
        try bytes.store(home + 1, ofDynamicTag: tag)
        #expect(
            try Self.problems(of: bytes) == [
                "section \(section) starts at address 0x\(String(home, radix: 16)), \(name) is "
                    + "0x\(String(home + 1, radix: 16)), where nothing starts"
            ])
    }

    /// BOLT moves `_init` out of `.init`, as in the LLVM that rustc brings, and its new place has no frame description.
    @Test func aFunctionThatBOLTMovedIsNone() throws {
        var bytes = try SampleFiles.build(compiler: .gcc)
        try bytes.store(try bytes.dynamicValue(12) + 1, ofDynamicTag: 12)
        #expect(try Self.problems(of: bytes).count == 1)
        // Any section's name of the same length stands for that of the old code.
        try bytes.replace("\0.gnu.version_r\0", with: "\0.bolt.org.text\0")
        #expect(try Self.problems(of: bytes) == [])
    }

    /// A constructor that others can see is named by its symbol: nothing else says what dlopen will call.
    @Test(arguments: Damage.allCases)
    func aConstructorBySymbolThatIsNoFunctionIsAProblem(_ damage: Damage) throws {
        var bytes = try Self.withConstructorBySymbol()
        let array = try bytes.dynamicValue(25)
        let relocation = Int(try bytes.dynamicValue(Self.relocations))
        #expect(bytes.load(at: relocation) == array && bytes.load(at: relocation + 16) == 0)
        let symbol = Int(try bytes.dynamicValue(6)) + 24 * Int(bytes.load(size: 4, at: relocation + 12))
        let function = bytes.load(at: symbol + 8)
        #expect(try Self.problems(of: bytes) == [])
        let problem: String
        switch damage {
        case .addend:
            bytes.store(array &- function, size: 8, at: relocation + 16)
            problem = "DT_INIT_ARRAY slot 0 calls 0x\(String(array, radix: 16)), where no code is loaded"
        case .symbol:
            bytes.store(0, size: 4, at: relocation + 12)
            bytes.store(array, size: 8, at: relocation + 16)
            problem = "DT_INIT_ARRAY slot 0 calls 0x\(String(array, radix: 16)), where no code is loaded"
        case .data:
            bytes.store(0x11, size: 1, at: symbol + 4)  // global data
            bytes.store(array, size: 8, at: symbol + 8)
            problem = "DT_INIT_ARRAY slot 0 calls 0x\(String(array, radix: 16)), where no code is loaded"
        case .section:
            bytes.store(0xfff1, size: 2, at: symbol + 6)  // SHN_ABS
            problem = "DT_RELA entry 0 has an absolute address called, where a function of the image is wanted"
        }
        #expect(try Self.problems(of: bytes) == [problem])
    }

    /// What of the way to a constructor is damaged.
    enum Damage: CaseIterable {
        case addend, symbol, data, section
    }

    private static func withConstructorBySymbol() throws -> [UInt8] {
        let source: Fixture.Source = """
            static volatile int x;
            __attribute__((constructor, visibility("default"))) void prepare(void) { x = 1; }
            """
        return try SampleFiles.build(source, compiler: .gcc, flags: ["-nostartfiles", "-fuse-ld=bfd"])
    }

    /// glibc adds no load address to it, and calls.
    @Test func anIndirectFunctionOutsideOfEverySectionIsAProblem() throws {
        let source: Fixture.Source = """
            static int one(void) { return 1; }
            static void *resolve(void) { return (void *)one; }
            __attribute__((visibility("default"), ifunc("resolve"))) int f(void);
            __attribute__((visibility("default"))) int g(void) { return f(); }
            """
        var bytes = try SampleFiles.build(source, compiler: .gcc)
        let symbols = try ELFImage.parse(bytes).symbols
        let index = try #require(symbols.firstIndex { $0.name == "f" })
        bytes.store(0xfff1, size: 2, at: Int(try bytes.dynamicValue(6)) + 24 * (index + 1) + 6)
        let address = String(symbols[index].value, radix: 16)
        #expect(
            try Self.problems(of: bytes) == [
                "symbol \(index + 1) (f) is an indirect function at the absolute address 0x\(address)"
            ])
    }

    /// -z pack-relative-relocs moves everything to DT_RELR and leaves the section's header.
    @Test func anEmptySectionOfRelocationsIsNone() throws {
        let source: Fixture.Source = "static int x; __attribute__((visibility(\"default\"))) int *p = &x;\n"
        let bytes = try SampleFiles.build(
            source, flags: ["-nostdlib", "-fuse-ld=bfd", "-Wl,-z,pack-relative-relocs"])
        #expect(try bytes.dynamicValue(36) != 0, "DT_RELR")
        #expect(try Self.problems(of: bytes) == [])
    }

    private static func problems(of bytes: [UInt8]) throws -> [String] {
        try ELFImage.parse(bytes.span.bytes).problems.map(\.description)
    }
}
