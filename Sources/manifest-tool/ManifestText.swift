import CPluginABI
import Compatibility

/// A plugin's complete manifest: what the author wrote, checked, and the two lines that no author writes by hand.
struct ManifestText {
    /// The note's text, without its terminating NUL.
    let bytes: [UInt8]
    /// The author's lines that mean nothing to a host of this ABI: mistyped keys, mostly.
    let unknown: [PluginManifest.UnknownLine]

    /// What is wrong with the author's text, and in which line (from 1).
    struct Complaint: Error {
        let line: Int
        let sentence: String
    }

    /// Completes the author's text, or says what is wrong with it: the grammar, the version (which a host leaves to a
    /// gate), and what only the build may state.
    init(author: [UInt8]) throws(Complaint) {
        let written = try Self.parsed(author)
        do throws(SemanticVersionError) {
            _ = try SemanticVersion(written.version)
        } catch {
            throw Complaint(line: Self.line(of: "version", in: author), sentence: "\(error)")
        }
        for (key, isWritten) in [("abi", written.abi != nil), ("toolchain", written.toolchain != nil)] where isWritten {
            throw Complaint(
                line: Self.line(of: key, in: author), sentence: "\(key) is filled in by the build: delete the line")
        }
        let filledIn = """
            abi = \(SWB_ABI_MAJOR).\(SWB_ABI_MINOR)
            toolchain = swift \(SwiftToolchain.compilerVersion)

            """
        let lineEnd = author.last == UInt8(ascii: "\n") ? "" : "\n"
        bytes = author + Array((lineEnd + filledIn).utf8)
        unknown = try Self.parsed(bytes).unknown
    }

    /// Reads a text as a host would, with one byte to spare: what the note may hold includes a terminating NUL.
    private static func parsed(_ text: [UInt8]) throws(Complaint) -> PluginManifest {
        do throws(ManifestError) {
            return try PluginManifest(parsing: text, limit: PluginManifest.noteLimit - 1)
        } catch {
            throw Complaint(line: error.line ?? 1, sentence: "\(error.problem): \(error.remedy)")
        }
    }

    /// The number of the line that gives `key`, which the parser has seen.
    private static func line(of key: String, in author: [UInt8]) -> Int {
        let lines = author.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        let index = lines.firstIndex { line in
            let text = line.drop { " \t".utf8.contains($0) }
            let behind = text.dropFirst(key.utf8.count).first
            return text.starts(with: key.utf8) && behind.map(" \t=".utf8.contains) == true
        }
        return (index ?? 0) + 1
    }
}
