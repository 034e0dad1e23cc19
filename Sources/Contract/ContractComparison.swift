import Compatibility

/// The work of a comparison.
struct ContractComparison {
    let old: Contract
    let new: Contract
    var types: TypeComparison

    /// The exports that both declare with types that differ, sorted.
    let retypedExports: [String]
    /// The callbacks that both declare with digests that differ, sorted.
    let retypedCallbacks: [String]
    /// What each definition leads to: many exports lead to the same.
    private var next: [TypeComparison.Reached: [TypeComparison.Reached]] = [:]

    init(_ old: Contract, _ new: Contract) {
        self.old = old
        self.new = new
        types = TypeComparison(old, new)
        var digests = (old: TypeDigests(of: old.types), new: TypeDigests(of: new.types))
        retypedExports = old.exports.keys.filter { symbol in
            guard let before = old.exports[symbol], let after = new.exports[symbol] else { return false }
            return digests.old.type(of: before) != digests.new.type(of: after)
        }.sorted()
        retypedCallbacks = old.callbacks.keys.filter { name in
            guard let before = old.callbacks[name], let after = new.callbacks[name] else { return false }
            return digests.old.digest(of: before) != digests.new.digest(of: after)
        }.sorted()
    }

    mutating func changes() -> [ContractChange] {
        var changes: [ContractChange] = []
        if old.target != new.target {
            let reason = "files for two targets are never loaded into one process"
            changes.append(
                ContractChange(
                    kind: .targetChanged, subject: "target", exports: [], callbacks: [], old: old.target,
                    new: new.target, callers: .init(.break, reason), plugins: .init(.break, reason), bump: .patch))
        }
        let reach = reach()
        for (pair, users) in reach.sorted(by: { $0.key < $1.key }) {
            changes += types.changes(of: pair, users.flow).map {
                change($0, users.flow, exports: users.exports, callbacks: users.callbacks)
            }
        }
        let reached = (exports: Set(changes.flatMap(\.exports)), callbacks: Set(changes.flatMap(\.callbacks)))
        changes += callbackChanges(reached.callbacks) + exportChanges(reached.exports) + constantChanges()
        return changes
    }

    // MARK: - who reaches which types

    /// Who reaches a pair of definitions, and how its values travel.
    private struct Users {
        var exports: [String] = []
        var callbacks: [String] = []
        var flow: Flow = []
    }

    private mutating func reach() -> [TypePair: Users] {
        var reach: [TypePair: Users] = [:]
        for symbol in retypedExports {
            guard let (old, new) = functions(symbol) else { continue }
            var reached: [TypeComparison.Reached] = []
            _ = types.compare(old, new, .toCaller, into: &reached)
            for (pair, flow) in closure(of: reached) {
                reach[pair, default: Users()].exports.append(symbol)
                reach[pair, default: Users()].flow.formUnion(flow)
            }
        }
        for name in retypedCallbacks {
            guard let old = old.callbacks[name], let new = new.callbacks[name] else { continue }
            var reached: [TypeComparison.Reached] = []
            _ = types.compare(.init(old), .init(new), .bothWays, isParameter: false, into: &reached)
            for (pair, flow) in closure(of: reached) {
                reach[pair, default: Users()].callbacks.append(name)
                reach[pair, default: Users()].flow.formUnion(flow)
            }
        }
        return reach
    }

    /// All pairs that some lead to, with the ways of their values.
    private mutating func closure(of first: [TypeComparison.Reached]) -> [TypePair: Flow] {
        var pending = first
        var seen = Set(first)
        var flows: [TypePair: Flow] = [:]
        while let reached = pending.popLast() {
            flows[reached.pair, default: []].formUnion(reached.flow)
            pending += successors(of: reached).filter { seen.insert($0).inserted }
        }
        return flows
    }

    /// What the members of a pair of records lead to.
    private mutating func successors(of reached: TypeComparison.Reached) -> [TypeComparison.Reached] {
        if let known = next[reached] { return known }
        var found: [TypeComparison.Reached] = []
        if case (.record(let old), .record(let new)) = types.definitions(reached.pair) {
            for case (let old?, let new?) in types.members(old, new) {
                _ = types.compare(old.type, new.type, reached.flow, isParameter: false, into: &found)
            }
        }
        next[reached] = found
        return found
    }

    func functions(_ symbol: String) -> (old: CType.Function, new: CType.Function)? {
        guard case .function(let old) = old.exports[symbol], case .function(let new) = new.exports[symbol] else {
            return nil
        }
        return (old, new)
    }

    func change(
        _ found: FoundChange, _ flow: Flow, exports: [String] = [], callbacks: [String] = [],
        bump: VersionBump = .major
    ) -> ContractChange {
        let outcomes = found.effect.outcomes(found.flow ?? flow)
        return ContractChange(
            kind: found.kind, subject: found.subject, exports: exports, callbacks: callbacks, old: found.old,
            new: found.new, callers: outcomes.callers, plugins: outcomes.plugins, bump: bump)
    }
}
