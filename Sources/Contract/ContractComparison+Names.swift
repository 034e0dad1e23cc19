extension ContractComparison {
    mutating func callbackChanges(_ explained: Set<String>) -> [ContractChange] {
        var changes: [ContractChange] = []
        for (name, type) in old.callbacks.sorted(by: { $0.key < $1.key }) where new.callbacks[name] == nil {
            changes.append(removal(.callbackRemoved, "callback \(name)", "type", type.spelled(name), callbacks: [name]))
        }
        for (name, type) in new.callbacks.sorted(by: { $0.key < $1.key }) where old.callbacks[name] == nil {
            changes.append(addition(.callbackAdded, "callback \(name)", "type", type.spelled(name), callbacks: [name]))
        }
        for name in retypedCallbacks {
            guard let before = old.callbacks[name], let after = new.callbacks[name] else { continue }
            let isSame = types.likeness(.init(before), .init(after)) == .same
            if isSame && explained.contains(name) { continue }
            let found = FoundChange(
                kind: .callbackRetyped, subject: "callback \(name)", old: before.spelled(name),
                new: after.spelled(name), effect: .breaks("a function of one type is called as one of another"))
            changes.append(change(found, .bothWays, callbacks: [name]))
        }
        return changes
    }

    func constantChanges() -> [ContractChange] {
        var changes: [ContractChange] = []
        for (name, value) in old.constants.sorted(by: { $0.key < $1.key }) where new.constants[name] == nil {
            let found = FoundChange(
                kind: .constantRemoved, subject: "constant \(name)", old: "\(name) = \(value)", new: nil,
                effect: .open("only where \(value) still means what it meant: it is compiled into OLD's side"))
            changes.append(change(found, .bothWays))
        }
        for (name, value) in new.constants.sorted(by: { $0.key < $1.key }) where old.constants[name] == nil {
            changes.append(addition(.constantAdded, "constant \(name)", "constant", "\(name) = \(value)"))
        }
        for (name, value) in new.constants.sorted(by: { $0.key < $1.key }) {
            guard let before = old.constants[name], before != value else { continue }
            let found = FoundChange(
                kind: .constantValue, subject: "constant \(name)", old: "\(name) = \(before)",
                new: "\(name) = \(value)",
                effect: .open(
                    "only where nobody relies on it: \(before) is compiled into OLD's side, \(value) into NEW's"))
            changes.append(change(found, .bothWays))
        }
        return changes
    }

    func removal(
        _ kind: ContractChange.Kind, _ subject: String, _ word: String, _ text: String?, exports: [String] = [],
        callbacks: [String] = []
    ) -> ContractChange {
        ContractChange(
            kind: kind, subject: subject, exports: exports, callbacks: callbacks, old: text, new: nil,
            callers: kind == .exportRemoved
                ? .init(.break, "they bind what is not there")
                : .init(.depend, "only where nobody uses the \(word) any more"),
            plugins: .init(.survive, "nobody asks for it any more"), bump: .major)
    }

    func addition(
        _ kind: ContractChange.Kind, _ subject: String, _ word: String, _ text: String?, exports: [String] = [],
        callbacks: [String] = []
    ) -> ContractChange {
        ContractChange(
            kind: kind, subject: subject, exports: exports, callbacks: callbacks, old: nil, new: text,
            callers: .init(.survive, "they do not know of it"),
            plugins: .init(
                .survive,
                kind == .exportAdded
                    ? "a host that needs it asks for a range that begins with NEW" : "they do not know of it"),
            bump: .minor)
    }
}
