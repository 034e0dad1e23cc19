/// One line of the grammar that manifests and policies share: `key = value`, UTF-8; `#` starts a comment line, and a
/// blank line says nothing.
///
/// Works on bytes: a text is made of nothing but the key and the value.
struct KeyValueLine {
    /// From 1.
    let number: Int
    /// 1 to 64 lower-case letters, digits, dots, hyphens and underscores; starts with a letter.
    let key: String
    /// Not empty, without blanks at its ends, without control characters but the tab.
    let value: String

    /// The longest key, in bytes.
    static let keyLimit = 64
    /// The longest value, in bytes.
    static let valueLimit = 1024

    /// Hands each line that says something to `take`, in their order.
    ///
    /// Cost: one pass over the bytes. Throws at the first line that is wrong, and what `take` throws.
    static func forEach(
        in bytes: ArraySlice<UInt8>, _ take: (KeyValueLine) throws(LineError) -> Void
    ) throws(LineError) {
        var rest = bytes
        var number = 0
        while true {
            number += 1
            let end = rest.firstIndex(of: UInt8(ascii: "\n"))
            if let line = try KeyValueLine(rest[..<(end ?? rest.endIndex)], number: number) { try take(line) }
            guard let end else { return }
            rest = rest[(end + 1)...]
        }
    }

    /// Reads one line without its newline; `nil` where it says nothing.
    init?(_ bytes: ArraySlice<UInt8>, number: Int) throws(LineError) {
        func refused(_ problem: String, _ remedy: String) -> LineError {
            LineError(line: number, problem: problem, remedy: remedy)
        }
        let line = Self.trimmed(bytes)
        try Self.refuseControls(in: line, number)
        guard let first = line.first, first != UInt8(ascii: "#") else { return nil }
        guard let equals = line.firstIndex(of: UInt8(ascii: "=")) else {
            throw refused(
                "\"\(Self.shown(line))\" has no \"=\"", "write key = value, or start a comment with #")
        }
        let key = Self.trimmed(line[..<equals])
        let value = Self.trimmed(line[(equals + 1)...])
        guard Self.isKey(key) else {
            throw refused(
                "\"\(Self.shown(key))\" is no key",
                "write a key of lower-case letters, digits, dots and hyphens before the \"=\"")
        }
        self.number = number
        self.key = String(decoding: key, as: UTF8.self)
        guard !value.isEmpty else { throw refused("\(self.key) has no value", "write one, or drop the line") }
        guard value.count <= Self.valueLimit else {
            throw refused(
                "\(self.key) has \(value.count) bytes, the limit is \(Self.valueLimit)", "shorten it")
        }
        self.value = String(decoding: value, as: UTF8.self)
    }

    /// A foreign line ending was trimmed; any other control character could only deceive a reader.
    private static func refuseControls(in line: ArraySlice<UInt8>, _ number: Int) throws(LineError) {
        if line.allSatisfy({ 0x20...0x7e ~= $0 || $0 == UInt8(ascii: "\t") }) { return }
        guard let text = String(validating: line, as: UTF8.self) else {
            throw LineError(line: number, problem: "the bytes are not UTF-8", remedy: "save the text as UTF-8")
        }
        // General category Cc, which Unicode has closed: asking the standard library's tables takes longer.
        let control = text.unicodeScalars.first { ($0.value < 0x20 || 0x7f...0x9f ~= $0.value) && $0 != "\t" }
        guard let control else { return }
        throw LineError(
            line: number, problem: "holds the control character U+\(String(control.value, radix: 16))",
            remedy: "remove it")
    }

    private static func isKey(_ text: ArraySlice<UInt8>) -> Bool {
        guard let first = text.first, text.count <= keyLimit, isLetter(first) else { return false }
        return text.allSatisfy { isLetter($0) || VersionScanner.isDigit($0) || ".-_".utf8.contains($0) }
    }

    private static func isLetter(_ byte: UInt8) -> Bool {
        UInt8(ascii: "a")...UInt8(ascii: "z") ~= byte
    }

    /// Without blanks, tabs and carriage returns at both ends.
    static func trimmed(_ bytes: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        guard let first = bytes.firstIndex(where: { !isBlank($0) }),
            let last = bytes.lastIndex(where: { !isBlank($0) })
        else { return bytes[bytes.startIndex..<bytes.startIndex] }
        return bytes[first...last]
    }

    private static func isBlank(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") || byte == UInt8(ascii: "\r")
    }

    private static func shown(_ bytes: ArraySlice<UInt8>) -> String {
        printable(String(decoding: bytes, as: UTF8.self), limit: 80)
    }
}
