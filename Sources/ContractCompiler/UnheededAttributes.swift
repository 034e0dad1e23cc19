/// Attributes of a header that clang does not heed, found in its warnings: another compiler may lay a struct out by them,
/// and nothing in clang's answers would show it.
enum UnheededAttributes {
    /// The options that make clang tell.
    static let warnings = ["-Wunknown-attributes", "-Wignored-attributes", "-Wunknown-pragmas"]

    /// What stands in the way of a contract, a line each: "greeter.h:3:24: unknown attribute 'hardbool' ignored".
    static func lines(in text: [UInt8]) -> [String] {
        let lines = String(decoding: text, as: UTF8.self).split(separator: "\n", omittingEmptySubsequences: false)
        return lines.indices.compactMap { index in
            let line = lines[index]
            guard let mark = line.firstRange(of: " warning: ") else { return nil }
            let words = line[mark.upperBound...]
            let name = words.split(separator: "'", maxSplits: 2, omittingEmptySubsequences: false).dropFirst().first
            let drawn = index + 1 < lines.count ? lines[index + 1] : ""
            let matters =
                if words.hasSuffix("[-Wunknown-attributes]") {
                    !harmless.contains(plain(name ?? ""))
                } else if words.hasSuffix("[-Wignored-attributes]") {
                    words.split { !($0.isLetter || $0 == "_") }.contains { weighty.contains(plain($0)) }
                } else {
                    // The warning does not name it; the line that clang draws below does.
                    words.hasSuffix("[-Wunknown-pragmas]") && drawn.contains("scalar_storage_order")
                }
            guard matters, let bracket = words.lastIndex(of: "[") else { return nil }
            let what = words[..<bracket].dropLast()
            return "\(line[..<mark.lowerBound]) \(what)"
        }
    }

    /// `access` of `gnu::access` and of `__access__`.
    private static func plain(_ name: Substring) -> String {
        let last = name.split(separator: ":").last ?? name
        return String(
            last.hasPrefix("__") && last.hasSuffix("__") && last.count > 4 ? last.dropFirst(2).dropLast(2) : last)
    }

    /// Those of gcc that change neither a layout nor a call: what they say is for checks, or about a function's body.
    private static let harmless: Set = [
        "access", "designated_init", "externally_visible", "fd_arg", "fd_arg_read", "fd_arg_write", "no_icf",
        "no_reorder", "noclone", "noipa", "nonstring", "null_terminated_string_arg", "optimize", "stack_protect",
        "strict_flex_array", "symver", "tainted_args", "uninitialized", "warn_if_not_aligned",
    ]

    /// Those that clang knows and passes over where it sees no use for them, and that change a layout or a call elsewhere.
    private static let weighty: Set = [
        "aligned", "gcc_struct", "mode", "ms_struct", "transparent_union", "vector_size",
    ]
}
