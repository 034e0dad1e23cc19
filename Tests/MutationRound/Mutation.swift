import TestSupport

/// What is changed in a good file.
enum Strategy: String, CaseIterable {
    case anywhere = "1 to 8 bytes anywhere"
    case headers = "ELF and program headers"
    case dynamic = "dynamic section"
    case tables = "symbols, strings, hashes, relocations, versions"
    case truncation = "truncation"
}

/// One damaged copy: the same number, the same damage.
struct Mutation {
    let strategy: Strategy
    let bytes: [UInt8]
    /// What was changed where, for a reader.
    let story: String

    /// Mutation `number` of a file.
    init(_ number: Int, of file: OriginalFile, seed: UInt64) {
        var random = Randomness(seed: seed &* 0x1_0000_0001 &+ UInt64(number))
        strategy = Strategy.allCases[number % Strategy.allCases.count]
        guard strategy != .truncation else {
            let size = Int.random(in: 0..<file.bytes.count, using: &random)
            bytes = Array(file.bytes[..<size])
            story = "cut to \(size) of \(file.bytes.count) bytes"
            return
        }
        let ranges: [Range<Int>] =
            switch strategy {
            case .anywhere, .truncation: [0..<file.bytes.count]
            case .headers: [file.headers]
            case .dynamic: file.dynamic
            case .tables: file.tables
            }
        var (damaged, changes) = (file.bytes, [String]())
        var rest = Int.random(in: 1...8, using: &random)
        // At least one byte is another in the end: the good file is no mutation of itself.
        while rest > 0 || damaged == file.bytes {
            rest -= 1
            // Each byte of all the ranges is as likely as any other.
            var index = Int.random(in: 0..<ranges.map(\.count).reduce(0, +), using: &random)
            var offset = 0
            for range in ranges {
                offset = range.lowerBound + index
                if index < range.count { break }
                index -= range.count
            }
            let old = damaged[offset]
            switch Int.random(in: 0..<3, using: &random) {
            case 0: damaged[offset] = UInt8.random(in: 0...255, using: &random)
            case 1: damaged[offset] ^= 1 << UInt8.random(in: 0..<8, using: &random)
            default: damaged[offset] = Bool.random(using: &random) ? 0xff : 0
            }
            guard old != damaged[offset] else { continue }
            let (from, to) = (String(old, radix: 16), String(damaged[offset], radix: 16))
            changes.append("\(file.place(of: offset)) \(from)->\(to)")
        }
        (bytes, story) = (damaged, changes.joined(separator: ", "))
    }
}
