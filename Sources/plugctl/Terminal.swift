import Compatibility
import FoundationEssentials
import Glibc
import LinuxSystem

/// Where results and errors go: bytes to descriptors, unbuffered, so that what was said is out before anything else runs.
struct Terminal {
    /// Whether texts may hold colour: standard output is a terminal and NO_COLOR (https://no-color.org) is not set.
    let hasColour: Bool
    /// Whether a counter may come and go on standard error: a terminal as well, under the same conditions.
    let showsProgress: Bool

    init(environment: [String: String]) {
        let isPlain = !(environment["NO_COLOR"] ?? "").isEmpty || environment["TERM"] == "dumb"
        hasColour = isatty(STDOUT_FILENO) == 1 && !isPlain
        showsProgress = isatty(STDERR_FILENO) == 1 && !isPlain
    }

    /// Writes a text to standard output.
    ///
    /// - Throws: `CommandFailure` where the bytes are lost: a result that nobody can read is not done. A reader that has
    ///   gone away wanted no more, and is no failure.
    func say(_ text: String) throws(CommandFailure) {
        try say(bytes: Array(text.utf8))
    }

    /// Writes bytes to standard output as they are; on a terminal the line is ended, so that the prompt stands alone.
    func say(_ bytes: [UInt8]) throws(CommandFailure) {
        let newline = UInt8(ascii: "\n")
        let isOpenLine = isatty(STDOUT_FILENO) == 1 && bytes.last != newline
        try say(bytes: isOpenLine ? bytes + [newline] : bytes)
    }

    /// Writes a value as one line of JSON to standard output.
    func say(json value: some Encodable) throws {
        try say(try jsonText(value))
    }

    /// Writes a line to standard error.
    ///
    /// It may quote what a plugin or a path says: it stays one line, without control characters.
    func warn(_ line: String) {
        // Lost where nobody reads standard error: there is nobody left to tell.
        _ = write(Array((printable(line, limit: 1 << 16) + "\n").utf8), to: STDERR_FILENO)
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

    private func say(bytes: [UInt8]) throws(CommandFailure) {
        guard let error = write(bytes, to: STDOUT_FILENO), error.code != EPIPE else { return }
        throw CommandFailure(code: "system", message: error.description, exit: 1)
    }

    /// Writes all bytes; what went wrong, where something did.
    private func write(_ bytes: [UInt8], to descriptor: Int32) -> SystemError? {
        var rest = bytes[...]
        while !rest.isEmpty {
            // SAFETY: the slice's storage is borrowed for the call only.
            let count = unsafe rest.withUnsafeBytes { unsafe Glibc.write(descriptor, $0.baseAddress, $0.count) }
            if count > 0 { rest = rest.dropFirst(count) }
            let code = errno
            if count < 0 && code != EINTR { return SystemError("write to", on: "standard output", errno: code) }
        }
        return nil
    }
}

/// Takes the numbers 0 to 2 where the caller closed them, so that no file opened later is taken for a standard stream.
///
/// Each gets /dev/null the wrong way round: using it fails with EBADF, as using a closed descriptor does.
func reserveStandardDescriptors() {
    for (descriptor, flags) in [(STDIN_FILENO, O_WRONLY), (STDOUT_FILENO, O_RDONLY), (STDERR_FILENO, O_RDONLY)]
    where fcntl(descriptor, F_GETFD) < 0 {
        // The lowest free number is the one that was just found closed. Without /dev/null all stays as it was.
        _ = unsafe open("/dev/null", flags)
    }
}

/// A value as one line of JSON with sorted keys; `pretty` for people.
func jsonText(_ value: some Encodable, pretty: Bool = false) throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting =
        pretty ? [.sortedKeys, .withoutEscapingSlashes, .prettyPrinted] : [.sortedKeys, .withoutEscapingSlashes]
    return String(decoding: try encoder.encode(value), as: UTF8.self) + "\n"
}
