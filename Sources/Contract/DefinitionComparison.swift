/// A difference that was found, before it is known who is reached by it.
struct FoundChange {
    var kind: ContractChange.Kind
    var subject: String
    var old: String?
    var new: String?
    var effect: ChangeEffect
    /// How values travel there, where that is not said by the definition around it.
    var flow: Flow?
}

extension TypeComparison {
    /// Every difference between the definitions of a pair, in the order in which they are told.
    mutating func changes(of pair: TypePair, _ flow: Flow) -> [FoundChange] {
        let subject = pair.description
        func change(_ kind: ContractChange.Kind, _ old: String?, _ new: String?, _ effect: ChangeEffect) -> FoundChange
        {
            FoundChange(kind: kind, subject: subject, old: old, new: new, effect: effect)
        }
        switch definitions(pair) {
        case (.record(let old), .record(let new)):
            return changes(of: pair, old, new, flow)
        case (.enumeration(let old), .enumeration(let new)):
            return changes(of: subject, old, new)
        case (.opaque(let oldSize, let oldAlignment), .opaque(let newSize, let newAlignment)):
            // A size is known where a value of it is held somewhere: where that is so in one contract alone, it is news there.
            guard oldSize != nil && newSize != nil else { return [] }
            let effect = ChangeEffect.breaks("both sides hold it by value, and lay out what follows it by its size")
            return Self.layoutChanges(subject, (oldSize, newSize), (oldAlignment, newAlignment), effect)
        case (.opaque, _):
            return [
                change(
                    .typeCompleted, nil, definitions(pair).new.spelled,
                    .each(
                        callers: .init(.survive, "they only hand on what a plugin has made"),
                        plugins: .init(.depend, "only where they lay out what is behind the name as NEW says")))
            ]
        case (_, .opaque):
            return [
                change(
                    .typeHidden, definitions(pair).old.spelled, nil,
                    .each(
                        callers: .init(
                            .depend, "only where NEW's plugin still lays it out as OLD says: they look inside"),
                        plugins: .init(.survive, "NEW's host only hands on what they have made")))
            ]
        case (let old, let new):
            return [
                change(.recordKind, old.spelled, new.spelled, .breaks("one side takes a number for a struct"))
            ]
        }
    }

    // MARK: - records

    private mutating func changes(of pair: TypePair, _ old: Record, _ new: Record, _ flow: Flow) -> [FoundChange] {
        let subject = pair.description
        var found: [FoundChange] = []
        if old.isUnion != new.isUnion {
            found.append(
                FoundChange(
                    kind: .recordKind, subject: subject, old: old.word, new: new.word,
                    effect: .breaks("members that lay beside each other lie on each other, or the other way round")))
        }
        found += memberChanges(subject, "", "\(pair.old)", old, new)
        let grows = new.size > old.size
        // The header does not tell a pointer to one from a pointer to the first of several.
        let unless = ", unless several lie side by side"
        let part = "the bytes beyond \(min(old.size, new.size))"
        let size: ChangeEffect =
            flow.contains(.byValue)
            ? .breaks("it is passed itself, or lies in an array: the sides count with different sizes")
            : grows
                ? .newUses(part: part, whole: "\(pair.old)", unless: unless)
                : .oldUses(part: part, whole: "\(pair.old)", unless: unless)
        let alignment: ChangeEffect =
            flow.contains(.byValue)
            ? .breaks("it is passed itself, or lies in an array: the sides put it at different places")
            : new.alignment > old.alignment
                ? .newUses(part: "the larger alignment", whole: "\(pair.old)")
                : .oldUses(part: "the larger alignment", whole: "\(pair.old)")
        found += Self.layoutChanges(subject, (old.size, new.size), (nil, nil), size)
        found += Self.layoutChanges(subject, (nil, nil), (old.alignment, new.alignment), alignment)
        return found
    }

    private static func layoutChanges(
        _ subject: String, _ size: (old: UInt64?, new: UInt64?), _ alignment: (old: UInt64?, new: UInt64?),
        _ effect: ChangeEffect
    ) -> [FoundChange] {
        var found: [FoundChange] = []
        func add(_ kind: ContractChange.Kind, _ word: String, _ values: (old: UInt64?, new: UInt64?)) {
            guard values.old != values.new else { return }
            found.append(
                FoundChange(
                    kind: kind, subject: subject, old: values.old.map { "\(word) \($0)" },
                    new: values.new.map { "\(word) \($0)" }, effect: effect))
        }
        add(.recordSize, "size", size)
        add(.recordAlignment, "align", alignment)
        return found
    }

