import Compatibility

/// A line of a snapshot that says something.
struct SnapshotLine {
    /// From 1.
    let number: Int
    /// Without indentation and line end.
    let text: String
    let isIndented: Bool

    /// Cuts a text into its lines; blank ones say nothing, and a line end of another system's is one, too.
    static func lines(of text: String) throws(LineError) -> [SnapshotLine] {
        var lines: [SnapshotLine] = []
        for (index, bytes) in text.utf8.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
            .enumerated()
        {
            let content = bytes.last == UInt8(ascii: "\r") ? bytes.dropLast() : bytes
            let inside = content.drop { $0 == UInt8(ascii: " ") }
            if inside.isEmpty { continue }
            let isIndented = inside.startIndex > content.startIndex
            let line = SnapshotLine(number: index + 1, text: String(Substring(inside)), isIndented: isIndented)
            guard line.text == printable(line.text, limit: Contract.snapshotLimit) else {
                throw LineError(
                    line: line.number, problem: "holds a character that shows nothing, or more than it seems",
                    remedy: SnapshotLine.renewal)
            }
            lines.append(line)
        }
        return lines
    }

    static let renewal = "write the snapshot anew with plugctl contract snapshot HEADER"

    /// The blank-separated words; never none.
    var words: [String] {
        text.utf8.split(separator: UInt8(ascii: " ")).map { String(Substring($0)) }
    }

    /// What stands behind the first word.
    var tail: String {
        String(Substring(text.utf8.drop { $0 != UInt8(ascii: " ") }.dropFirst()))
    }

    func error(_ problem: String, _ remedy: String = renewal) -> LineError {
        LineError(line: number, problem: "\"\(printable(text, limit: 80))\" \(problem)", remedy: remedy)
    }

    /// A value that only one line may say.
    func only(_ before: String, _ value: String, isValid: (String) -> Bool) throws(LineError) -> String {
        guard before.isEmpty else { throw error("says a second time what one line has said") }
        guard !value.isEmpty, isValid(value) else { throw error("has no value that can be one") }
        return value
    }

    /// The second word, a name.
    func symbol(_ isComplete: Bool) throws(LineError) -> String {
        let words = words
        guard isComplete, Self.isIdentifier(words[1]) else { throw error("is not complete") }
        return words[1]
    }

    /// `NAME = VALUE`.
    func value(of words: ArraySlice<String>) throws(LineError) -> (String, Int128) {
        let words = Array(words)
        guard words.count == 3, words[1] == "=", Self.isIdentifier(words[0]), let value = Int128(words[2]),
            String(value) == words[2]
        else { throw error("is no NAME = VALUE") }
        return (words[0], value)
    }

    /// The line as a declaration of C, or `text` in its stead.
    func declaration(
        _ names: [CTypeParser.Reference: CType], as text: String? = nil, inline record: Record? = nil
    ) throws(LineError) -> CTypeParser.Declaration {
        do throws(CTypeError) {
            return try CTypeParser.parse(text ?? self.text) { reference in
                if let record, reference == .plain(Self.inlineWord) {
                    return .success(CType.Qualified(.inline(record)))
                }
                if let type = names[reference] { return .success(CType.Qualified(type)) }
                return .failure(.unknown(reference.spelled))
            }
        } catch {
            throw self.error("is no declaration: \(error)")
        }
    }

    /// Stands for an unnamed struct where a declaration is read: no type of C can be called so.
    static let inlineWord = "inline"

    /// Whether a text may name something in C: as compilers have it, with `$` and letters of all alphabets.
    static func isIdentifier(_ text: String) -> Bool {
        guard let first = text.utf8.first, text.utf8.count <= 4096, !isDigit(first) else { return false }
        return text.utf8.allSatisfy { byte in
            isDigit(byte) || UInt8(ascii: "a")...UInt8(ascii: "z") ~= byte
                || UInt8(ascii: "A")...UInt8(ascii: "Z") ~= byte || byte == UInt8(ascii: "_")
                || byte == UInt8(ascii: "$") || byte >= 0x80
        }
    }

    private static func isDigit(_ byte: UInt8) -> Bool { UInt8(ascii: "0")...UInt8(ascii: "9") ~= byte }
}

extension CTypeParser.Reference {
    /// As written.
    fileprivate var spelled: String {
        switch self {
        case .tag(let kind, let name): "\(kind.rawValue) \(name)"
        case .unnamed(let kind, let place): "\(kind?.rawValue ?? "type") (\(place))"
        case .plain(let name): name
        }
    }
}
