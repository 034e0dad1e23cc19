/// What built a plugin, as its manifest's `toolchain` line says: `swift 6.3.1`, `clang 21.0.0 (https://…)`, `gcc 12.2.0`.
package struct Toolchain: Sendable, Hashable, Codable {
    /// The first word in lower case: `swift`, `clang`, `gcc`, or whatever else was written.
    package var compiler: String
    /// The rest; empty where there is none.
    package var version: String

    /// Takes a line's value apart at its first blank.
    package init(_ text: String) {
        let words = text.split(separator: " ", maxSplits: 1)
        compiler = words.first?.lowercased() ?? ""
        version = words.count > 1 ? String(words[1]) : ""
    }

    /// Whether the Swift compiler made the image.
    package var isSwift: Bool { compiler == "swift" }
}

extension Toolchain: CustomStringConvertible {
    /// The line's value.
    package var description: String { version.isEmpty ? compiler : "\(compiler) \(version)" }
}
