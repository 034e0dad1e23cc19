import CPluginABI
import Compatibility

/// A plugin's complete manifest: what the author wrote, checked, and the two lines that no author writes by hand.
struct ManifestText {
    /// The note's text, without its terminating NUL.
    let bytes: [UInt8]

    /// The most bytes that a manifest in a note may have, its NUL included.
    static let limit = Int(SWB_MANIFEST_LIMIT)

    /// What is wrong with the author's text, and in which line (from 1).
    struct Complaint: Error {
        let line: Int
        let sentence: String
    }

    /// Completes the author's text, or says what is wrong with it.
    init(authorText: [UInt8]) throws(Complaint) {
        guard let author = String(validating: authorText, as: UTF8.self) else {
            throw Complaint(line: 1, sentence: "the manifest is not UTF-8")
        }
        try Self.refuseFilledInKeys(in: author)
        let lineEnd = author.isEmpty || author.hasSuffix("\n") ? "" : "\n"
        let complete =
            author + lineEnd + """
            abi = \(SWB_ABI_MAJOR).\(SWB_ABI_MINOR)
            toolchain = swift \(SwiftToolchain.compilerVersion)

            """
        bytes = Array(complete.utf8)
        guard bytes.count < Self.limit else {
            throw Complaint(line: 1, sentence: "the manifest has more than \(Self.limit) bytes")
        }
    }

    /// What the build states as a fact must not be the author's guess.
    private static func refuseFilledInKeys(in author: String) throws(Complaint) {
        for (index, line) in author.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
            let key = line.prefix { $0 != "=" && $0 != " " && $0 != "\t" }
            if line.contains("="), key == "abi" || key == "toolchain" {
                throw Complaint(line: index + 1, sentence: "'\(key)' is filled in by the build: delete this line")
            }
        }
    }
}
