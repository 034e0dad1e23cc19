import Compatibility

/// What the generations in memory take, added up.
struct Ledger {
    var generations = 0
    var resident = 0
    /// Address space of the images, in bytes.
    var bytes = 0
    /// Mappings of the images, at most.
    var mappings = 0

    init(_ records: some Collection<HostState.Record>) {
        for record in records {
            generations += 1
            if record.state == .resident { resident += 1 }
            bytes += record.generation.image.addresses.count
            mappings += record.generation.image.mappings
        }
    }

    /// The thresholds that a budget has and that `pick` names, passed by what is there: a sentence each.
    func passed(_ budget: Budget, _ pick: (Budget.Threshold) -> Int, orReached: Bool) -> [String] {
        [
            ("generations in memory", generations, pick(budget.generations)),
            ("bytes of images", bytes, pick(budget.bytes)), ("mappings of images", mappings, pick(budget.mappings)),
        ].compactMap { what, value, limit in
            value > limit || (orReached && value == limit) ? "\(value) \(what), the budget has \(limit)" : nil
        }
    }
}

extension PluginHost {
    /// Before anything of another image is opened.
    func refuseOverBudget() throws(PluginHostError) {
        let ledger = state.withLock { Ledger($0.records.values) }
        let passed = ledger.passed(configuration.budget, \.limit, orReached: true)
        guard passed.isEmpty else {
            throw .overBudget(
                "the host's budget has no room for another image: \(passed.joined(separator: "; ")); unload plugins that "
                    + "nobody needs (`plugctl list --all` says why retired ones stay), raise the budget, or restart the host"
            )
        }
    }

    /// Says once of each threshold that it is passed, and again after it was not.
    func warnOfBudget() {
        let fresh = state.withLock { state in
            let passed = Set(
                Ledger(state.records.values).passed(configuration.budget, \.warning, orReached: false).map {
                    $0.drop { $0.isNumber }.description
                })
            defer { state.warnings = passed }
            return passed.subtracting(state.warnings)
        }
        for warning in fresh.sorted() {
            report("ledger.warning", "", "the plugins take more than the budget's warning:" + warning)
        }
    }
}
