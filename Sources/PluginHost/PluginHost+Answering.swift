import Compatibility

// What whoever asked for a swap is told.

extension PluginHost {
    /// The reply to a swap, or why there is none.
    func answer(_ job: SwapJob) throws(PluginHostError) -> TransactionReply {
        switch job.answer {
        case .done, .unchanged, .dryRun: break
        case .stillInside: throw stillInside(job)
        case .takenBack:
            throw .timedOut(
                plugin: job.entries[0].name, step: "drain",
                detail: "calls did not leave the old version within \(job.drainLimit), so it was put back in front and "
                    + "serves; the new one is retired: " + job.inside.joined(separator: ", "))
        case .failed, nil: throw job.failure ?? .system("the swap of \(job.entries[0].name) ended without a word")
        }
        var swaps: [SwapReply] = []
        for entry in job.entries { swaps.append(try reply(entry, in: job)) }
        return TransactionReply(swaps: swaps, publishNanoseconds: job.publication.nanoseconds)
    }

    private func stillInside(_ job: SwapJob) -> PluginHostError {
        let serving = job.entries.compactMap { entry in
            (job.isReturned ? entry.old : entry.new).map {
                "\(entry.name) \($0.version) serves (generation \($0.number))"
            }
        }
        return .timedOut(
            plugin: job.entries[0].name, step: "drain",
            detail: (serving + job.outcomes.compactMap(\.lateness)).joined(separator: "; "))
    }

    private func reply(_ entry: SwapJob.Entry, in job: SwapJob) throws(PluginHostError) -> SwapReply {
        guard let new = entry.new else { throw .conflict("\(entry.name) was unloaded meanwhile") }
        let mine = job.outcomes.filter { outcome in outcome.plugin == entry.name }
        let leaver = mine.first { $0.stamp == entry.old?.stamp } ?? mine.first
        let isUnchanged = job.answer == .unchanged
        return SwapReply(
            plugin: entry.name, old: isUnchanged ? new.stamp : entry.old?.stamp ?? leaver?.stamp, new: new.stamp,
            unchanged: isUnchanged, publishNanoseconds: isUnchanged ? 0 : job.publication.nanoseconds,
            drainNanoseconds: leaver?.drainNanoseconds ?? 0, inFlightAtPublish: job.publication.callsInFlight,
            retired: retirement(of: entry, leaver, in: job), handOver: entry.handOver,
            probation: job.machine.state == .onProbation ? job.probation / .seconds(1) : nil,
            isDryRun: job.options.isDryRun, unloadClass: new.image.unloadClass,
            protection: new.image.staged.protection.rawValue,
            warnings: entry.warnings)
    }

    private func retirement(of entry: SwapJob.Entry, _ leaver: Outcome?, in job: SwapJob) -> Retirement? {
        if job.answer != .done { return nil }
        if let retirement = leaver?.retirement { return retirement }
        guard entry.old != nil else { return nil }
        return job.machine.state == .onProbation ? .ready : .serving
    }
}
