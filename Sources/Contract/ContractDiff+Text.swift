import Compatibility

extension ContractDiff {
    /// The diff for people: a headline, then each change with both sides and what becomes of whom.
    package var text: String {
        guard !changes.isEmpty else { return "no change: patch\n" }
        let count = changes.count == 1 ? "1 change" : "\(changes.count) changes"
        return "\(count), \(bump): \(headline)\n" + changes.map { "\n" + $0.text }.joined()
    }

    /// Why the types of one export differ, in a sentence with both sides in C; `nil` where they do not, or one side lacks it.
    ///
    /// Where both are spelled alike it names the first definition that differs. `names` are what the two sides are called.
    package static func explain(
        _ symbol: String, old: Contract, new: Contract, names: (old: String, new: String) = ("OLD", "NEW")
    ) -> String? {
        guard let before = old.spelled(symbol), let after = new.spelled(symbol),
            old.type(of: symbol) != new.type(of: symbol)
        else { return nil }
        if before != after { return "\(names.old) has \"\(before)\", \(names.new) has \"\(after)\"" }
        return difference(symbol, old: old, new: new, names: names).map { "both have \"\(before)\", but \($0)" }
    }

    /// The first definition behind an export that differs, a clause with both sides; `nil` where all are the same.
    package static func difference(
        _ symbol: String, old: Contract, new: Contract, names: (old: String, new: String) = ("OLD", "NEW")
    ) -> String? {
        let changes = ContractDiff(old: old.reduced(to: symbol), new: new.reduced(to: symbol)).changes
        guard let change = changes.first(where: { $0.kind != .targetChanged }) else { return nil }
        let sides = "\(names.old) has \(shown(change.old)), \(names.new) has \(shown(change.new))"
        return "not the same \(change.subject): \(sides)"
    }

    private static func shown(_ side: String?) -> String { side.map { "\"\($0)\"" } ?? "none" }
}

extension ContractChange {
    /// What happened, a clause: "struct point, member z was added (move)", "export hum was removed".
    var statement: String {
        let what = exports == [subject] ? "export \(subject)" : callbacks == [subject] ? "callback \(subject)" : subject
        let verb = old == nil ? "was added" : new == nil ? "was removed" : "changed"
        return "\(what) \(verb)" + (isOwn || users.isEmpty ? "" : " (\(Self.listed(users)))")
    }

    /// Whether it is about an export or callback itself, not about what they reach.
    private var isOwn: Bool { kind.rawValue.hasPrefix("export.") || kind.rawValue.hasPrefix("callback.") }

    private var users: [String] { exports + callbacks.map { "callback \($0)" } }

    /// Several lines: kind, subject and bump; who is reached; both sides; both outcomes.
    var text: String {
        var lines = ["\(kind.rawValue): \(subject) (\(bump))"]
        if !isOwn && !users.isEmpty { lines.append("    reached by " + Self.listed(users)) }
        if let old { lines.append("    - " + old) }
        if let new { lines.append("    + " + new) }
        lines.append("    old callers \(callers)")
        lines.append("    old plugins \(plugins)")
        return lines.map { printable($0) + "\n" }.joined()
    }

    /// The first five, and how many more.
    private static func listed(_ names: [String]) -> String {
        let shown = names.prefix(5).joined(separator: ", ")
        return names.count > 5 ? "\(shown) and \(names.count - 5) more" : shown
    }
}

extension ContractChange.Outcome: CustomStringConvertible {
    /// "survive: they do not know of it".
    package var description: String { "\(verdict.rawValue): \(reason)" }
}

extension Contract {
    /// With one export and no names beside it.
    fileprivate func reduced(to symbol: String) -> Contract {
        var contract = self
        contract.exports = exports.filter { $0.key == symbol }
        contract.callbacks = [:]
        contract.constants = [:]
        return contract
    }
}
