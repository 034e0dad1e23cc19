/// A manifest while its lines are read.
struct ManifestDraft {
    /// The keys that mean something to this host.
    static let keys = [
        "name", "version", "export", "requires", "provides", "schema", "state", "unload", "abi", "toolchain",
    ]

    /// Whether the text stands beside a foreign library, and not in a plugin.
    private let isSidecar: Bool
    /// Values of keys that may stand once, with the line that gave them.
    private var single: [String: (line: Int, value: String)] = [:]
    private var exports: [PluginManifest.Export] = []
    private var symbols: Set<String> = []
    private var requires: [PluginManifest.NamedRange] = []
    private var provides: [PluginManifest.NamedRange] = []
    private var schema: UInt32?
    private var abi: ABIVersion?
    private var unknown: [PluginManifest.UnknownLine] = []

    init(isSidecar: Bool = false) {
        self.isSidecar = isSidecar
    }

    /// Makes room for so many lines, which may all be exports.
    mutating func reserve(lines: Int) {
        let count = min(lines, PluginManifest.exportLimit)
        exports.reserveCapacity(count)
        symbols.reserveCapacity(count)
    }

    /// Takes one line.
    mutating func take(_ line: KeyValueLine) throws(ManifestError) {
        try take(line.key, line.value, line.number)
    }

    private mutating func take(_ key: String, _ value: String, _ line: Int) throws(ManifestError) {
        switch key {
        case "export": try takeExport(value, line)
        case "requires": try Self.take(value, as: key, line, into: &requires)
        case "provides": try Self.take(value, as: key, line, into: &provides)
        case "name", "version", "schema", "state", "unload", "abi", "toolchain": try takeSingle(key, value, line)
        default:
            guard unknown.count < PluginManifest.lineLimit else {
                throw ManifestError(
                    line: line, problem: "more than \(PluginManifest.lineLimit) unknown keys",
                    remedy: "drop what no host reads")
            }
            unknown.append(.init(line: line, key: key, value: value))
        }
    }

    private mutating func takeSingle(_ key: String, _ value: String, _ line: Int) throws(ManifestError) {
        if isSidecar, key == "abi" || key == "toolchain" {
            throw ManifestError(
                line: line, problem: "\(key) stands beside a foreign library, which speaks no ABI of ours",
                remedy: "drop the line")
        }
        if let first = single[key] {
            let isFilledIn = key == "abi" || key == "toolchain"
            throw ManifestError(
                line: line, problem: "\(key) is given twice, first in line \(first.line)",
                remedy: isFilledIn ? "leave it out, it is filled in by the macro or the tool" : "keep one of them")
        }
        single[key] = (line, value)
        switch key {
        case "name":
            guard PluginManifest.isName(value) else { throw Self.nameError(value, line) }
        case "schema":
            schema = UInt32(value)
            guard value.utf8.allSatisfy(VersionScanner.isDigit), schema != nil else {
                throw Self.refused(key, value, line, remedy: "write a number from 0 to \(UInt32.max)")
            }
        case "state":
            guard value == "live-ok" else {
                throw Self.refused(key, value, line, remedy: "write state = live-ok, or drop the line")
            }
        case "unload":
            guard value == "clean" else {
                throw Self.refused(key, value, line, remedy: "write unload = clean, or drop the line")
            }
        case "abi":
            abi = ABIVersion(value)
            guard abi != nil else {
                throw Self.refused(
                    key, value, line, remedy: "leave the line out, it is filled in by the macro or the tool")
            }
        default: break
        }
    }

