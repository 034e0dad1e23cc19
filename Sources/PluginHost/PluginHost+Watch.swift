import Compatibility
import PluginRegistry

// One watch over everything that changes by itself: versions on probation, canaries, and images that a thread may leave.

extension PluginHost {
    /// Starts the watch, unless it goes on already; it ends by itself when nothing is left to watch.
    func ensureWatch() {
        state.withLock { state in
            guard state.watch == nil, !state.isShutDown else { return }
            state.watch = Task(executorPreference: executor) { [self] in await watchOn() }
        }
    }

    private func watchOn() async {
        while true {
            // Cancelled by `shutdown` only, which the next look finds.
            try? await Task.sleep(for: configuration.watchInterval)
            await lookAtProbations()
            await lookAtCanaries()
            await closeLingering()
            let isOver = state.withLock { state in
                let isOver =
                    state.isShutDown
                    || (state.probations.isEmpty && state.openCanaries.isEmpty && state.lingering.isEmpty)
                if isOver { state.watch = nil }
                return isOver
            }
            if isOver { return }
        }
    }

    private func lookAtProbations() async {
        for (number, job) in state.withLock({ Array($0.probations) }) {
            if !job.isGivenUp, let (name, complaint) = await complaint(about: job) {
                // Nobody waits here for the drain: others may be ill, too.
                inBackground { [self] in await takeBack(number, name, complaint) }
            } else if ContinuousClock.now >= job.probationEnd {
                inBackground { [self] in await end(number) }
            }
        }
    }

    private func takeBack(_ number: Int, _ name: String, _ complaint: String) async {
        // An operator, or another swap, may have decided meanwhile.
        guard var job = state.withLock({ $0.probations.removeValue(forKey: number) }) else { return }
        job.isGivenUp = true
        await run(&job, .revert)
        guard job.isReturned else {
            let reason = job.failure.map { "\($0)" } ?? "it was not possible"
            return report(
                "swap.not-reverted", name, "\(name) should be put back because it \(complaint), but: \(reason)")
        }
        let (old, new) = job.entries.first { $0.name == name }.map { ($0.old?.version, $0.new?.version) } ?? (nil, nil)
        report(
            "swap.reverted", name,
            "\(name) \(old.map { "\($0)" } ?? "") is back in front: \(new.map { "\($0)" } ?? "its successor") \(complaint)"
        )
    }

    private func end(_ number: Int) async {
        guard var job = state.withLock({ $0.probations.removeValue(forKey: number) }) else { return }
        await run(&job, .commit)
        let names = job.plugins.joined(separator: ", ")
        report(
            job.isReturned ? "swap.reverted" : "swap.committed", job.entries[0].name,
            job.isReturned
                ? "\(names): back in front, because calls did not leave the old version by the end of the probation"
                : "the probation of \(names) is over: the old version is retired")
    }

    private func complaint(about job: SwapJob) async -> (name: String, clause: String)? {
        for entry in job.entries where entry.old != nil {
            if let new = entry.new, let clause = await complaint(about: new) { return (entry.name, clause) }
        }
        return nil
    }

    private func lookAtCanaries() async {
        for (key, number) in state.withLock(\.openCanaries) {
            guard let generation = state.withLock({ $0.records[number]?.generation }),
                let complaint = await complaint(about: generation)
            else { continue }
            do throws(PluginHostError) {
                guard try await closeCanary(of: key, whileServing: number) else { continue }
                report(
                    "canary.closed", key.plugin,
                    "the canary of \(key.main) is closed: \(generation.version) \(complaint)")
            } catch {
                report("canary.not-closed", key.plugin, "the canary of \(key.main) should be closed, but: \(error)")
            }
        }
    }

    /// Closes a canary, unless another generation serves it by now.
    private func closeCanary(
        of key: Catalog.RouteKey, whileServing number: Int
    ) async throws(PluginHostError) -> Bool {
        await takeTurn(of: [key.plugin])
        defer { endTurn(of: [key.plugin]) }
        let done: (HostState.Publication, Catalog.Change)? = try exchange { state throws(Catalog.Refusal) in
            guard let route = state.catalog.routes[key], route.server == number else { return nil }
            let change = try state.catalog.change(key.plugin, route.range, by: .closeCanary)
            return (state.publish(change), change)
        }
        guard let (publication, change) = done else { return false }
        follow(publication, change)
        return true
    }

    /// What is wrong with a generation, a clause; `nil` for one that is well.
    private func complaint(about generation: Generation) async -> String? {
        do throws(LifecycleFailure) { try await generation.health(within: configuration.healthLimit) } catch {
            return error.clause
        }
        let now = generation.table.tally.read()
        let base = state.withLock { $0.tallyBases[generation.number] } ?? (calls: 0, failures: 0)
        let (calls, failures) = (now.calls - base.calls, now.failures - base.failures)
        guard configuration.errorRate.isExceeded(calls: calls, failures: failures) else { return nil }
        return "failed \(failures) of \(calls) calls, more than \(configuration.errorRate.share * 100) %"
    }

    /// Looks again at images that could not be unmapped when they were closed.
    func closeLingering() async {
        let lingering = state.withLock(\.lingering)
        guard !lingering.isEmpty else { return }
        let gone = await loader.run(within: configuration.openLimit) {
            lingering.filter { $0.image.close() == .unmapped }.map(\.number)
        }
        state.withLock { state in for number in gone ?? [] { state.records[number] = nil } }
    }

    func report(_ code: String, _ plugin: String, _ sentence: String) {
        configuration.onEvent(HostEvent(code: code, plugin: plugin, sentence: sentence))
    }
}

extension HostState {
    /// Retired generations whose image may be unmapped as soon as the dynamic linker or a thread lets go of it.
    var lingering: [Generation] { records.values.filter(\.isLingering).map(\.generation) }

    /// Canary arms that get calls, and the generations behind them that are not the main arm's.
    var openCanaries: [(key: Catalog.RouteKey, number: Int)] {
        catalog.routes.all.compactMap { key, entry in
            guard key.arm == .canary, entry.basisPoints > 0, let server = entry.server,
                catalog.routes[key.main]?.server != server
            else { return nil }
            return (key, server)
        }
    }
}
