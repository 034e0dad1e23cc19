import Compatibility

extension Contract {
    /// A C header for both sides of the contract: a macro with the type of each export, for manifests and for hosts, and
    /// static assertions of all layouts and of the scalar types that options of a compiler change.
    ///
    /// A plugin that includes it and is compiled with other such options than the contract does not compile. It
    /// includes the contract's header itself, compiles as C11 and as C++17, and expects an LP64 target.
    package var typeHeader: String { TypeHeader(self).text }
}

/// Writes the header, line by line.
private struct TypeHeader {
    private let contract: Contract
    /// The contract's header as it may stand in a string and in a comment.
    private let header: String
    /// What the names of all macros begin with: `GREETER`.
    private let prefix: String
    private var lines: [String] = []

    init(_ contract: Contract) {
        self.contract = contract
        let header = String(contract.header.map { "\"\\/\n".contains($0) ? "_" : $0 })
        self.header = header
        let base = header.lastIndex(of: ".").map { header[..<$0] } ?? header[...]
        prefix = Self.macroName(base.isEmpty ? header[...] : base)
        write()
    }

    var text: String { lines.joined(separator: "\n") + "\n" }

    /// In upper case, with `_` for what no macro may be called.
    private static func macroName(_ text: Substring) -> String {
        let name = String(text.uppercased().map { $0.isASCII && ($0.isLetter || $0.isNumber) ? $0 : "_" })
        return name.first?.isNumber ?? true ? "_" + name : name
    }

    private mutating func write() {
        lines += [
            "/* What host and plugin agree on in \(header), for \(contract.target).",
            " * Written by plugctl contract digest --header; write it anew when \(header) changes, and edit nothing here. */",
            "#ifndef \(prefix)_TYPES_H", "#define \(prefix)_TYPES_H", "", "#include <stddef.h>",
            "#include \"\(header)\"",
            "",
        ]
        writeExports()
        lines += [
            "/* Static assertions of C11 and C++17 alike. */", "#ifdef __cplusplus",
            "#define \(prefix)_TYPES_ASSERT(condition, what) static_assert(condition, what \(prefix)_TYPES_REMEDY)",
            "#define \(prefix)_TYPES_ALIGNOF(type) alignof(type)",
            "#define \(prefix)_TYPES_IS(type, name, value) (type::name == static_cast<decltype(type::name)>(value))",
            "#else",
            "#define \(prefix)_TYPES_ASSERT(condition, what) _Static_assert(condition, what \(prefix)_TYPES_REMEDY)",
            "#define \(prefix)_TYPES_ALIGNOF(type) _Alignof(type)",
            "#define \(prefix)_TYPES_IS(type, name, value) (name == (value))", "#endif",
            "#define \(prefix)_TYPES_REMEDY \\",
            "  \" differs from the contract in \(header): build without -fpack-struct, -fshort-enums, #pragma pack and \" \\",
            "  \"options that change char, wchar_t or long double, for \" \\",
            "  \"\(contract.target); or write this file anew with plugctl contract digest --header, if \(header) changed\"",
        ]
        let scalars = ReachedScalars(contract).conditions.map { assertion($0.condition, $0.what) }
        if !scalars.isEmpty { lines += [""] + scalars }
        for (name, definition) in contract.types.sorted(by: { $0.key < $1.key }) {
            let inC = assertions(of: definition, name.description, scope: "")
            guard !inC.isEmpty else { continue }
            lines.append("")
            let scope = scope(of: name)
            if !scope.isEmpty {
                let word = name.kind == .typedef ? "" : "\(name.kind.rawValue) "
                let inCPlusPlus = "\(word)\(scope)\(name.name)"
                lines.append("#ifdef __cplusplus")
                lines += assertions(of: definition, inCPlusPlus, scope: scope)
                lines += ["#else"] + inC + ["#endif"]
            } else {
                lines += inC
            }
        }
        lines += ["", "#endif"]
    }

