/// What decides, beside the files themselves, where the dynamic linker looks for a library (ld.so(8)): fixed when the
/// process starts.
package struct LinkerEnvironment: Sendable, Equatable {
    /// The folders of LD_LIBRARY_PATH as it was when the process started, expanded.
    package var libraryPath: [String]
    /// The folders of the main program's DT_RPATH, expanded; empty where it has a DT_RUNPATH, which only serves itself.
    package var programPath: [String]
    /// The folders that are searched last, in order.
    package var defaultFolders: [String]
    /// Folders below each searched one that come before it, best first: "glibc-hwcaps/x86-64-v3".
    package var subfolders: [String]
    /// What `$LIB` stands for: "lib/x86_64-linux-gnu".
    package var library: String
    /// What `$PLATFORM` stands for: "x86_64".
    package var platform: String

    package init(
        libraryPath: [String] = [], programPath: [String] = [], defaultFolders: [String] = ["/lib", "/usr/lib"],
        subfolders: [String] = [], library: String = "lib", platform: String = "x86_64"
    ) {
        self.libraryPath = libraryPath
        self.programPath = programPath
        self.defaultFolders = defaultFolders
        self.subfolders = subfolders
        self.library = library
        self.platform = platform
    }

    /// Of a path after expansion, in bytes: PATH_MAX.
    static let pathLimit = 4096

    /// Replaces the tokens `$ORIGIN`, `$LIB` and `$PLATFORM`, with or without braces; other dollars stay as they are.
    ///
    /// - Parameter origin: the folder of the object whose text it is.
    /// - Returns: `nil` where the text needs an origin and has none, or grows beyond a path's limit.
    package func expand(_ text: String, origin: String?) -> String? {
        guard text.utf8.contains(UInt8(ascii: "$")) else { return text.utf8.count < Self.pathLimit ? text : nil }
        var result = ""
        var rest = Substring(text)
        while let dollar = rest.firstIndex(of: "$") {
            result += rest[..<dollar]
            rest = rest[rest.index(after: dollar)...]
            guard let (token, end) = Self.token(rest) else {
                result += "$"
                continue
            }
            switch token {
            case "ORIGIN":
                guard let origin else { return nil }
                result += origin
            case "LIB": result += library
            default: result += platform
            }
            rest = rest[end...]
            guard result.utf8.count < Self.pathLimit else { return nil }
        }
        result += rest
        return result.utf8.count < Self.pathLimit ? result : nil
    }

    /// The folders of a search path, in order, without trailing slashes; an empty element is the working folder.
    ///
    /// - Parameter separators: ":" in the dynamic section, also ";" in LD_LIBRARY_PATH.
    package static func split(_ path: String, separators: String = ":") -> [String] {
        // By bytes, as the dynamic linker does: a mark behind a separator makes one letter of both.
        path.utf8.split(omittingEmptySubsequences: false) { separators.utf8.contains($0) }.prefix(1024).map { element in
            guard !element.isEmpty else { return "." }
            let slashes = element.reversed().prefix { $0 == UInt8(ascii: "/") }.count
            let trimmed = element.dropLast(slashes)
            return trimmed.isEmpty ? "/" : String(Substring(trimmed))
        }
    }

    /// Whether a text has `$ORIGIN` in it and leads elsewhere than beneath it: by `..`, by more letters behind the token, by
    /// anything before it, or by a second one.
    ///
    /// Counts the names that are written, so what only passes through a folder of its own stays inside.
    ///
    /// - Parameter depth: how many folders below the outermost one that may be searched the text's origin lies.
    package static func leavesOrigin(_ text: String, depth: Int = 0) -> Bool {
        guard let (start, end) = origin(in: text[...]) else { return false }
        guard start == text.startIndex, origin(in: text[end...]) == nil else { return true }
        let names = text[end...].utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
            .map { String(Substring($0)) }
        var depth = names.first?.isEmpty ?? true ? depth : -1
        for name in names.dropFirst() where depth >= 0 && !name.isEmpty && name != "." {
            depth += name == ".." ? -1 : 1
        }
        return depth < 0
    }

    /// Whether a text has `$ORIGIN` in it.
    package static func namesOrigin(_ text: String) -> Bool { origin(in: text[...]) != nil }

    /// Where the first `$ORIGIN` begins and ends.
    private static func origin(in text: Substring) -> (Substring.Index, Substring.Index)? {
        var rest = text
        while let dollar = rest.firstIndex(of: "$") {
            rest = rest[rest.index(after: dollar)...]
            if let (token, end) = token(rest), token == "ORIGIN" { return (dollar, end) }
        }
        return nil
    }

    /// The token behind a dollar and where it ends; `nil` where there is none.
    private static func token(_ text: Substring) -> (String, Substring.Index)? {
        let isBraced = text.first == "{"
        let name = isBraced ? text.dropFirst() : text
        for token in ["ORIGIN", "LIB", "PLATFORM"] where name.hasPrefix(token) {
            let end = name.index(name.startIndex, offsetBy: token.count)
            let next = end < name.endIndex ? name[end] : nil
            if isBraced {
                if next == "}" { return (token, name.index(after: end)) }
            } else if next.map({ !($0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_")) }) ?? true {
                return (token, end)
            }
        }
        return nil
    }
}
