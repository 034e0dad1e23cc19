/// What a file is that has no readable ELF header: told by its first bytes, for somebody who named it by mistake.
///
/// Names are enough for a sentence, and nothing is read beyond the first 4 KiB: whoever wants to know more has file(1).
package enum OtherFile: Error, Sendable, Equatable {
    /// No byte at all.
    case empty
    /// It begins as an ELF file and ends within the header.
    case cutShort(size: Int)
    /// Object files in one (ar(1)); a thin one holds only their names.
    case archive(isThin: Bool)
    /// What a compiler writes that leaves the code to the linker.
    case bitcode
    /// A text that tells the linker which libraries to take; the first of them by its file's name, where it names one.
    case linkerScript(library: String?)
    /// A text that a program runs ("#!").
    case script(interpreter: String)
    /// Files in one, or one made smaller: "a gzip file".
    case packed(String)
    /// A program or library of other systems: "a Mach-O file, as macOS has them".
    case foreign(String)
    /// Any other text, by its first line.
    case text(firstLine: String)
    /// None of these, by its first four bytes in hex digits.
    case unknown(start: String)
}

extension OtherFile: CustomStringConvertible {
    /// A noun with an article: "a static library, an archive of object files".
    package var description: String {
        switch self {
        case .empty: "an empty file"
        case .cutShort(let size): "\(size) bytes of an ELF file, whose header alone has \(ELFHeader.size)"
        case .archive(isThin: false): "a static library, an archive of object files"
        case .archive(isThin: true): "a thin archive, a list of object files that lie elsewhere"
        case .bitcode: "LLVM bitcode, which clang -flto leaves to the linker"
        case .linkerScript(nil): "a linker script, a text that tells the linker what to link"
        case .linkerScript(let library?): "a linker script, a text that leads the linker to \(library)"
        case .script(let interpreter): "a script for \(interpreter)"
        case .packed(let kind), .foreign(let kind): kind
        case .text(let line): "a text that begins \"\(line)\""
        case .unknown(let start): "a file of unknown kind, which begins with the bytes \(start) and not with 7f454c46"
        }
    }
}

extension OtherFile {
    /// Looks at the first bytes of a file that is not ELF.
    static func of(_ bytes: RawSpan) -> OtherFile {
        guard bytes.byteCount > 0 else { return .empty }
        let start = bytes.copy(0..<min(bytes.byteCount, textLimit))
        if let known = marks.first(where: { start.dropFirst($0.offset).starts(with: $0.bytes) }) { return known.kind }
        // A Java class begins as a Mach-O file for several processors: with a version where that has a small count.
        if start.starts(with: [0xca, 0xfe, 0xba, 0xbe, 0, 0, 0]), start.count > 7, start[7] < 40 { return machO }
        return text(start)
            ?? .unknown(start: start.prefix(4).map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined())
    }

    private static let textLimit = 4096
    private static let machO = OtherFile.foreign("a Mach-O file, as macOS has them")

    private struct Mark: Sendable {
        let bytes: [UInt8]
        var offset = 0
        let kind: OtherFile

        init(_ text: StaticString, at offset: Int = 0, _ kind: OtherFile) {
            self.init(Array("\(text)".utf8), at: offset, kind)
        }

        init(_ bytes: [UInt8], at offset: Int = 0, _ kind: OtherFile) {
            self.bytes = bytes
            self.offset = offset
            self.kind = kind
        }
    }

    /// What files of a kind begin with (magic(5)); the longer of two that share a beginning comes first.
    private static let marks: [Mark] = [
        Mark("!<arch>\ndebian-binary", .packed("a Debian package")),
        Mark("!<arch>\n", .archive(isThin: false)),
        Mark("!<thin>\n", .archive(isThin: true)),
        Mark([0x42, 0x43, 0xc0, 0xde], .bitcode),
        Mark([0xde, 0xc0, 0x17, 0x0b], .bitcode),
        Mark([0x1f, 0x8b], .packed("a gzip file")),
        Mark([0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00], .packed("an xz file")),
        Mark([0x28, 0xb5, 0x2f, 0xfd], .packed("a Zstandard file")),
        Mark("BZh", .packed("a bzip2 file")),
        Mark([0x50, 0x4b, 0x03, 0x04], .packed("a zip file")),
        Mark([0xed, 0xab, 0xee, 0xdb], .packed("an RPM package")),
        Mark("ustar", at: 257, .packed("a tar archive")),
        Mark([0xcf, 0xfa, 0xed, 0xfe], machO),
        Mark([0xce, 0xfa, 0xed, 0xfe], machO),
        Mark("MZ", .foreign("a program or library for Windows")),
        Mark([0x00, 0x61, 0x73, 0x6d], .foreign("a WebAssembly module")),
    ]
}

// Texts.
extension OtherFile {
    /// - Parameter start: the file's first bytes, not all of them where it is longer than `textLimit`.
    private static func text(_ start: [UInt8]) -> OtherFile? {
        // A character that the limit cuts in two is no reason to take the file for something else.
        let isCut = start.count == textLimit
        let ends = isCut ? 0...3 : 0...0
        guard let text = ends.lazy.compactMap({ String(validating: start.dropLast($0), as: UTF8.self) }).first,
            text.unicodeScalars.allSatisfy({
                $0.value >= 0x20 && $0.value != 0x7f || "\t\n\r\u{c}".unicodeScalars.contains($0)
            })
        else { return nil }
        let lines = text.split(whereSeparator: \.isNewline).lazy.map(trimmed)
        let firstLine = lines.first { !$0.isEmpty } ?? ""
        if text.hasPrefix("#!") { return .script(interpreter: shown(firstLine.dropFirst(2))) }
        return linkerScript(text) ?? .text(firstLine: shown(firstLine))
    }

    /// A script of the linker's (ld(1), "Scripts") begins, after its comments, with a command and a parenthesis.
    private static func linkerScript(_ text: String) -> OtherFile? {
        let words = uncommented(text).split { $0.isWhitespace || "(),;".contains($0) }.map(String.init)
        guard let command = words.first, commands.contains(command) else { return nil }
        let library = words.first { word in
            let name = word.split(separator: "/").last ?? ""
            return !word.hasPrefix("-") && (name.hasSuffix(".so") || name.contains(".so."))
        }
        return .linkerScript(library: library.map { shown(Substring($0)) })
    }

    private static let commands: Set<String> = [
        "GROUP", "INPUT", "OUTPUT_FORMAT", "OUTPUT_ARCH", "OUTPUT", "SEARCH_DIR", "ENTRY", "SECTIONS", "PHDRS",
    ]

    private static func uncommented(_ text: String) -> String {
        var result = ""
        var rest = text[...]
        while let start = rest.firstRange(of: "/*") {
            result += rest[..<start.lowerBound] + " "
            guard let end = rest[start.upperBound...].firstRange(of: "*/") else { return result }
            rest = rest[end.upperBound...]
        }
        return result + rest
    }

    private static func trimmed(_ line: Substring) -> Substring {
        let start = line.drop(while: \.isWhitespace)
        return start.lastIndex { !$0.isWhitespace }.map { start[...$0] } ?? ""
    }

    /// Few enough characters for a sentence.
    private static func shown(_ text: Substring) -> String {
        let text = trimmed(text)
        let limit = 80
        return text.unicodeScalars.count <= limit ? String(text) : String(text.unicodeScalars.prefix(limit)) + "…"
    }
}
