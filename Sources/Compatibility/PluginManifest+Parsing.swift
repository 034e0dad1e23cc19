extension PluginManifest {
    /// Reads a manifest of at most `limit` bytes: UTF-8, `key = value` lines, `#` starts a comment line, blank lines
    /// are fine, NUL bytes at the end are padding.
    ///
    /// `abi` and `toolchain` may be missing, so an author's text can be checked before they are filled in.
    /// Throws at the first line that is wrong. Cost: one pass over the bytes.
    package init(parsing bytes: [UInt8], limit: Int = PluginManifest.noteLimit) throws(ManifestError) {
        try self.init(bytes, limit: limit, of: ManifestDraft())
    }

    /// Reads the manifest of a foreign library, which states neither an ABI nor a toolchain: it speaks no lifecycle.
    package init(parsingSidecar bytes: [UInt8]) throws(ManifestError) {
        try self.init(bytes, limit: Self.sidecarLimit, of: ManifestDraft(isSidecar: true))
    }

    private init(_ bytes: [UInt8], limit: Int, of draft: ManifestDraft) throws(ManifestError) {
        guard bytes.count <= limit else {
            throw ManifestError(
                line: nil, problem: "the manifest has \(bytes.count) bytes, the limit is \(limit)",
                remedy: "shorten it")
        }
        let end = bytes.lastIndex { $0 != 0 }.map { $0 + 1 } ?? 0
        var draft = draft
        draft.reserve(lines: bytes[..<end].count { $0 == UInt8(ascii: "\n") } + 1)
        try KeyValueLine.forEach(in: bytes[..<end]) { line throws(LineError) in try draft.take(line) }
        self = try draft.finished()
    }

    /// Reads a manifest from a text.
    package init(parsing text: String, limit: Int = PluginManifest.noteLimit) throws(ManifestError) {
        try self.init(parsing: Array(text.utf8), limit: limit)
    }

    /// Whether `text` may name a plugin; it can then stand in a file name and in `NAME@VERSION`.
    package static func isName(_ text: String) -> Bool {
        guard let first = text.utf8.first, text.utf8.count <= nameLimit else { return false }
        return isLetterOrDigit(first) && text.utf8.allSatisfy { isLetterOrDigit($0) || "._-".utf8.contains($0) }
    }

    /// Whether `text` is a C identifier of bearable length.
    package static func isSymbol(_ text: String) -> Bool {
        guard let first = text.utf8.first, text.utf8.count <= symbolLimit else { return false }
        let underscore = UInt8(ascii: "_")
        return !VersionScanner.isDigit(first) && text.utf8.allSatisfy { isLetterOrDigit($0) || $0 == underscore }
    }

    private static func isLetterOrDigit(_ byte: UInt8) -> Bool {
        VersionScanner.isDigit(byte) || UInt8(ascii: "a")...UInt8(ascii: "z") ~= byte
            || UInt8(ascii: "A")...UInt8(ascii: "Z") ~= byte
    }
}
