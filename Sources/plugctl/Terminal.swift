import Compatibility
import FoundationEssentials
import Glibc

/// Where results and errors go: bytes to descriptors, unbuffered, so that what was said is out before anything else runs.
struct Terminal {
    /// Whether texts may hold colour: standard output is a terminal and NO_COLOR (https://no-color.org) is not set.
    let hasColour: Bool

    init(environment: [String: String]) {
        hasColour =
            isatty(STDOUT_FILENO) == 1 && (environment["NO_COLOR"] ?? "").isEmpty && environment["TERM"] != "dumb"
    }

    /// Writes a text to standard output.
    func say(_ text: String) {
        write(Array(text.utf8), to: STDOUT_FILENO)
    }

    /// Writes bytes to standard output as they are; on a terminal the line is ended, so that the prompt stands alone.
    func say(_ bytes: [UInt8]) {
        let newline = UInt8(ascii: "\n")
        let isOpenLine = isatty(STDOUT_FILENO) == 1 && bytes.last != newline
        write(isOpenLine ? bytes + [newline] : bytes, to: STDOUT_FILENO)
    }

    /// Writes a value as one line of JSON to standard output.
    func say(json value: some Encodable) throws {
        say(try jsonText(value))
    }

    /// Writes a line to standard error, safe to show: a path in it may be anybody's, found in a folder.
    func warn(_ line: String) {
        write(Array((printable(line, limit: 1 << 16) + "\n").utf8), to: STDERR_FILENO)
    }

    /// `text` in a colour, where colour is shown.
    func paint(_ text: String, _ colour: Colour) -> String {
        hasColour ? "\u{1b}[\(colour.rawValue)m\(text)\u{1b}[0m" : text
    }

    /// Select graphic rendition parameters (ECMA-48, 8.3.117).
    enum Colour: Int {
        case red = 31
        case green = 32
        case yellow = 33
    }

    private func write(_ bytes: [UInt8], to descriptor: Int32) {
        var rest = bytes[...]
        while !rest.isEmpty {
            // SAFETY: the slice's storage is borrowed for the call only.
            let count = unsafe rest.withUnsafeBytes { unsafe Glibc.write(descriptor, $0.baseAddress, $0.count) }
            if count > 0 { rest = rest.dropFirst(count) }
            if count < 0 && errno != EINTR { return }  // the reader is gone: there is nobody left to tell
        }
    }
}

/// A value as one line of JSON with sorted keys; `pretty` for people.
func jsonText(_ value: some Encodable, pretty: Bool = false) throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting =
        pretty ? [.sortedKeys, .withoutEscapingSlashes, .prettyPrinted] : [.sortedKeys, .withoutEscapingSlashes]
    return String(decoding: try encoder.encode(value), as: UTF8.self) + "\n"
}
