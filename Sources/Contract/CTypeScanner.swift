import Compatibility

/// A cursor over the tokens of a C type's spelling.
struct CTypeScanner {
    enum Token: Equatable {
        case word(String)
        case number(UInt64)
        /// A punctuator.
        case mark(String)
        case end
    }

    private let bytes: [UInt8]
    /// Where the token after `next` begins.
    private var position = 0
    private var start = 0
    /// The token at the cursor.
    private(set) var next = Token.end
    /// How many types without a name may still come; each is searched for its end.
    private var unnamedAllowance = 64

    init(_ text: String) throws(CTypeError) {
        guard text.utf8.count <= CTypeParser.textLimit else { throw CTypeError(.tooLarge, column: 1) }
        bytes = Array(text.utf8)
        try step()
    }

    /// Where the token at the cursor begins, from 1.
    var column: Int { start + 1 }

    func error(_ reason: CTypeError.Reason) -> CTypeError { CTypeError(reason, column: column) }

    /// Says at the cursor what should have been there.
    func expectation(_ expected: String) -> CTypeError { error(.unexpected("\(expected) should stand here")) }

    /// Steps over a punctuator.
    mutating func take(_ mark: String) throws(CTypeError) {
        guard next == .mark(mark) else { throw expectation("\"\(mark)\"") }
        try step()
    }

    /// Steps to the next token.
    mutating func step() throws(CTypeError) {
        while position < bytes.count, bytes[position] == UInt8(ascii: " ") { position += 1 }
        start = position
        guard position < bytes.count else { return next = .end }
        let byte = bytes[position]
        if Self.beginsWord(byte) {
            while position < bytes.count, Self.beginsWord(bytes[position]) || Self.isDigit(bytes[position]) {
                position += 1
            }
            let word = String(decoding: bytes[start..<position], as: UTF8.self)
            guard word == printable(word, limit: .max) else { throw error(.unexpected("this is no name to show")) }
            next = .word(word)
        } else if Self.isDigit(byte) {
            next = .number(try number())
        } else {
            let mark = Self.marks.first { bytes[position...].starts(with: $0) }
            guard let mark else { throw error(.unexpected("this character has no meaning in a type")) }
            position += mark.count
            next = .mark(String(decoding: mark, as: UTF8.self))
        }
    }

    /// Whether the `(` at the cursor begins a declarator in parentheses, not a parameter list.
    ///
    /// A type cannot begin with `*`, `^`, `&`, `[` or `(`, and parameters begin with a type or end at once; the exception is
    /// an unnamed record of C++, `(unnamed struct at …)`.
    func opensDeclarator() throws(CTypeError) -> Bool {
        guard next == .mark("(") else { return false }
        var ahead = self
        try ahead.step()
        while case .word("__attribute__") = ahead.next {
            try ahead.step()
            guard ahead.next == .mark("(") else { return false }
            try ahead.step()
            try ahead.skipToClosing()
        }
        switch ahead.next {
        case .mark("*"), .mark("^"), .mark("&"), .mark("["): return true
        case .mark("("): return !ahead.opensUnnamed
        default: return false
        }
    }

    /// Whether the `(` at the cursor begins `(unnamed struct at …)` or `(anonymous union at …)`.
    var opensUnnamed: Bool {
        next == .mark("(")
            && ["unnamed", "anonymous"].contains { bytes[position...].starts(with: $0.utf8) }
    }

    /// Steps over the parenthesis at the cursor and over all that is inside: that, as it stands.
    ///
    /// A file's name may have parentheses; the place behind it, `:3:9)`, ends what clang calls unnamed.
    mutating func takeUnnamed() throws(CTypeError) -> String {
        unnamedAllowance -= 1
        guard unnamedAllowance >= 0 else { throw error(.tooLarge) }
        let first = position
        var index = position
        var colons = 0
        var hasDigit = false
        var plainEnd: Int?
        while index < bytes.count {
            let byte = bytes[index]
            if byte == UInt8(ascii: ")") {
                if colons >= 2 && hasDigit { break }
                if plainEnd == nil { plainEnd = index }
            }
            if byte == UInt8(ascii: ":") {
                colons = hasDigit || colons == 0 ? colons + 1 : 1
                hasDigit = false
            } else if Self.isDigit(byte), colons > 0 {
                hasDigit = true
            } else {
                colons = 0
                hasDigit = false
            }
            index += 1
        }
        guard let end = index < bytes.count ? index : plainEnd else { throw expectation("a closing \")\"") }
        position = end + 1
        let text = String(decoding: bytes[first..<end], as: UTF8.self)
        try step()
        return text
    }

    /// Steps behind the parenthesis that closes what is open at the cursor.
    mutating func skipToClosing() throws(CTypeError) {
        var depth = 1
        while true {
            if opensUnnamed {
                _ = try takeUnnamed()
                continue
            }
            switch next {
            case .mark("("): depth += 1
            case .mark(")"): depth -= 1
            case .end: throw expectation("a closing \")\"")
            default: break
            }
            try step()
            if depth == 0 { return }
        }
    }

    private mutating func number() throws(CTypeError) -> UInt64 {
        var value: UInt64 = 0
        while position < bytes.count, Self.isDigit(bytes[position]) {
            let (product, overflows) = value.multipliedReportingOverflow(by: 10)
            let (sum, overflowsToo) = product.addingReportingOverflow(UInt64(bytes[position] - UInt8(ascii: "0")))
            guard !overflows, !overflowsToo else { throw error(.tooLarge) }
            value = sum
            position += 1
        }
        return value
    }

    /// The longer ones first.
    private static let marks = ["...", "::", "*", "(", ")", "[", "]", ",", "^", "&", "+", "-", "=", "\"", "<", ">"].map
    {
        Array($0.utf8)
    }

    private static func isDigit(_ byte: UInt8) -> Bool { UInt8(ascii: "0")...UInt8(ascii: "9") ~= byte }

    /// Letters, `_`, `$`, and what a name has beyond ASCII.
    private static func beginsWord(_ byte: UInt8) -> Bool {
        UInt8(ascii: "a")...UInt8(ascii: "z") ~= byte || UInt8(ascii: "A")...UInt8(ascii: "Z") ~= byte
            || byte == UInt8(ascii: "_") || byte == UInt8(ascii: "$") || byte >= 0x80
    }
}