    /// The members of a record, and those of unnamed records in it; `prefix` leads to them: `u.`.
    private mutating func memberChanges(
        _ subject: String, _ prefix: String, _ whole: String, _ old: Record, _ new: Record
    ) -> [FoundChange] {
        var found: [FoundChange] = []
        for (before, after) in members(old, new) {
            let name = prefix + (after?.name ?? before?.name ?? "(unnamed)")
            func add(_ kind: ContractChange.Kind, _ effect: ChangeEffect) {
                found.append(
                    FoundChange(
                        kind: kind, subject: "\(subject), member \(name)", old: before?.described,
                        new: after?.described,
                        effect: effect))
            }
            guard let before, let after else {
                let isUnion = old.isUnion && new.isUnion
                if after != nil {
                    add(.memberAdded, isUnion ? .newSends(name) : .newUses(part: name, whole: whole))
                } else {
                    add(.memberRemoved, isUnion ? .oldSends(name) : .oldUses(part: name, whole: whole))
                }
                continue
            }
            if before.name != after.name {
                add(.memberRenamed, .harmless("it lies where it lay and has the type that it had; only sources change"))
            }
            let inside = unnamedPair(before.type.type, after.type.type)
            if let inside, inside.old.isUnion == inside.new.isUnion {
                let path = after.name.map { "\(prefix)\($0)." } ?? prefix
                let nested = memberChanges(subject, path, whole, inside.old, inside.new)
                found += nested
                let isLaidOutAnew =
                    inside.old.size != inside.new.size || inside.old.alignment != inside.new.alignment
                if nested.isEmpty && isLaidOutAnew {
                    add(
                        .memberRetyped,
                        .breaks("its size or alignment is another: the sides lay out the rest otherwise"))
                }
            }
            let likeness = likeness(before.type, after.type)
            if before.width != after.width {
                add(.memberRetyped, .breaks("the sides read and write different bits"))
            } else {
                switch likeness {
                case .same: break
                case .constAdded: add(.constAdded, .const(isAdded: true))
                case .constRemoved: add(.constRemoved, .const(isAdded: false))
                case .different: add(.memberRetyped, retyping(before.type.type, after.type.type))
                }
            }
            if before.offset != after.offset { add(.memberMoved, .breaks("the sides look for it in different places")) }
        }
        return found
    }

    /// What it means that one place in memory holds another type: both sides read and write there.
    private func retyping(_ before: CType, _ after: CType) -> ChangeEffect {
        let scalars = (old: Scalar(before, in: old.types), new: Scalar(after, in: new.types))
        switch (Scalar.received(scalars.old, as: scalars.new), Scalar.received(scalars.new, as: scalars.old)) {
        case (let one, let other) where one.verdict == .depend && other.verdict == .depend && one == other:
            return .open(one.reason)
        case (let one, let other):
            return .breaks(one.verdict == .break ? one.reason : other.reason)
        }
    }

    /// How two types differ, whatever they lead to.
    mutating func likeness(_ old: CType.Qualified, _ new: CType.Qualified) -> Likeness {
        var reached: [Reached] = []
        return compare(old, new, [], isParameter: false, into: &reached)
    }

    // MARK: - enums

    private func changes(of subject: String, _ old: Enumeration, _ new: Enumeration) -> [FoundChange] {
        var found: [FoundChange] = []
        func add(
            _ kind: ContractChange.Kind, _ name: String, _ old: Int128?, _ new: Int128?, _ effect: ChangeEffect
        ) {
            found.append(
                FoundChange(
                    kind: kind, subject: "\(subject), \(name)", old: old.map { "\(name) = \($0)" },
                    new: new.map { "\(name) = \($0)" }, effect: effect))
        }
        let before = old.values
        let after = new.values
        let names = (old: old.names, new: new.names)
        for enumerator in old.enumerators where after[enumerator.name] == nil {
            add(
                .enumeratorRemoved, enumerator.name, enumerator.value, nil,
                Self.effect(of: enumerator.value, in: names.new, before, otherwise: .oldSends(enumerator.name)))
        }
        for enumerator in new.enumerators where before[enumerator.name] == nil {
            add(
                .enumeratorAdded, enumerator.name, nil, enumerator.value,
                Self.effect(of: enumerator.value, in: names.old, after, otherwise: .newSends(enumerator.name)))
        }
        for enumerator in new.enumerators {
            guard let value = before[enumerator.name], value != enumerator.value else { continue }
            add(
                .enumeratorValue, enumerator.name, value, enumerator.value,
                .breaks("one side's \(enumerator.name) is another value to the other"))
        }
        if old.storage != new.storage {
            let isResized = old.storage.bits != new.storage.bits
            found.append(
                FoundChange(
                    kind: .enumStorage, subject: subject, old: "\(old.storage)", new: "\(new.storage)",
                    effect: isResized
                        ? .breaks("the sides read and write different sizes")
                        : .open("only for values that mean the same in both: it has the same bits")))
        }
        return found
    }

    /// What a number means that one side has a name for and the other does not: another name of the same meaning, another
    /// meaning, or (`otherwise`) nothing.
    private static func effect(
        of value: Int128, in other: [Int128: [String]], _ own: [String: Int128], otherwise: ChangeEffect
    ) -> ChangeEffect {
        guard let names = other[value] else { return otherwise }
        if let moved = names.first(where: { own[$0] != nil && own[$0] != value }) {
            return .breaks("the other side takes \(value) for \(moved)")
        }
        return .harmless("the number has a name on both sides: \(names.joined(separator: ", "))")
    }
}

extension Enumeration {
    /// The names of each value.
    fileprivate var names: [Int128: [String]] {
        Dictionary(grouping: enumerators) { $0.value }.mapValues { $0.map(\.name) }
    }

    /// The value of each name.
    fileprivate var values: [String: Int128] {
        Dictionary(enumerators.map { ($0.name, $0.value) }) { first, _ in first }
    }
}

extension Record {
    fileprivate var word: String { isUnion ? "union" : "struct" }
}

extension Record.Member {
    /// `unsigned int a : 3 at 8:0`.
    fileprivate var described: String { "\(spelled) at \(place)" }
}

extension TypeDefinition {
    /// On one line, without its name.
    fileprivate var spelled: String {
        switch self {
        case .record(let record): "\(record.spelled) \(record.layout)"
        case .enumeration(let enumeration): "enum of \(enumeration.storage)"
        case .opaque: "opaque"
        }
    }
}
