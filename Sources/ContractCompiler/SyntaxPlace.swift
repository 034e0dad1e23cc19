/// Where in the sources something stands.
struct SyntaxPlace: Hashable, Sendable {
    /// The file that was read, as clang calls it: its name as it was included.
    var source: String
    /// The same, or what #line says in its place.
    var file: String
    var line: Int
    var column: Int

    /// "greeter.h:3:9", as clang calls what has no name.
    var text: String { "\(file):\(line):\(column)" }
}

/// What the places of one syntax tree share: clang writes file and line only where they differ from those of the place
/// before, in the order of its output.
///
/// Made for one decoding, which is on one thread: `@unchecked` because a decoder's user information must be `Sendable`.
final class SyntaxPlaces: @unchecked Sendable {
    fileprivate var file = ""
    fileprivate var line = 0
    fileprivate var presumedFile = ""
    fileprivate var presumedLine = 0

    /// Where a decoder of syntax nodes keeps it.
    static let key = CodingUserInfoKey(rawValue: "places")
}

extension SyntaxPlace: Decodable {
    enum RangeKeys: String, CodingKey {
        case begin, end
    }

    private enum Keys: String, CodingKey {
        case file, line, col, presumedFile, presumedLine, spellingLoc, expansionLoc
    }

    /// Of what a macro made, the place where the macro is used: that is also what an error message shows.
    init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: Keys.self)
        if container.contains(.expansionLoc) {
            _ = try container.decodeIfPresent(SyntaxPlace.self, forKey: .spellingLoc)
            self = try container.decode(SyntaxPlace.self, forKey: .expansionLoc)
            return
        }
        guard let places = SyntaxPlaces.key.flatMap({ decoder.userInfo[$0] }) as? SyntaxPlaces else {
            throw DecodingError.dataCorrupted(
                DecodingError.Context(codingPath: decoder.codingPath, debugDescription: "places are missing"))
        }
        guard let column = try container.decodeIfPresent(Int.self, forKey: .col) else {
            // What the compiler made up stands nowhere.
            (source, file, line, column) = ("", "", 0, 0)
            return
        }
        self.column = column
        // #line lets a place pretend to be another; what is not said is as the place really is, or as it was before.
        let isPretending = places.presumedFile != places.file
        let newFile = try container.decodeIfPresent(String.self, forKey: .file)
        let newLine = try container.decodeIfPresent(Int.self, forKey: .line)
        let shift = places.presumedLine - places.line
        if let newFile { places.file = newFile }
        if let newLine { places.line = newLine }
        places.presumedFile =
            try container.decodeIfPresent(String.self, forKey: .presumedFile)
            ?? (isPretending && newFile == nil ? places.presumedFile : places.file)
        places.presumedLine =
            try container.decodeIfPresent(Int.self, forKey: .presumedLine)
            ?? (newFile == nil ? places.line + shift : places.line)
        source = places.file
        file = places.presumedFile
        line = places.presumedLine
    }

    /// Whether it is a place of the sources at all.
    var isReal: Bool { column > 0 }
}
