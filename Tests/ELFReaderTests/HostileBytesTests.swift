import ELFReader
import TestSupport
import Testing

/// No input traps: a trap would end this process, so each of these tests can fail.
@Suite struct HostileBytesTests {
    /// A cut anywhere is a problem: within what is loaded it would kill the loader, behind it the section table is lost,
    /// which the header announces.
    @Test func truncationIsNoticedWhereverItHappens() throws {
        let bytes = try SampleFiles.build()
        for length in stride(from: 0, to: bytes.count, by: max(1, bytes.count / 200)) {
            let cut = Array(bytes[..<length])
            guard length >= 64 else {
                #expect(throws: OtherFile.self) { try ELFImage.parse(cut) }
                continue
            }
            let problems = try ELFImage.parse(cut).problems
            #expect(problems.contains { $0.detail.contains("\(length)") }, "cut to \(length) of \(bytes.count) bytes")
        }
    }

    /// 20,000 files, each with one to eight bytes changed in the part that the round is about.
    @Test(arguments: 0..<4, [Fixture.Compiler.clang, .gcc])
    func noMutationTraps(_ part: Int, _ compiler: Fixture.Compiler) throws {
        let original = try SampleFiles.build(compiler: compiler)
        let image = try ELFImage.parse(original)
        let dynamic = try #require(image.segments.first { $0.type == 2 })
        let first = try #require(image.segments.first { $0.type == 1 })
        let headers = 64 + 56 * image.segments.count
        let ranges = [
            0..<original.count, 0..<headers, Int(dynamic.offset)..<Int(dynamic.offset + dynamic.fileSize),
            headers..<Int(first.fileSize),
        ]
        var random = SeededGenerator(state: UInt64(part + 1))
        var unsound = 0
        for _ in 0..<2500 {
            var bytes = original
            for _ in 0...Int.random(in: 0..<8, using: &random) {
                let offset = Int.random(in: ranges[part], using: &random)
                switch Int.random(in: 0..<3, using: &random) {
                case 0: bytes[offset] = UInt8.random(in: 0...255, using: &random)
                case 1: bytes[offset] ^= 1 << UInt8.random(in: 0..<8, using: &random)
                default: bytes[offset] = Bool.random(using: &random) ? 0xff : 0
                }
            }
            guard let image = try? ELFImage.parse(bytes) else {  // the magic number was hit: nothing more to read
                unsound += 1
                continue
            }
            for part in ELFProblem.Part.allCases {
                #expect(image.problems.count { $0.part == part } <= ELFLimits.problems)
            }
            if !image.problems.isEmpty { unsound += 1 }
        }
        #expect(unsound > 250, "damage goes unnoticed")
    }

    /// Eight bytes of the dynamic section at a time become the values that break careless arithmetic.
    @Test func extremeNumbersDoNotTrap() throws {
        let original = try SampleFiles.build(flags: ["-Wl,--hash-style=both"])
        let image = try ELFImage.parse(original)
        let first = try #require(image.segments.first { $0.type == 1 })
        let dynamic = try #require(image.segments.first { $0.type == 2 })
        let words =
            Array(stride(from: 0, to: Int(first.fileSize) - 8, by: 8))
            + Array(stride(from: Int(dynamic.offset), to: Int(dynamic.offset + dynamic.fileSize), by: 8))
        for value in [UInt64.max, 1 << 63, UInt64.max - 7, 0x7fff_ffff_ffff_ffff, 0xffff_ffff, 0] {
            for word in words {
                var bytes = original
                for index in 0..<8 { bytes[word + index] = UInt8(truncatingIfNeeded: value >> (8 * UInt64(index))) }
                if word >= 8 { #expect(throws: Never.self) { try ELFImage.parse(bytes) } }
            }
        }
    }
}

/// SplitMix64: the same files in every run.
private struct SeededGenerator: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var mixed = (state ^ (state >> 30)) &* 0xbf58_476d_1ce4_e5b9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
        return mixed ^ (mixed >> 31)
    }
}
