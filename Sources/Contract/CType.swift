/// A C type as the two sides of a call must agree on it: typedefs resolved, parameters adjusted (C17, 6.7.6.3), and whatever
/// changes no call left out (parameter names, `restrict`, qualifiers of parameters and results themselves).
///
/// Structs, unions and enums are named, not spelled: their definitions are in the `Contract`, so a type that leads back to
/// itself stays finite.
package indirect enum CType: Sendable, Hashable {
    case void
    /// `_Bool`, and `bool` of C++.
    case bool
    case integer(Integer)
    case floating(Floating)
    case pointer(to: Qualified)
    /// `nil` = no bound is said: a flexible array member, or what a pointer to an array of unknown bound leads to.
    case array(of: Qualified, count: UInt64?)
    case function(Function)
    /// A struct or union by its name, defined or opaque.
    case record(TypeName)
    /// An enum by its name.
    case enumeration(TypeName)
    /// A struct or union that has no name and is spelled where it is used: an anonymous member, or the type of one member,
    /// perhaps behind `*` and `[4]`. Never inside a parameter list: no caller could name it.
    case inline(Record)

    /// An integer of C, plain `char` apart from both of its look-alikes.
    ///
    /// On LP64 `long long` and `long` are passed and laid out alike, so there is one of them: `bits` 64.
    package enum Integer: Sendable, Hashable {
        /// Plain `char`, whose sign the target chooses.
        case char
        /// In bits: 8, 16, 32, 64 or 128.
        case signed(bits: Int)
        /// In bits: 8, 16, 32, 64 or 128.
        case unsigned(bits: Int)
    }

    /// A real floating type.
    package enum Floating: String, Sendable, Hashable {
        case half = "_Float16"
        case float = "float"
        case double = "double"
        case longDouble = "long double"
        case quad = "__float128"
    }

    /// What a pointer leads to or an array holds.
    ///
    /// `const` counts: it says who may write there, and a plugin that begins to write where it promised not to breaks a
    /// caller that hands it read-only memory.
    package struct Qualified: Sendable, Hashable {
        package var type: CType
        package var isConst = false
        package var isVolatile = false
        /// In bytes, where a typedef promises another alignment than the type has by itself.
        ///
        /// Whoever is handed a pointer may count on it. Of what is passed itself nobody can, and a member's shows by its offset.
        package var alignment: UInt64?

        package init(_ type: CType, isConst: Bool = false, isVolatile: Bool = false) {
            self.type = type
            self.isConst = isConst
            self.isVolatile = isVolatile
        }
    }

    /// A function with a prototype.
    package struct Function: Sendable, Hashable {
        package var result: CType
        package var parameters: [CType]
        /// Whether `...` follows them.
        package var isVariadic = false

        package init(result: CType, parameters: [CType], isVariadic: Bool = false) {
            self.result = result
            self.parameters = parameters
            self.isVariadic = isVariadic
        }
    }
}

/// How a contract calls a struct, union or enum: by its tag, or by the typedef that first named it where it has none.
package struct TypeName: Sendable, Hashable, Comparable, CustomStringConvertible {
    /// Which name space the name is in.
    package enum Kind: String, Sendable, Hashable {
        case `struct`, union, `enum`
        /// An untagged type: the typedef is its name.
        case typedef
    }

    package let kind: Kind
    /// A C identifier.
    package let name: String

    package init(_ kind: Kind, _ name: String) {
        self.kind = kind
        self.name = name
    }

    /// As in C: `struct node`, `union value`, `enum color`, or `point` alone.
    package var description: String { kind == .typedef ? name : "\(kind.rawValue) \(name)" }

    /// By name, then by name space.
    package static func < (left: Self, right: Self) -> Bool {
        (left.name, left.kind.rawValue) < (right.name, right.kind.rawValue)
    }
}
