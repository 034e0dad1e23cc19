/// A file of the caller's repository that annotations are for.
struct AnnotatedFile {
    let path: String
    private let lines: [Substring]

    /// Words of a subject that name no identifier of C.
    private static let fillers: Set<Substring> = [
        "struct", "union", "enum", "member", "parameter", "result", "constant", "callback", "enumerator", "typedef",
    ]

    /// In bytes; a larger file is annotated as a whole.
    private static let limit = 4 << 20

    /// Reads the file where it is at hand.
    init(_ path: String) {
        self.path = path
        // A file that is not here, as one of another revision, is annotated as a whole.
        let text = (try? bytes(ofFile: path, limit: Self.limit)) ?? []
        lines = String(decoding: text, as: UTF8.self).split(separator: "\n", omittingEmptySubsequences: false)
    }

    /// For tests and texts at hand.
    init(_ path: String, text: String) {
        self.path = path
        lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    }

    /// The first line, from 1, that names what a finding is about: the member, else its struct.
    func line(naming subject: String) -> Int? {
        let words = subject.split(whereSeparator: { !Self.isWord($0) }).filter { word in
            !Self.fillers.contains(word) && !(word.first?.isNumber ?? true)
        }
        for word in words.reversed() {
            let line = lines.firstIndex { $0.split(whereSeparator: { !Self.isWord($0) }).contains(word) }
            if let line { return line + 1 }
        }
        return nil
    }

    private static func isWord(_ character: Character) -> Bool {
        character.isLetter || character.isNumber || character == "_"
    }
}
