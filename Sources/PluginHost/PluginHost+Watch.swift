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
        for job in state.withLock({ Array($0.probations.values) }) {
            for entry in job.entries {
                guard let new = entry.new, let complaint = await complaint(about: new) else { continue }
                await takeBack(entry.name, complaint)
                break
            }
            if ContinuousClock.now >= job.probationEnd {
                // Somebody may have decided meanwhile: then there is nothing to take, or to tell.
                _ = try? await commit(job.entries[0].name)
            }
        }
    }

    private func takeBack(_ name: String, _ complaint: String) async {
        do throws(PluginHostError) {
            let reply = try await revert(name)
            report(
                "swap.reverted", name,
                "\(name) \(reply.new.version) is back in front: \(reply.old.map { "\($0.version)" } ?? "its successor") \(complaint)"
            )
        } catch {
            report("swap.not-reverted", name, "\(name) should be put back because it \(complaint), but: \(error)")
        }
    }

    private func lookAtCanaries() async {
        for (key, number) in state.withLock(\.openCanaries) {
            guard let generation = state.withLock({ $0.records[number]?.generation }),
                let complaint = await complaint(about: generation)
            else { continue }
            do throws(PluginHostError) {
                try await changeRoute(key.plugin, key.range, by: .closeCanary)
                report(
                    "canary.closed", key.plugin,
                    "the canary of \(key.main) is closed: \(generation.version) \(complaint)")
            } catch {
                report("canary.not-closed", key.plugin, "the canary of \(key.main) should be closed, but: \(error)")
            }
        }
    }

    /// What is wrong with a generation, a clause; `nil` for one that is well.
    private func complaint(about generation: Generation) async -> String? {
        do throws(LifecycleFailure) { try await generation.health(within: configuration.healthLimit) } catch {
            return error.clause
        }
        let (calls, failures) = generation.table.tally.read()
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
