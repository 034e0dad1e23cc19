/// The layouts of all records, as `-fdump-record-layouts` writes them.
struct RecordLayouts {
    struct Layout: Equatable {
        /// In bytes.
        var size: UInt64
        /// In bytes.
        var alignment: UInt64
        /// The fields themselves, not those inside them, in order; unnamed ones too.
        var fields: [Field]
    }

    struct Field: Equatable {
        /// In bits.
        var offset: UInt64
        /// Of a bit-field: in bits; 0 for `:0`.
        var width: UInt64?
    }

    /// By "struct node" for those with a tag, by "point" where a typedef names it, else by the place: "greeter.h:3:9".
    private var layouts: [String: [Layout]] = [:]

    /// Reads what clang wrote; lines that it does not know say nothing of a plain record, and are passed over.
    init(_ text: [UInt8]) {
        var name: String?
        var fields: [Field] = []
        var size: UInt64?
        for line in text.split(separator: UInt8(ascii: "\n")) {
            guard let bar = line.firstIndex(of: UInt8(ascii: "|")) else {
                (name, fields, size) = (nil, [], nil)  // "*** Dumping AST Record Layout"
                continue
            }
            let rest = line[(bar + 1)...]
            let indent = rest.prefix { $0 == UInt8(ascii: " ") }.count
            let words = rest.dropFirst(indent)
            let isSummary = words.first == UInt8(ascii: "[") || size != nil
            if isSummary {
                // "[sizeof=48, align=8]", or in C++ "[sizeof=48, dsize=48, align=8," and a line more.
                let text = String(decoding: words, as: UTF8.self)
                if let found = Self.number(after: "sizeof=", in: text) { size = found }
                if let size, let alignment = Self.number(after: " align=", in: text), let known = name {
                    layouts[known, default: []].append(Layout(size: size, alignment: alignment, fields: fields))
                    name = nil
                }
            } else if indent == 1 {
                name = Self.key(String(decoding: words, as: UTF8.self))
            } else if indent == 3, let field = Self.field(line[..<bar]) {
                fields.append(field)
            }
        }
    }

    /// The layout of a record; `nil` where there is none, or several that differ.
    subscript(key: String) -> Layout? {
        guard let first = layouts[key]?.first, layouts[key]?.allSatisfy({ $0 == first }) == true else { return nil }
        return first
    }

    /// "struct node" of "struct node (empty)", the place of "struct (unnamed at greeter.h:3:9)".
    private static func key(_ name: String) -> String {
        var name = name[...]
        if name.hasSuffix(" (empty)") { name = name.dropLast(8) }
        while name.last == " " { name = name.dropLast() }
        return SyntaxPlace.text(ofUnnamed: name) ?? String(name)
    }

    /// "16", "24:0-2" and "28:-" of the column before the bar.
    private static func field(_ column: ArraySlice<UInt8>) -> Field? {
        let parts = column.filter { $0 != UInt8(ascii: " ") }.split(separator: UInt8(ascii: ":"))
        guard let first = parts.first, let byte = UInt64(String(decoding: first, as: UTF8.self)) else { return nil }
        guard parts.count == 2 else { return Field(offset: byte * 8) }
        let bits = parts[1].split(separator: UInt8(ascii: "-")).compactMap {
            UInt64(String(decoding: $0, as: UTF8.self))
        }
        guard bits.count == 2, bits[0] <= bits[1] else { return Field(offset: byte * 8, width: 0) }
        return Field(offset: byte * 8 + bits[0], width: bits[1] - bits[0] + 1)
    }

    private static func number(after word: String, in text: String) -> UInt64? {
        guard let range = text.firstRange(of: word) else { return nil }
        return UInt64(text[range.upperBound...].prefix { $0.isASCII && $0.isNumber })
    }
}

extension SyntaxPlace {
    /// "greeter.h:3:9" of "struct (unnamed struct at greeter.h:3:9)"; `nil` of what has a name.
    static func text(ofUnnamed name: Substring) -> String? {
        guard let start = ["(unnamed", "(anonymous"].lazy.compactMap({ name.firstRange(of: $0) }).first,
            let at = name[start.upperBound...].firstRange(of: " at ")
        else { return nil }
        let place = name[at.upperBound...]
        return String(place.last == ")" ? place.dropLast() : place)
    }
}
