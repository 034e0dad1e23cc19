import TestSupport

/// What mutation-round was asked for.
struct Arguments {
    static let usage = "usage: mutation-round COUNT [--seed N] [--only NUMBER] FILE…"

    var count = 0
    var seed: UInt64 = 1
    /// The one mutation to repeat.
    var only: Int?
    var files: [String] = []

    /// The numbers of the mutations to make.
    var numbers: Range<Int> { only.map { $0..<($0 + 1) } ?? 0..<count }

    init(_ words: some Sequence<String>) throws {
        var words = words.makeIterator()
        func number<Number: FixedWidthInteger>(_ text: String?) throws -> Number {
            guard let number = text.flatMap({ Number($0) }) else { throw TestSupportError(Self.usage) }
            return number
        }
        count = try number(words.next())
        while let word = words.next() {
            switch word {
            case "--seed": seed = try number(words.next())
            case "--only": only = try number(words.next()) as Int
            default: files.append(word)
            }
        }
        guard !files.isEmpty else { throw TestSupportError(Self.usage) }
    }
}