    private mutating func takeExport(_ value: String, _ line: Int) throws(ManifestError) {
        let (symbol, rest) = Self.firstWord(of: value)
        guard PluginManifest.isSymbol(symbol) else {
            throw ManifestError(
                line: line, problem: "\"\(printable(symbol, limit: 80))\" is no C identifier",
                remedy:
                    "write export = symbol, with at most \(PluginManifest.symbolLimit) letters, digits and underscores")
        }
        let type = rest.flatMap { PluginManifest.ExportType($0) }
        guard rest == nil || type != nil else {
            let words = (rest ?? "").split { $0 == " " || $0 == "\t" }.joined(separator: " ")
            throw ManifestError(
                line: line, problem: "\"\(printable(words, limit: 80))\" is no type of an export",
                remedy: "write export = \(symbol), export = \(symbol) message, or the contract's 16 hex digits")
        }
        // Few names begin like those, and comparing costs less than a look-up.
        guard !symbol.hasPrefix("swb_") || !PluginManifest.lifecycleSymbols.contains(symbol) else {
            throw ManifestError(
                line: line, problem: "\(symbol) is a lifecycle function",
                remedy: "drop the line, the host finds it by its name")
        }
        guard symbols.insert(symbol).inserted else {
            throw ManifestError(line: line, problem: "\(symbol) is exported twice", remedy: "keep one of them")
        }
        guard exports.count < PluginManifest.exportLimit else {
            throw ManifestError(
                line: line, problem: "more than \(PluginManifest.exportLimit) exports", remedy: "divide the plugin")
        }
        exports.append(.init(symbol: symbol, type: type))
    }

    private static func take(
        _ value: String, as key: String, _ line: Int, into list: inout [PluginManifest.NamedRange]
    ) throws(ManifestError) {
        let (name, rest) = firstWord(of: value)
        guard PluginManifest.isName(name) else { throw nameError(name, line) }
        guard let rest else {
            throw ManifestError(
                line: line, problem: "\(name) has no range", remedy: "write \(key) = \(name) ^1.0, or * for any version"
            )
        }
        let range: VersionRange
        do {
            range = try VersionRange(rest)
        } catch {
            throw ManifestError(line: line, problem: error.description, remedy: "write \(key) = \(name) ^1.0 for one")
        }
        guard !list.contains(where: { $0.name == name }) else {
            throw ManifestError(
                line: line, problem: "\(key) names \(name) twice", remedy: "write one line with both ranges")
        }
        guard list.count < PluginManifest.lineLimit else {
            throw ManifestError(
                line: line, problem: "more than \(PluginManifest.lineLimit) lines of \(key)",
                remedy: "divide the plugin")
        }
        list.append(.init(name: name, range: range))
    }

    /// The part of a value before its first blanks, and the part behind them; `nil` where it has none.
    private static func firstWord(of value: String) -> (word: String, rest: String?) {
        func isBlank(_ byte: UInt8) -> Bool { byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") }
        guard let end = value.utf8.firstIndex(where: isBlank) else { return (value, nil) }
        return (String(value[..<end]), String(value[end...].utf8.drop(while: isBlank)))
    }

    /// The manifest, once all lines are read.
    func finished() throws(ManifestError) -> PluginManifest {
        guard let name = single["name"]?.value else {
            throw ManifestError(line: nil, problem: "no name is given", remedy: "add name = your-plugin")
        }
        guard let version = single["version"]?.value else {
            throw ManifestError(line: nil, problem: "no version is given", remedy: "add version = 1.0.0")
        }
        return PluginManifest(
            name: name, version: version, exports: exports, requires: requires, provides: provides, schema: schema,
            savesStateWhileServing: single["state"] != nil, vouchesForUnload: single["unload"] != nil, abi: abi,
            toolchain: (single["toolchain"]?.value).map(Toolchain.init), unknown: unknown)
    }

    private static func nameError(_ name: String, _ line: Int) -> ManifestError {
        ManifestError(
            line: line, problem: "\"\(printable(name, limit: 80))\" is no name of a plugin",
            remedy: "write 1 to \(PluginManifest.nameLimit) letters, digits and ._- that start with a letter or a digit"
        )
    }

    private static func refused(_ key: String, _ value: String, _ line: Int, remedy: String) -> ManifestError {
        ManifestError(line: line, problem: "\(key) cannot be \"\(printable(value, limit: 80))\"", remedy: remedy)
    }
}
