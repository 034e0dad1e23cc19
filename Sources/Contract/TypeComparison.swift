/// Compares types of two contracts, and finds which definitions of both stand for one another.
struct TypeComparison {
    let old: Contract
    let new: Contract
    private var counterparts: [TypePair: Bool] = [:]
    /// Of the types of OLD, and of those of NEW.
    private var digests: (old: TypeDigests, new: TypeDigests)

    /// What may be written to compare types of different names, in bytes; what is above it is taken for another type.
    private static let digestLimit = 16 << 20

    init(_ old: Contract, _ new: Contract) {
        self.old = old
        self.new = new
        digests = (
            TypeDigests(of: old.types, limit: Self.digestLimit), TypeDigests(of: new.types, limit: Self.digestLimit)
        )
    }

    /// How two types differ where they are used; definitions that both lead to are compared on their own.
    enum Likeness {
        case same
        /// In `const` or `volatile` alone, and only more of it.
        case constAdded
        /// In `const` or `volatile` alone, and only less of it.
        case constRemoved
        case different

        func joined(_ other: Likeness) -> Likeness {
            if self == .same || self == other { return other }
            return other == .same ? self : .different
        }
    }

    /// A pair of definitions and how its values travel.
    struct Reached: Hashable {
        var pair: TypePair
        var flow: Flow
    }

    /// What two signatures lead to, parameter by parameter as far as both have them; and whether all of it is alike.
    mutating func compare(
        _ old: CType.Function, _ new: CType.Function, _ flow: Flow, into reached: inout [Reached]
    ) -> Likeness {
        var likeness: Likeness =
            old.parameters.count == new.parameters.count && old.isVariadic == new.isVariadic ? .same : .different
        likeness = likeness.joined(
            compare(.init(old.result), .init(new.result), flow.union(.byValue), isParameter: false, into: &reached))
        for (old, new) in zip(old.parameters, new.parameters) {
            likeness = likeness.joined(
                compare(
                    .init(old), .init(new), flow.reversed.union(.byValue), isParameter: true, into: &reached))
        }
        return likeness
    }

    /// Compares two types in one place whose values travel as `flow` says, and adds the definitions that both lead to.
    mutating func compare(
        _ old: CType.Qualified, _ new: CType.Qualified, _ flow: Flow, isParameter: Bool, into reached: inout [Reached]
    ) -> Likeness {
        if let oldElement = old.element, let newElement = new.element,
            case .array(_, let oldCount) = old.type, case .array(_, let newCount) = new.type
        {
            guard oldCount == newCount else { return .different }
            return compare(oldElement, newElement, flow.union(.byValue), isParameter: isParameter, into: &reached)
        }
        guard old.alignment == new.alignment else { return .different }
        let qualifiers = Self.qualifiers(old, new)
        switch (old.type, new.type) {
        case (.pointer(let old), .pointer(let new)):
            var behind = flow.subtracting(.byValue)
            if isParameter && !(old.isConst && new.isConst) && !new.isFunction { behind.formUnion(.bothWays) }
            return qualifiers.joined(compare(old, new, behind, isParameter: isParameter, into: &reached))
        case (.function(let old), .function(let new)):
            // Who calls through another type, const or not, has no promise of C left.
            return compare(old, new, flow, into: &reached) == .same ? qualifiers : .different
        case (.record(let oldName), .record(let newName)), (.enumeration(let oldName), .enumeration(let newName)):
            let pair = TypePair(old: oldName, new: newName)
            guard areCounterparts(pair) else { return .different }
            reached.append(Reached(pair: pair, flow: flow))
            return qualifiers
        default:
            if let (old, new) = unnamedPair(old.type, new.type) {
                guard old.isUnion == new.isUnion else { return .different }
                for case (let old?, let new?) in members(old, new) {
                    _ = compare(old.type, new.type, flow, isParameter: false, into: &reached)
                }
                return qualifiers
            }
            return old.type == new.type ? qualifiers : .different
        }
    }

