extension CType {
    /// As C writes it, around a name where one is given: `int (*(*name)(int))(void)`.
    ///
    /// One type has one spelling, whichever typedefs the header used; `char`, `short`, `int` and `long` are those of LP64.
    package func spelled(_ name: String = "") -> String { Qualified(self).spelled(name) }

    /// A type without declarator: what a declaration begins with.
    private var specifier: String {
        switch self {
        case .void: "void"
        case .bool: "bool"
        case .integer(let integer): integer.description
        case .floating(let floating): floating.rawValue
        case .record(let name), .enumeration(let name): name.description
        case .inline(let record): record.spelled
        case .pointer, .array, .function: spelled()
        }
    }
}

extension CType.Qualified {
    /// As C writes it, around a name where one is given: `const char *const name[4]`.
    package func spelled(_ name: String = "") -> String {
        let (base, declarator) = declaration(of: name)
        return base.specifiers + (declarator.isEmpty || declarator.hasPrefix("[") ? "" : " ") + declarator
    }

    /// The qualifiers and the specifier of a type that no declarator makes: `const struct point`.
    private var specifiers: String {
        (qualifiers + [type.specifier]).joined(separator: " ")
    }

    var qualifiers: [String] {
        (isConst ? ["const"] : []) + (isVolatile ? ["volatile"] : []) + (alignment.map { ["_Alignas(\($0))"] } ?? [])
    }

    /// The two halves of a declaration: `int` and `(*(*name)(int))(void)`.
    ///
    /// C writes a type from the name outwards, so the walk is from the outermost pointer, array or function to the base.
    func declaration(of name: String) -> (base: CType.Qualified, declarator: String) {
        var rest = self
        var declarator = name
        while true {
            switch rest.type {
            case .pointer(let target):
                let words = rest.qualifiers.joined(separator: " ")
                let isTight = words.isEmpty || declarator.isEmpty || declarator.hasPrefix("[")
                declarator = "*" + words + (isTight ? "" : " ") + declarator
                if target.bindsCloser { declarator = "(\(declarator))" }
                rest = target
            case .array(_, let count):
                declarator += "[\(count.map(String.init) ?? "")]"
                rest = rest.element ?? rest
            case .function(let function):
                declarator += "(\(function.spelledParameters))"
                rest = CType.Qualified(function.result)
            default:
                return (rest, declarator)
            }
        }
    }

    /// Whether a `*` in front of it needs parentheses.
    private var bindsCloser: Bool {
        switch type {
        case .array, .function: true
        default: false
        }
    }

    /// What an array holds; a qualified array is an array of qualified elements (C17, 6.7.3).
    var element: CType.Qualified? {
        guard case .array(var element, _) = type else { return nil }
        element.isConst = element.isConst || isConst
        element.isVolatile = element.isVolatile || isVolatile
        element.alignment = alignment ?? element.alignment
        return element
    }
}

extension CType.Function {
    /// What stands between the parentheses: `int, const char *, ...`, or `void`.
    var spelledParameters: String {
        let all = parameters.map { $0.spelled() } + (isVariadic ? ["..."] : [])
        return all.isEmpty ? "void" : all.joined(separator: ", ")
    }
}

extension CType.Integer: CustomStringConvertible {
    /// Its name in C on LP64; of 128 bits, in the compilers' C.
    package var description: String {
        switch self {
        case .char: "char"
        case .signed(8): "signed char"
        case .signed(let bits): Self.name(ofBits: bits)
        case .unsigned(let bits): "unsigned " + (bits == 8 ? "char" : Self.name(ofBits: bits))
        }
    }

    private static func name(ofBits bits: Int) -> String {
        switch bits {
        case 16: "short"
        case 32: "int"
        case 64: "long"
        default: "__int\(bits)"
        }
    }
}

extension Record {
    /// With its members, on one line: `struct { int a; unsigned int b : 3; }`.
    var spelled: String {
        let inside = members.map { $0.spelled + "; " }.joined()
        return "\(isUnion ? "union" : "struct") { \(inside)}"
    }
}

extension Record.Member {
    /// As declared: `unsigned int b : 3`.
    package var spelled: String { type.spelled(name ?? "") + (width.map { " : \($0)" } ?? "") }
}
