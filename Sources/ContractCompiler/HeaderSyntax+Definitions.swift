import Contract

/// Structs, unions and enums with their layouts.
extension HeaderSyntax {
    /// What of a definition a contract cannot hold, and where it stands.
    struct Problem: Error {
        var place: SyntaxPlace?
        var reason: CTypeError.Reason
    }

    /// What stands behind a name.
    ///
    /// - Parameter isHeld: whether a value of it is passed or held, so that the size of one that is opaque counts.
    func definition(of name: TypeName, isHeld: Bool) -> Result<TypeDefinition, Problem> {
        guard let tag = tags[name], let node = tag.definition else {
            return .success(.opaque(size: nil, alignment: nil))
        }
        if node.kind == "EnumDecl" {
            return enumeration(node).map { .enumeration($0) }.mapError { Problem(place: node.place, reason: $0) }
        }
        if isSystem(node.place) {
            guard isHeld, let layout = layouts[tag.layoutKey] else {
                return .success(.opaque(size: nil, alignment: nil))
            }
            return .success(.opaque(size: layout.size, alignment: layout.alignment))
        }
        return record(node, layoutKey: tag.layoutKey).map { record in
            var record = record
            record.alignment = tag.promisedAlignment ?? record.alignment
            return .record(record)
        }
    }

    /// A struct or union with its members.
    func record(_ node: SyntaxNode, layoutKey: String) -> Result<Record, Problem> {
        func problem(_ clause: String) -> Result<Record, Problem> {
            .failure(Problem(place: node.place, reason: .inexpressible(clause)))
        }
        let what = node.name.map { "\(node.tagUsed ?? "struct") \($0)" } ?? "the \(node.tagUsed ?? "struct")"
        if node.isPlainRecord == false {
            return problem("\(what) is a C++ class that C does not know how to lay out or to pass")
        }
        if node.inner.contains(where: { $0.kind == "TransparentUnionAttr" }) {
            return problem("\(what) is a transparent union, which is passed as its first member")
        }
        guard let layout = layouts[layoutKey] else { return problem("clang says no layout of \(what)") }
        let fields = node.inner.filter { $0.kind == "FieldDecl" }
        guard fields.count == layout.fields.count else {
            return problem("clang's layout of \(what) has other members than its declaration")
        }
        var members: [Record.Member] = []
        for (field, place) in zip(fields, layout.fields) {
            if field.isBitField && field.name == nil { continue }
            do throws(CTypeError) {
                members.append(
                    Record.Member(
                        name: field.name, offset: place.offset, width: field.isBitField ? place.width : nil,
                        type: try type(field.type ?? "").withoutAlignment))
            } catch {
                return .failure(Problem(place: field.place ?? node.place, reason: error.reason))
            }
        }
        return .success(
            Record(
                isUnion: node.tagUsed == "union", size: layout.size, alignment: layout.alignment, members: members))
    }

    /// An enum with its values.
    func enumeration(_ node: SyntaxNode) -> Result<Enumeration, CTypeError.Reason> {
        var enumerators: [Enumeration.Enumerator] = []
        var next: Int128 = 0
        for constant in node.inner where constant.kind == "EnumConstantDecl" {
            let value = constant.constant ?? next
            enumerators.append(Enumeration.Enumerator(constant.name ?? "", value))
            next = value + 1
        }
        if let fixed = node.fixedType {
            do throws(CTypeError) {
                switch try type(fixed).type {
                case .integer(let integer): return .success(Enumeration(storage: integer, enumerators: enumerators))
                case .bool: return .success(Enumeration(storage: .unsigned(bits: 8), enumerators: enumerators))
                default: return .failure(.inexpressible("the enum is stored in \(fixed)"))
                }
            } catch {
                return .failure(error.reason)
            }
        }
        guard !node.inner.contains(where: { $0.kind == "ModeAttr" }) else {
            return .failure(
                .inexpressible("a mode says what the enum is stored in: write packed, or the type behind a colon"))
        }
        let isPacked = node.inner.contains { $0.kind == "PackedAttr" }
        let storage = Self.storage(of: enumerators.map(\.value), isPacked: isPacked)
        return .success(Enumeration(storage: storage, enumerators: enumerators))
    }

    /// What gcc and clang store an enum in: `unsigned int` where nothing is negative, else `int`, and wider only if it must be;
    /// packed, the narrowest that holds all values.
    static func storage(of values: [Int128], isPacked: Bool) -> CType.Integer {
        let low = values.min() ?? 0, high = values.max() ?? 0
        for bits in isPacked ? [8, 16, 32] : [32] {
            if low < 0 && low >= -(1 << (bits - 1)) && high < 1 << (bits - 1) { return .signed(bits: bits) }
            if low >= 0 && high < 1 << bits { return .unsigned(bits: bits) }
        }
        return low < 0 ? .signed(bits: 64) : .unsigned(bits: 64)
    }
}
