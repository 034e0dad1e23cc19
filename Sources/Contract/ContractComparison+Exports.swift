extension ContractComparison {
    /// `explained` are those whose types were told to change.
    mutating func exportChanges(_ explained: Set<String>) -> [ContractChange] {
        var changes: [ContractChange] = []
        for symbol in old.exports.keys.filter({ new.exports[$0] == nil }).sorted() {
            changes.append(removal(.exportRemoved, symbol, "export", old.spelled(symbol), exports: [symbol]))
        }
        for symbol in new.exports.keys.filter({ old.exports[$0] == nil }).sorted() {
            changes.append(addition(.exportAdded, symbol, "export", new.spelled(symbol), exports: [symbol]))
        }
        for symbol in retypedExports {
            var found: [FoundChange] = []
            if let (old, new) = functions(symbol) {
                found = signatureChanges(symbol, old, new)
            } else {
                found = [
                    FoundChange(
                        kind: .exportKind, subject: symbol, old: old.spelled(symbol), new: new.spelled(symbol),
                        effect: .breaks("a message is called with other arguments than a function of a type of its own")
                    )
                ]
            }
            if found.isEmpty && !explained.contains(symbol) {
                // A struct that led to itself leads to another of its form that does: no definition tells, the digest does.
                let effect = ChangeEffect.open("only where the structs that it reaches are still those that are meant")
                found = [
                    FoundChange(
                        kind: .exportParameters, subject: symbol, old: old.spelled(symbol), new: new.spelled(symbol),
                        effect: effect)
                ]
            }
            changes += found.map { change($0, .toPlugin, exports: [symbol]) }
        }
        return changes
    }

    private mutating func signatureChanges(
        _ symbol: String, _ old: CType.Function, _ new: CType.Function
    ) -> [FoundChange] {
        var found: [FoundChange] = []
        func whole(_ kind: ContractChange.Kind, _ effect: ChangeEffect) {
            found.append(
                FoundChange(
                    kind: kind, subject: symbol, old: self.old.spelled(symbol), new: self.new.spelled(symbol),
                    effect: effect))
        }
        if var change = useChange(.exportResult, "\(symbol), result", old.result, new.result) {
            change.flow = .toCaller
            found.append(change)
        }
        if old.parameters.count == new.parameters.count {
            for (index, (before, after)) in zip(old.parameters, new.parameters).enumerated() {
                let subject = "\(symbol), parameter \(index + 1)"
                if let change = useChange(.exportParameter, subject, before, after) { found.append(change) }
            }
        } else {
            let isPrefix = zip(old.parameters, new.parameters).allSatisfy {
                types.likeness(.init($0), .init($1)) == .same
            }
            let count = (old: old.parameters.count, new: new.parameters.count)
            whole(
                .exportParameters,
                !isPrefix
                    ? .breaks("parameters are looked for where others were passed")
                    : count.new > count.old
                        ? .newUses(part: "parameter \(count.old + 1)", whole: "the call")
                        : .oldUses(part: "parameter \(count.new + 1)", whole: "the call"))
        }
        if old.isVariadic != new.isVariadic {
            whole(
                .exportVariadic,
                .open(
                    "only on targets that pass the named parameters of both alike, and while no others are looked for"))
        }
        return found
    }

    /// A parameter or result of another type.
    private mutating func useChange(
        _ kind: ContractChange.Kind, _ subject: String, _ before: CType, _ after: CType
    ) -> FoundChange? {
        func found(_ kind: ContractChange.Kind, _ effect: ChangeEffect) -> FoundChange {
            FoundChange(kind: kind, subject: subject, old: before.spelled(), new: after.spelled(), effect: effect)
        }
        switch types.likeness(.init(before), .init(after)) {
        case .same: return nil
        case .constAdded: return found(.constAdded, .const(isAdded: true))
        case .constRemoved: return found(.constRemoved, .const(isAdded: false))
        case .different:
            return found(
                kind, .converted(old: Scalar(before, in: old.types), new: Scalar(after, in: new.types)))
        }
    }
}

extension Contract {
    /// An export as C declares it, `message` for a message.
    package func spelled(_ symbol: String) -> String? {
        switch exports[symbol] {
        case .message: "message \(symbol)"
        case .function(let function): CType.function(function).spelled(symbol)
        case nil: nil
        }
    }
}