    /// What C++ puts in front of a name that is declared inside others: `outer::inner::`.
    private func scope(of name: TypeName) -> String {
        var scope = ""
        var name = name
        var seen: Set<TypeName> = [name]
        while let outer = contract.nested[name], seen.insert(outer).inserted {
            scope = "\(outer.name)::\(scope)"
            name = outer
        }
        return scope
    }

    private mutating func writeExports() {
        let types = contract.exportTypes
        let symbols = types.keys.filter { PluginManifest.isSymbol($0) }.sorted()
        let folded = Dictionary(grouping: symbols) { $0.uppercased() }
        // `GREETER_GREET_TYPE`; of symbols that differ in their case alone each keeps its own.
        let macros = symbols.map { symbol in
            let upper = symbol.uppercased()
            return "\(prefix)_\(folded[upper]?.count == 1 ? upper : symbol)_TYPE"
        }
        guard let symbol = symbols.first, let macro = macros.first else { return }
        lines += [
            "/* The types of the exports: in a manifest \"export = \(symbol) \" \(macro) \"\\n\", in a Swift host",
            " * Export(\"\(symbol)\", as: ..., type: \(macro)). */",
        ]
        lines += zip(symbols, macros).map { "#define \($1) \"\(types[$0] ?? "")\"" } + [""]
    }

    private func assertion(_ condition: String, _ what: String) -> String {
        "\(prefix)_TYPES_ASSERT(\(condition), \"\(what)\");"
    }

    /// What must hold of a type that is called `name` here; enumerators are found in `scope`.
    private func assertions(of definition: TypeDefinition, _ name: String, scope: String) -> [String] {
        func layout(_ size: UInt64?, _ alignment: UInt64?) -> [String] {
            (size.map { [assertion("sizeof(\(name)) == \(Self.literal($0))", "the size of \(name)")] } ?? [])
                + (alignment.map {
                    [assertion("\(prefix)_TYPES_ALIGNOF(\(name)) == \(Self.literal($0))", "the alignment of \(name)")]
                } ?? [])
        }
        switch definition {
        case .opaque(let size, let alignment):
            return layout(size, alignment)
        case .enumeration(let enumeration):
            // C++ finds an enumerator of every enum behind its name, and those of `enum class` nowhere else.
            let tag = name.split(separator: " ").last.map(String.init) ?? name
            return layout(UInt64(enumeration.storage.bits / 8), nil)
                + enumeration.enumerators.map {
                    assertion(
                        "\(prefix)_TYPES_IS(\(tag), \($0.name), \(Self.literal($0.value)))",
                        "the value of \(scope)\($0.name)")
                }
        case .record(let record):
            return layout(record.size, record.alignment)
                + Self.places(in: record).map { path, offset in
                    assertion(
                        "offsetof(\(name), \(path)) == \(Self.literal(offset))", "the place of \(path) in \(name)")
                }
        }
    }

    /// Every member that offsetof can be asked for, in bytes; those of unnamed structs by the names that C gives them.
    private static func places(in record: Record, _ path: String = "", at start: UInt64 = 0) -> [(String, UInt64)] {
        var places: [(String, UInt64)] = []
        for member in record.members where member.width == nil {
            let (offset, overflow) = start.addingReportingOverflow(member.offset / 8)
            guard !overflow else { continue }
            if let name = member.name { places.append((path + name, offset)) }
            if case .inline(let inside) = member.type.type {
                places += Self.places(in: inside, path + (member.name.map { "\($0)." } ?? ""), at: offset)
            }
        }
        return places
    }

    /// A number as C and C++ read it without a warning.
    private static func literal(_ value: some BinaryInteger) -> String {
        if value > Int64.max { return "\(value)u" }
        // There are no negative literals, and 9223372036854775808 is none of a signed type.
        return value == Int64.min ? "(\(Int64.min + 1) - 1)" : "\(value)"
    }
}
