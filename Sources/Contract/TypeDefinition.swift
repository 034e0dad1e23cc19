/// A struct or union with its layout.
package struct Record: Sendable, Hashable {
    package var isUnion: Bool
    /// In bytes, as sizeof says.
    package var size: UInt64
    /// In bytes, as _Alignof says.
    package var alignment: UInt64
    /// In the order of the declaration.
    package var members: [Member]

    package init(isUnion: Bool, size: UInt64, alignment: UInt64, members: [Member]) {
        self.isUnion = isUnion
        self.size = size
        self.alignment = alignment
        self.members = members
    }

    /// One member.
    package struct Member: Sendable, Hashable {
        /// `nil` for an anonymous struct or union.
        ///
        /// Unnamed bit-fields are padding, and no members.
        package var name: String?
        /// From the start of the record that holds it, in bits.
        package var offset: UInt64
        /// Of a bit-field: in bits.
        package var width: UInt64?
        package var type: CType.Qualified

        package init(name: String?, offset: UInt64, width: UInt64? = nil, type: CType.Qualified) {
            self.name = name
            self.offset = offset
            self.width = width
            self.type = type
        }
    }
}

/// An enum: what it is stored in, and its values.
package struct Enumeration: Sendable, Hashable {
    package var storage: CType.Integer
    /// By value, then by name: their order in the header means nothing.
    package var enumerators: [Enumerator]

    package init(storage: CType.Integer, enumerators: [Enumerator]) {
        self.storage = storage
        self.enumerators = enumerators.sorted { ($0.value, $0.name) < ($1.value, $1.name) }
    }

    /// A named value.
    package struct Enumerator: Sendable, Hashable {
        package var name: String
        /// Every value that any enum of C or a 64-bit constant can have.
        package var value: Int128

        package init(_ name: String, _ value: Int128) {
            self.name = name
            self.value = value
        }
    }
}

/// What stands behind a `TypeName`.
package enum TypeDefinition: Sendable, Hashable {
    case record(Record)
    case enumeration(Enumeration)
    /// Known by name alone: declared and not defined in the header, or defined by a system header (FILE), whose insides are
    /// the system's business.
    ///
    /// `size` and `alignment` in bytes are there only where a value of it is passed or held, so that both sides must agree.
    case opaque(size: UInt64?, alignment: UInt64?)
}
