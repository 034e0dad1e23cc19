import Compatibility

extension Contract {
    /// The digest of an export's type: 16 lower-case hex digits; `nil` for a `message` and for what is no export.
    ///
    /// The first half of the SHA-256 of a canonical text of all that the type reaches. Equal for equal types, in whichever
    /// header, order, spelling and for whichever target; different where the two sides of a call would disagree.
    /// Cost: linear in what the export reaches.
    package func digest(of symbol: String) -> String? {
        guard case .function(let function) = exports[symbol] else { return nil }
        return digest(of: .function(function))
    }

    /// The type of an export as a manifest has it: `message`, or the digest; `nil` for what is no export.
    package func type(of symbol: String) -> String? {
        exports[symbol] == .message ? PluginManifest.ExportType.message.description : digest(of: symbol)
    }

    /// The digest of any type of this contract.
    func digest(of type: CType) -> String {
        TypeClosure(of: type, in: types).digest
    }
}

/// All that a type reaches, as a text that is the same for the same type and for no other.
///
/// The type itself, then a definition a paragraph, breadth first: a struct, union or enum is called by the number of its
/// paragraph, so tags count for nothing, a type that leads back to itself ends, and no depth of nesting is recursion here.
/// An opaque type has nothing but its name, and is told by that.
struct TypeClosure {
    /// The canonical text.
    private(set) var text: [UInt8] = Array("switchboard-type 1\n".utf8)
    /// What was reached by its name.
    private(set) var names: Set<TypeName> = []

    private let types: [TypeName: TypeDefinition]
    /// Of what has a paragraph.
    private var numbers: [TypeName: Int] = [:]
    /// Numbered and not yet written, from `written` on.
    private var definitions: [TypeDefinition?] = []

    /// Writes it whole.
    ///
    /// A name that `types` lacks is an opaque type without size. Above `limit` bytes it stops, and is no whole text.
    init(of type: CType, in types: [TypeName: TypeDefinition], limit: Int = .max) {
        self.types = types
        write(type)
        var written = 0
        while written < definitions.count && text.count <= limit {
            write("\n#\(written) ")
            if let definition = definitions[written] { write(definition) }
            definitions[written] = nil
            written += 1
        }
    }

    /// The first 16 hex digits of the text's SHA-256.
    var digest: String {
        // SAFETY: `bytes` is unsafe for types with padding; UInt8 has none, and `text` outlives the span.
        let bytes = SHA256.digest(of: unsafe text.span.bytes).prefix(8)
        return bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }

    private mutating func write(_ words: String) { text += Array(words.utf8) }

    /// - Parameter isHeld: `false` behind a pointer, where the size of what is opaque is nobody's business.
    private mutating func write(_ type: CType, isHeld: Bool = true) {
        switch type {
        case .void: write("void")
        case .bool: write("bool")
        case .integer(.char): write("char")
        case .integer(.signed(let bits)): write("i\(bits)")
        case .integer(.unsigned(let bits)): write("u\(bits)")
        case .floating(let floating): write(floating.rawValue)
        case .pointer(let target):
            write("*")
            write(target, isHeld: false)
        case .array(_, let count):
            write("[\(count.map(String.init) ?? "")]")
            if let element = CType.Qualified(type).element { write(element) }
        case .function(let function):
            write("(")
            for parameter in function.parameters {
                write(parameter)
                write(",")
            }
            write(function.isVariadic ? "...)" : ")")
            write(function.result)
        case .record(let name), .enumeration(let name): refer(to: name, isHeld: isHeld)
        case .inline(let record): refer(to: .record(record))
        }
    }

    private mutating func write(_ qualified: CType.Qualified, isHeld: Bool = true) {
        // The qualifiers of an array are its elements'.
        if let element = qualified.element, case .array(_, let count) = qualified.type {
            return write(.array(of: element, count: count))
        }
        if qualified.isConst { write("const ") }
        if qualified.isVolatile { write("volatile ") }
        if let alignment = qualified.alignment { write("align \(alignment) ") }
        write(qualified.type, isHeld: isHeld)
    }

    private mutating func refer(to name: TypeName, isHeld: Bool) {
        if let number = numbers[name] { return write("#\(number)") }
        names.insert(name)
        let definition = types[name] ?? .opaque(size: nil, alignment: nil)
        if case .opaque(let size, let alignment) = definition {
            let layout = (isHeld ? [size, alignment] : [nil, nil]).map { $0.map(String.init) ?? "" }
                .joined(separator: ",")
            return write("<\(name),\(layout)>")
        }
        numbers[name] = definitions.count
        refer(to: definition)
    }

    private mutating func refer(to definition: TypeDefinition) {
        write("#\(definitions.count)")
        definitions.append(definition)
    }

    private mutating func write(_ definition: TypeDefinition) {
        switch definition {
        case .record(let record):
            write("\(record.isUnion ? "union" : "struct") \(record.size) \(record.alignment)")
            for member in record.members {
                write("\n\(member.name ?? "")@\(member.offset)\(member.width.map { ":\($0)" } ?? "") ")
                write(member.type)
            }
        case .enumeration(let enumeration):
            write("enum ")
            write(.integer(enumeration.storage))
            for enumerator in enumeration.enumerators { write("\n\(enumerator.name)=\(enumerator.value)") }
        case .opaque:
            break  // has no paragraph: told where it is used
        }
    }
}
