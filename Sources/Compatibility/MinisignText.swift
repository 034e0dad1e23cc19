/// The lines of a minisign file: ended by a newline each, the last one maybe not.
enum MinisignText {
    /// The lines, if there are exactly `count`, each of printable UTF-8.
    static func lines(_ bytes: [UInt8], count: Int, limit: Int) throws(MinisignError) -> [ArraySlice<UInt8>] {
        guard bytes.count <= limit else { throw .init("it has \(bytes.count) bytes, the limit is \(limit)") }
        var lines = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        if lines.last?.isEmpty == true { lines.removeLast() }
        guard lines.count == count else { throw .init("it has \(lines.count) lines, expected \(count)") }
        for (index, line) in lines.enumerated() {
            guard String(validating: line, as: UTF8.self) != nil else {
                throw .init("line \(index + 1) is not UTF-8")
            }
            guard !line.contains(where: { ($0 < 0x20 && $0 != UInt8(ascii: "\t")) || $0 == 0x7f }) else {
                throw .init("line \(index + 1) holds control characters")
            }
        }
        return lines
    }

    /// What follows `prefix` in a line.
    static func rest(
        of line: ArraySlice<UInt8>, after prefix: String, number: Int
    ) throws(MinisignError) -> ArraySlice<UInt8> {
        guard line.starts(with: prefix.utf8) else {
            throw .init("line \(number) does not begin with \"\(prefix)\"")
        }
        return line.dropFirst(prefix.utf8.count)
    }

    /// The bytes of a base64 line.
    static func bytes(
        _ line: ArraySlice<UInt8>, count: Int, number: Int
    ) throws(MinisignError) -> [UInt8] {
        guard let bytes = Base64.decode(line) else { throw .init("line \(number) is no base64") }
        guard bytes.count == count else {
            throw .init("line \(number) has \(bytes.count) bytes as base64, expected \(count)")
        }
        return bytes
    }
}

/// Why a file is no minisign file, a clause about it.
package struct MinisignError: Error, Sendable, Equatable, CustomStringConvertible {
    package let description: String

    init(_ description: String) { self.description = description }
}

/// Names a key pair: 8 random bytes.
package struct MinisignKeyID: Sendable, Hashable, CustomStringConvertible {
    /// As they stand in key and signature.
    package let bytes: [UInt8]

    /// As minisign shows it: the bytes as a little-endian number in hexadecimal.
    package var description: String {
        bytes.reversed().map { ($0 < 16 ? "0" : "") + String($0, radix: 16, uppercase: true) }.joined()
    }
}
