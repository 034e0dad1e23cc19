import Compatibility

/// The first line of a type's definition: `typedef struct point size 8 align 4`, `enum color int in struct node`,
/// `opaque struct db`; and what stands below it.
struct SnapshotHead {
    let name: TypeName
    /// The type that it is declared in.
    let outer: TypeName?
    private let line: SnapshotLine
    private let form: Form

    private enum Form {
        case record(isUnion: Bool, size: UInt64, alignment: UInt64)
        case enumeration(CType.Integer)
        case opaque(size: UInt64?, alignment: UInt64?)
    }

    /// The name that a line defines, and the type that is called so; `nil` where it defines none.
    static func name(of line: SnapshotLine) throws(LineError) -> (TypeName, CType)? {
        guard let head = try SnapshotHead(line) else { return nil }
        switch head.form {
        case .enumeration: return (head.name, .enumeration(head.name))
        case .opaque where head.name.kind == .enum: return (head.name, .enumeration(head.name))
        default: return (head.name, .record(head.name))
        }
    }

    /// `nil` where the line is none.
    init?(_ line: SnapshotLine) throws(LineError) {
        var words = line.words[...]
        let isOpaque = words.first == "opaque"
        let isTypedef = words.first == "typedef"
        if isOpaque || isTypedef { words = words.dropFirst() }
        var kind = words.first.flatMap(TypeName.Kind.init) ?? .typedef
        if kind != .typedef { words = words.dropFirst() }
        guard isOpaque || kind != .typedef else { return nil }
        let word = kind
        if isTypedef { kind = .typedef }
        guard let name = words.popFirst(), SnapshotLine.isIdentifier(name), TypeName.Kind(rawValue: name) == nil else {
            throw line.error("names no type")
        }
        self.line = line
        self.name = TypeName(kind, name)
        outer = try Self.takeOuter(from: &words, line)
        switch word {
        case _ where isOpaque:
            form = .opaque(size: try Self.take("size", &words, line), alignment: try Self.take("align", &words, line))
        case .enum:
            guard let storage = CType.Integer(words.joined(separator: " ")) else {
                throw line.error("is stored in no integer")
            }
            words = []
            form = .enumeration(storage)
        default:
            guard let size = try Self.take("size", &words, line), let alignment = try Self.take("align", &words, line)
            else { throw line.error("has no size and alignment") }
            form = .record(isUnion: word == .union, size: size, alignment: alignment)
        }
        guard words.isEmpty else { throw line.error("says more than is understood here") }
    }

    /// Reads the lines below; leaves those that are not its own.
    func definition(
        of lines: inout ArraySlice<SnapshotLine>, _ names: [CTypeParser.Reference: CType], depthLimit: Int
    ) throws(LineError) -> TypeDefinition {
        switch form {
        case .opaque(let size, let alignment):
            return .opaque(size: size, alignment: alignment)
        case .enumeration(let storage):
            var enumerators: [Enumeration.Enumerator] = []
            while let line = lines.popFirst() {
                let (name, value) = try line.value(of: line.words[...])
                enumerators.append(Enumeration.Enumerator(name, value))
            }
            return .enumeration(Enumeration(storage: storage, enumerators: enumerators))
        case .record(let isUnion, let size, let alignment):
            let members = try Self.members(of: &lines, names, depth: depthLimit)
            return .record(Record(isUnion: isUnion, size: size, alignment: alignment, members: members))
        }
    }

