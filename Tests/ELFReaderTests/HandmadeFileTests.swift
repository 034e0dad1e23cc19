import ELFReader
import Testing

/// Files that only an attacker makes.
///
/// Each of them once trapped the reader or kept it busy for hours.
@Suite struct HandmadeFileTests {
    @Test func theHandmadeFileIsSoundByItself() throws {
        var file = HandmadeFile(size: 12288)
        file.addSymbols(1)
        file.addEmptyHashTable()
        #expect(try ELFImage.parse(file.bytes).problems == [])
    }

    /// DT_GNU_HASH ends with the file and has a hash value for one symbol; DT_HASH claims three.
    ///
    /// The values of the other two would be read behind the file's end.
    @Test func hashTablesThatDisagreeAreAProblem() throws {
        var file = HandmadeFile(size: 12288)
        file.addSymbols(4)
        file.put([UInt32(1), 4, 0, 0, 0, 0, 0], at: 0xf00)
        let gnu: [UInt32] = [1, 1, 1, 0, .max, .max, 1, (5381 * 33 + 97) | 1]
        file.put(gnu, at: 12288 - 4 * gnu.count)
        file.dynamic += [(4, 0xf00), (0x6fff_fef5, UInt64(12288 - 4 * gnu.count))]

        let image = try ELFImage.parse(file.bytes)
        #expect(image.problems.map(\.place) == ["DT_HASH"])
        #expect(image.symbols.count == 1)
    }

    /// An address twice in DT_RELR gets the load address twice, so glibc would call a constructor somewhere else; a
    /// table of nothing else costs a walk over 63 words per entry.
    @Test(arguments: [0, 8, 16])
    func relativeRelocationsThatGoBackAreAProblem(_ back: UInt64) throws {
        let first = HandmadeFile.writable + 0x800
        var file = HandmadeFile(size: 12288)
        file.addSymbols(1)
        file.addEmptyHashTable()
        file.put([first, 0b111, first + 8 * 64, first + back], at: 0x2000)
        file.dynamic += [(36, 0x2000), (35, 24), (37, 8)]
        #expect(try ELFImage.parse(file.bytes).problems == [])

        file.dynamic[file.dynamic.count - 2].value = 32
        #expect(try ELFImage.parse(file.bytes).problems.map(\.place) == ["DT_RELR entry 3"])
    }

    /// Thousands of sections may be called `.comment`; comparing each text with all before it would take for ever.
    @Test func commentsOfAllSectionsShareOneLimit() throws {
        let (count, text) = (8, 0x2000)
        var file = HandmadeFile(size: 0x1_0000 * (count + 1))
        file.addSymbols(1)
        file.addEmptyHashTable()
        // Three bytes that say the number in base 64, and a NUL: all texts differ.
        let words = (0..<UInt32(ELFLimits.commentBytes / 4 * count)).map { (number: UInt32) -> UInt32 in
            let digits: [UInt32] = [number & 63, (number >> 6) & 63, number >> 12]
            return 0x20_2020 + digits[0] + digits[1] << 8 + digits[2] << 16
        }
        file.put(words, at: text)
        let names = text + 4 * words.count
        file.put(text: "\0.comment\0".utf8, at: names)
        file.sections = (names + 16, count + 2)
        for section in 0..<count {
            let start = UInt64(text + section * ELFLimits.commentBytes)
            file.put([1 | 1 << 32, 0, 0, start, UInt64(ELFLimits.commentBytes)], at: names + 16 + 64 * (section + 1))
        }
        file.put([3 << 32, 0, 0, UInt64(names), 10], at: names + 16 + 64 * (count + 1))

        let image = try ELFImage.parse(file.bytes)
        guard case .known(let comments, _) = image.sections else {
            Issue.record("\(image.sections)")
            return
        }
        #expect(comments.count == ELFLimits.commentBytes / 4)
    }

    /// A file of 1 GiB with nothing in it costs its author nothing, and must not cost the reader a minute.
    @Test(arguments: [(7, 8, 9, 24), (36, 35, 37, 8)] as [(UInt64, UInt64, UInt64, Int)])
    func tablesOverTheLimitAreNotWalked(_ table: UInt64, _ length: UInt64, _ entry: UInt64, _ entrySize: Int) throws {
        let bytes = (ELFLimits.relocations + 1) * entrySize
        var file = HandmadeFile(size: (bytes + 0x2fff) & ~0xfff)
        file.addSymbols(1)
        file.addEmptyHashTable()
        file.dynamic += [(table, 0x2000), (length, UInt64(bytes)), (entry, UInt64(entrySize))]
        let problems = try ELFImage.parse(file.bytes).problems
        #expect(problems.count == 1 && problems[0].detail.contains("the limit is"), "\(problems)")
    }
}