    private static func qualifiers(_ old: CType.Qualified, _ new: CType.Qualified) -> Likeness {
        func change(_ old: Bool, _ new: Bool) -> Likeness { old == new ? .same : new ? .constAdded : .constRemoved }
        return change(old.isConst, new.isConst).joined(change(old.isVolatile, new.isVolatile))
    }

    // MARK: - definitions

    /// What a name stands for in OLD and in NEW.
    func definitions(_ pair: TypePair) -> (old: TypeDefinition, new: TypeDefinition) {
        let unknown = TypeDefinition.opaque(size: nil, alignment: nil)
        return (old.types[pair.old] ?? unknown, new.types[pair.new] ?? unknown)
    }

    /// Two records of which one at least has no name, behind the same pointers and arrays or none.
    func unnamedPair(_ old: CType, _ new: CType) -> (old: Record, new: Record)? {
        switch (old, new) {
        case (.pointer(let old), .pointer(let new)), (.array(let old, _), .array(let new, _)):
            return unnamedPair(old.type, new.type)
        case (.inline(let old), .inline(let new)):
            return (old, new)
        case (.inline(let old), .record(let name)):
            guard case .record(let new) = self.new.types[name] else { return nil }
            return (old, new)
        case (.record(let name), .inline(let new)):
            guard case .record(let old) = self.old.types[name] else { return nil }
            return (old, new)
        default:
            return nil
        }
    }

    /// Whether two names mean one type: the same name, a new name for what is gone, or the same structure.
    private mutating func areCounterparts(_ pair: TypePair) -> Bool {
        if pair.old == pair.new { return true }
        if let known = counterparts[pair] { return known }
        let isRenamed = old.types[pair.new] == nil && new.types[pair.old] == nil
        let result: Bool
        switch definitions(pair) {
        case (.record(let old), .record(let new)) where isRenamed: result = old.isUnion == new.isUnion
        case (.enumeration, .enumeration) where isRenamed: result = true
        case (.record, .record), (.enumeration, .enumeration):
            let old = digests.old.digest(of: .record(pair.old))
            result = old == digests.new.digest(of: .record(pair.new))
            if digests.old.isExhausted || digests.new.isExhausted { return false }
        default: result = false
        }
        counterparts[pair] = result
        return result
    }

    /// The members of both records, each beside its counterpart: by name, unnamed ones by their order, and of what is left
    /// a new name for what lies at the same place with the same type.
    ///
    /// Those that only OLD has come first, the others in the order of NEW.
    func members(_ old: Record, _ new: Record) -> [(old: Record.Member?, new: Record.Member?)] {
        var rest: [Record.Member?] = old.members
        let places = Dictionary(Self.keys(old.members).enumerated().map { ($1, $0) }) { first, _ in first }
        var pairs: [(old: Record.Member?, new: Record.Member?)] = zip(Self.keys(new.members), new.members).map {
            guard let place = places[$0] else { return (nil, $1) }
            defer { rest[place] = nil }
            return (rest[place], $1)
        }
        let offsets = Dictionary(rest.enumerated().compactMap { index, member in member.map { ($0.offset, index) } }) {
            first, _ in first
        }
        for index in pairs.indices where pairs[index].old == nil {
            guard let member = pairs[index].new, let place = offsets[member.offset], let before = rest[place],
                before.name != nil, member.name != nil, before.width == member.width, before.type == member.type
            else { continue }
            pairs[index].old = before
            rest[place] = nil
        }
        return rest.compactMap { $0.map { ($0, nil) } } + pairs
    }

    /// What each member is found by again: its name, or its number among those without.
    private static func keys(_ members: [Record.Member]) -> [String] {
        var unnamed = 0
        return members.map { member in
            if let name = member.name { return name }
            unnamed += 1
            return "\(unnamed)"
        }
    }
}

extension CType.Qualified {
    fileprivate var isFunction: Bool {
        if case .function = type { return true }
        return false
    }
}
