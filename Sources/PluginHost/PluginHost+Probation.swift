import Compatibility
import PluginRegistry

// A swap on probation: the old version is ready to come back.

extension PluginHost {
    /// Puts back what was in front before the last swap of `name`, which is on probation, by one publish; with it the other
    /// plugins of its transaction.
    ///
    /// The old version goes on with the state that it had: what the new one changed meanwhile is lost.
    ///
    /// - Throws: `conflict` where nothing of that name is on probation, or a route has been bound meanwhile that the old
    ///   version cannot serve; `timedOut` in step `drain` as with a swap.
    public func revert(_ name: String) async throws(PluginHostError) -> TransactionReply {
        try await request { () async throws(PluginHostError) in
            var job = try takeProbation(of: name)
            await run(&job, .revert)
            return try revertReply(job)
        }
    }

    /// Ends the probation of the last swap of `name`: what was in front before it is drained and retired.
    public func commit(_ name: String) async throws(PluginHostError) -> CommitReply {
        try await request { () async throws(PluginHostError) in
            var job = try takeProbation(of: name)
            await run(&job, .commit)
            if job.answer != .done { _ = try answer(job) }
            guard let new = job.entries.first(where: { $0.name == name })?.new else {
                throw .conflict("\(name) was unloaded meanwhile")
            }
            return CommitReply(plugin: name, committed: new.stamp, retired: job.outcomes.compactMap(\.retired))
        }
    }

    private func revertReply(_ job: SwapJob) throws(PluginHostError) -> TransactionReply {
        if job.answer != .done { _ = try answer(job) }
        return TransactionReply(
            swaps: job.entries.compactMap { entry in
                guard let new = entry.new, let old = entry.old else { return nil }
                let leaver = job.outcomes.first { $0.stamp == new.stamp }
                return SwapReply(
                    plugin: entry.name, old: new.stamp, new: old.stamp, unchanged: false,
                    publishNanoseconds: job.publication.nanoseconds,
                    drainNanoseconds: leaver?.drainNanoseconds ?? 0,
                    inFlightAtPublish: job.publication.callsInFlight, retired: leaver?.retirement ?? .serving,
                    handOver: nil, probation: nil, isDryRun: false, unloadClass: old.image.unloadClass,
                    protection: old.image.staged.protection.rawValue, warnings: [])
            }, publishNanoseconds: job.publication.nanoseconds)
    }

    /// Takes a swap off probation to decide on it: whoever comes second finds none.
    func takeProbation(of name: String) throws(PluginHostError) -> SwapJob {
        let job = state.withLock { state in
            // Of several, which are in different lines, the last.
            state.probations.filter { $0.value.entries.contains { $0.name == name } }.keys.max().flatMap {
                state.probations.removeValue(forKey: $0)
            }
        }
        guard let job else {
            let isLoaded = state.withLock { !$0.catalog.generations(of: name).isEmpty }
            guard isLoaded else { throw PluginHostError(.notFound(state.withLock { $0.catalog.noPlugin(name) })) }
            throw .conflict(
                "no swap of \(name) is on probation: swap with a probation to be able to revert or commit it")
        }
        return job
    }

    // MARK: Actions of the machine

    /// Puts the swap on probation, or back on it; not where another request has decided it meanwhile.
    func watch(_ job: inout SwapJob) {
        if job.probationNumber == nil { job.probationEnd = .now + job.probation }
        let number = job.probationNumber ?? state.withLock { $0.nextProbation() }
        job.probationNumber = number
        var kept = job
        kept.outcomes = []
        let isOpen = state.withLock { [kept] state in
            let isOpen =
                !state.isShutDown
                && kept.entries.allSatisfy { entry in
                    entry.new.map { state.catalog.members[$0.number]?.isCurrent == true } == true
                }
            if isOpen { state.probations[number] = kept }
            return isOpen
        }
        if isOpen { return ensureWatch() }
        // Nobody else knows any more that the old ones are ready.
        let leaving = endReadiness(of: job.entries.compactMap(\.old?.number))
        if !leaving.isEmpty { inBackground { [self] in _ = await drainAndRetire(leaving) } }
    }

    /// Forgets swaps on probation that another change has decided: those with an entry for which `isDecided`.
    func dropProbations(where isDecided: (SwapJob.Entry) -> Bool) {
        let dropped = state.withLock { state in
            let dropped = state.probations.filter { $0.value.entries.contains(where: isDecided) }
            for number in dropped.keys { state.probations[number] = nil }
            return dropped.values
        }
        for job in dropped where job.entries.count > 1 {
            report(
                "probation.ended", job.entries[0].name,
                "the probation of \(job.plugins.joined(separator: ", ")), which were swapped together, is over: another "
                    + "change of one of them has decided it")
        }
        let ready = dropped.flatMap { $0.entries.compactMap(\.old?.number) }
        if !ready.isEmpty { retireInBackground(endReadiness(of: ready)) }
    }

    /// Takes it off, wherever it is.
    func endWatch(_ job: inout SwapJob) {
        guard let number = job.probationNumber else { return }
        state.withLock { $0.probations[number] = nil }
    }

    /// Lets go of old versions that were kept ready; who leaves by that.
    func endReadiness(of numbers: [Int]) -> [Int] {
        let (change, publication) = state.withLock { state in
            let change = state.catalog.endReadiness(of: numbers)
            return (change, state.publish(change))
        }
        reclaimLeftovers(of: publication, change)
        return change.leaving
    }
}

extension HostState {
    /// Calls of a generation count from now on for what may take it back.
    mutating func beginTally(of number: Int) {
        tallyBases[number] = records[number]?.generation.table.tally.read()
    }
}
