import TestSupport

/// What mutation-round was asked for.
struct Arguments {
    static let usage = "usage: mutation-round COUNT [--seed N] [--only NUMBER] [--limit SECONDS] [--signed] FILE…"

    var count = 0
    var seed: UInt64 = 1
    /// The one mutation to repeat.
    var only: Int?
    /// How long dlopen may take.
    var limit = 10
    /// Whether every copy lies beside the signature of the good file, and the host requires signatures.
    var isSigned = false
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
            case "--limit": limit = try number(words.next())
            case "--signed": isSigned = true
            default: files.append(word)
            }
        }
        guard !files.isEmpty, 1...3600 ~= limit else { throw TestSupportError(Self.usage) }
    }
}