    /// Reads members up to the end or a closing brace; `depth` more may be opened.
    private static func members(
        of lines: inout ArraySlice<SnapshotLine>, _ names: [CTypeParser.Reference: CType], depth: Int
    ) throws(LineError) -> [Record.Member] {
        var members: [Record.Member] = []
        while let line = lines.first, !line.text.utf8.starts(with: "}".utf8) {
            lines.removeFirst()
            guard let offset = Self.offset(line.words[0]) else { throw line.error("does not begin with an offset") }
            let text = String(Substring(line.tail.utf8.drop { $0 == UInt8(ascii: " ") }))
            if let brace = text.utf8.firstIndex(of: UInt8(ascii: "{")) {
                var words = text.utf8[brace...].dropFirst().split(separator: UInt8(ascii: " "))
                    .map { String(Substring($0)) }[...]
                guard depth > 0 else { throw line.error("is nested too deeply", "give the struct a name of its own") }
                guard let size = try take("size", &words, line), let alignment = try take("align", &words, line),
                    words.isEmpty
                else { throw line.error("has no size and alignment") }
                let inside = try Self.members(of: &lines, names, depth: depth - 1)
                guard let closing = lines.popFirst() else { throw line.error("is not closed by }") }
                var qualifiers = text.utf8[..<brace].split(separator: UInt8(ascii: " ")).map { String(Substring($0)) }
                guard let word = qualifiers.popLast(), word == "struct" || word == "union" else {
                    throw line.error("is neither a struct nor a union")
                }
                let record = Record(isUnion: word == "union", size: size, alignment: alignment, members: inside)
                let declared =
                    (qualifiers + [SnapshotLine.inlineWord]).joined(separator: " ") + closing.text.dropFirst()
                let declaration = try closing.declaration(names, as: declared, inline: record)
                members.append(Record.Member(name: declaration.name, offset: offset, type: declaration.type))
            } else {
                members.append(try member(text, offset, line, names))
            }
        }
        return members
    }

    /// `unsigned int a : 3`.
    private static func member(
        _ text: String, _ offset: UInt64, _ line: SnapshotLine, _ names: [CTypeParser.Reference: CType]
    ) throws(LineError) -> Record.Member {
        let parts = text.utf8.split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false)
        var width: UInt64?
        if parts.count == 2 {
            width = UInt64(String(Substring(parts[1].drop { $0 == UInt8(ascii: " ") })))
            if width == nil { throw line.error("is a bit-field without a width") }
        }
        let declaration = try line.declaration(names, as: width == nil ? text : String(Substring(parts[0])))
        guard let name = declaration.name else { throw line.error("names no member") }
        return Record.Member(name: name, offset: offset, width: width, type: declaration.type)
    }

    /// `8`, or `8:3`, in bits.
    private static func offset(_ text: String) -> UInt64? {
        let parts = text.utf8.split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false)
            .map { UInt64(String(Substring($0))) }
        guard let first = parts.first, let byte = first, parts.count <= 2 else { return nil }
        guard let bit = parts.count == 2 ? parts[1] : 0, bit < 8 else { return nil }
        let (bits, overflow) = byte.multipliedReportingOverflow(by: 8)
        return overflow ? nil : bits + bit
    }

    /// `size 8`, where it stands here.
    private static func take(
        _ word: String, _ words: inout ArraySlice<String>, _ line: SnapshotLine
    ) throws(LineError) -> UInt64? {
        guard words.first == word else { return nil }
        guard words.count > 1, let number = UInt64(words[words.startIndex + 1]) else {
            throw line.error("has no number behind \(word)")
        }
        words = words.dropFirst(2)
        return number
    }

    /// `in struct node` at the end.
    private static func takeOuter(
        from words: inout ArraySlice<String>, _ line: SnapshotLine
    ) throws(LineError) -> TypeName? {
        guard let index = words.firstIndex(of: "in") else { return nil }
        let outer = Array(words[(index + 1)...])
        words = words[..<index]
        let kind = outer.count == 2 ? outer.first.flatMap(TypeName.Kind.init) : .typedef
        guard let kind, let name = outer.last, outer.count == (kind == .typedef ? 1 : 2),
            SnapshotLine.isIdentifier(name), TypeName.Kind(rawValue: name) == nil
        else { throw line.error("says not what it is in") }
        return TypeName(kind, name)
    }
}

extension CType.Integer {
    private static let all: [Self] =
        [.char] + [8, 16, 32, 64, 128].flatMap { [.signed(bits: $0), .unsigned(bits: $0)] }

    /// Reads its one spelling.
    init?(_ text: String) {
        guard let integer = Self.all.first(where: { $0.description == text }) else { return nil }
        self = integer
    }
}
