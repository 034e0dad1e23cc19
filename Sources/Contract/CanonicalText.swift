/// A type or definition as a text that is the same for the same type and for no other; named types as somebody else says.
struct CanonicalText {
    private(set) var bytes: [UInt8]
    /// How a named type stands in the text; `isHeld` is `false` behind a pointer, where the size of what is opaque is
    /// nobody's business.
    private let reference: (_ name: TypeName, _ isHeld: Bool) -> [UInt8]

    init(of type: CType, begin: String, reference: @escaping (_ name: TypeName, _ isHeld: Bool) -> [UInt8]) {
        bytes = Array(begin.utf8)
        self.reference = reference
        write(type)
    }

    init(of definition: TypeDefinition, reference: @escaping (_ name: TypeName, _ isHeld: Bool) -> [UInt8]) {
        bytes = []
        self.reference = reference
        switch definition {
        case .record(let record): write(record)
        case .enumeration(let enumeration): write(enumeration)
        case .opaque: break
        }
    }

    private mutating func write(_ words: String) { bytes += Array(words.utf8) }

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
        case .record(let name), .enumeration(let name):
            write("#")
            bytes += reference(name, isHeld)
        case .inline(let record):
            write("{")
            write(record)
            write("\n}")
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

    private mutating func write(_ record: Record) {
        write("\(record.isUnion ? "union" : "struct") \(record.size) \(record.alignment)")
        for member in record.members {
            write("\n\(member.name ?? "")@\(member.offset)\(member.width.map { ":\($0)" } ?? "") ")
            write(member.type)
        }
    }

    private mutating func write(_ enumeration: Enumeration) {
        write("enum ")
        write(.integer(enumeration.storage))
        for enumerator in enumeration.enumerators { write("\n\(enumerator.name)=\(enumerator.value)") }
    }
}

extension CType {
    /// Adds the names that it is made of; what stands behind them is not looked into.
    func collectNames(into names: inout Set<TypeName>) {
        switch self {
        case .void, .bool, .integer, .floating: break
        case .pointer(let target), .array(let target, _): target.type.collectNames(into: &names)
        case .function(let function):
            function.result.collectNames(into: &names)
            for parameter in function.parameters { parameter.collectNames(into: &names) }
        case .record(let name), .enumeration(let name): names.insert(name)
        case .inline(let record):
            for member in record.members { member.type.type.collectNames(into: &names) }
        }
    }
}

extension TypeDefinition {
    /// The names that its members are made of.
    var names: Set<TypeName> {
        var names: Set<TypeName> = []
        if case .record(let record) = self { CType.inline(record).collectNames(into: &names) }
        return names
    }

    /// Whether nothing is known behind its name.
    var isOpaque: Bool {
        if case .opaque = self { return true }
        return false
    }
}
