/// A cursor over the bytes of a version or a range: the tokens that both grammars share.
struct VersionScanner {
    /// The longest text that is looked at, in bytes; npm has the same limit.
    static let textLimit = 256
    /// The largest number that npm admits too, 2^53 - 1: one more is still an `Int`, so that bounds never overflow.
    static let numberLimit = 9_007_199_254_740_991

    private let bytes: [UInt8]
    private(set) var position = 0

    /// What stood in the way, and where.
    struct Expectation: Error {
        var position: Int
        var expected: String
    }

    init(_ text: String) throws(Expectation) {
        // `utf8.count` is known without a walk for native strings; the copy is made only of what is short enough.
        guard text.utf8.count <= Self.textLimit else {
            throw Expectation(position: Self.textLimit, expected: "at most \(Self.textLimit) bytes")
        }
        bytes = Array(text.utf8)
    }

    /// The byte at the cursor.
    var next: UInt8? { position < bytes.count ? bytes[position] : nil }

    var isAtEnd: Bool { position == bytes.count }

    /// Says at the cursor what should have been there.
    func expectation(_ expected: String) -> Expectation {
        Expectation(position: position, expected: expected)
    }

    /// Steps over `token` where it stands at the cursor.
    mutating func take(_ token: String) -> Bool {
        let wanted = token.utf8
        guard bytes[position...].starts(with: wanted) else { return false }
        position += wanted.count
        return true
    }

    /// Steps over blanks and tabs; says whether there were any.
    @discardableResult
    mutating func skipBlanks() -> Bool {
        let start = position
        while next == UInt8(ascii: " ") || next == UInt8(ascii: "\t") { position += 1 }
        return position > start
    }

    /// A decimal number without leading zeros, at most `numberLimit`.
    mutating func number() throws(Expectation) -> Int {
        guard let first = next, Self.isDigit(first) else { throw expectation("a digit") }
        let start = position
        var value = 0
        while let byte = next, Self.isDigit(byte) {
            // `value` is at most numberLimit here, so ten times that fits in 64 bits.
            value = value * 10 + Int(byte - UInt8(ascii: "0"))
            guard value <= Self.numberLimit else {
                throw Expectation(position: start, expected: "a number of at most \(Self.numberLimit)")
            }
            position += 1
        }
        if first == UInt8(ascii: "0") && position > start + 1 {
            throw Expectation(position: start, expected: "a number without leading zeros")
        }
        return value
    }

    /// What follows the patch number: `-` and pre-release identifiers, `+` and build metadata, both optional.
    mutating func suffixes() throws(Expectation) -> (prerelease: [String], build: String?) {
        let prerelease = take("-") ? try identifiers(numericWithLeadingZeros: false) : []
        let build = take("+") ? try identifiers(numericWithLeadingZeros: true).joined(separator: ".") : nil
        return (prerelease, build)
    }

    /// Dot-separated identifiers of letters, digits and hyphens (SemVer 2.0.0, items 9 and 10).
    private mutating func identifiers(numericWithLeadingZeros: Bool) throws(Expectation) -> [String] {
        var result: [String] = []
        repeat {
            let start = position
            while let byte = next, Self.isIdentifierByte(byte) { position += 1 }
            let identifier = bytes[start..<position]
            guard let first = identifier.first else { throw expectation("a letter, a digit or a hyphen") }
            let isNumeric = identifier.allSatisfy(Self.isDigit)
            if isNumeric && !numericWithLeadingZeros && first == UInt8(ascii: "0") && identifier.count > 1 {
                throw Expectation(position: start, expected: "a numeric identifier without leading zeros")
            }
            result.append(String(decoding: identifier, as: UTF8.self))
        } while take(".")
        return result
    }

    static func isDigit(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }

    private static func isIdentifierByte(_ byte: UInt8) -> Bool {
        isDigit(byte) || byte == UInt8(ascii: "-") || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
            || (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte)
    }
}
