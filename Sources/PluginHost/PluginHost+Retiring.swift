public import Compatibility
import LinuxSystem
import PluginLoading
import PluginRegistry

// unload, and the end of a generation: from one that serves to one that is gone, or stays for a reason.

extension PluginHost {
    /// Drains and retires one version, or all of the plugin's.
    ///
    /// Their routes fall back to what else they admit; bindings on a route that nothing serves any more throw.
    ///
    /// - Throws: `timedOut` in step `drain` when calls are still inside after the limit (an unload that a plugin asks for
    ///   from inside a call of its own ends so too); no new call gets in, and it is retired when the last has left.
    public func unload(_ name: String, _ version: SemanticVersion? = nil) async throws(PluginHostError) -> UnloadReply {
        try await request { () async throws(PluginHostError) in try await unloadAccepted(name, version) }
    }

    private func unloadAccepted(
        _ name: String, _ version: SemanticVersion?
    ) async throws(PluginHostError) -> UnloadReply {
        let leaving = try await takeOutOfService(name, version)
        let outcomes = await drainAndRetire(leaving)
        let stuck = outcomes.compactMap(\.lateness)
        guard stuck.isEmpty else {
            throw .timedOut(plugin: name, step: "drain", detail: stuck.joined(separator: "; "))
        }
        return UnloadReply(plugin: name, retired: outcomes.compactMap(\.retired))
    }

    /// In the plugin's turn: a swap of it that is about to publish comes before or after, not between.
    private func takeOutOfService(_ name: String, _ version: SemanticVersion?) async throws(PluginHostError) -> [Int] {
        await takeTurn(of: [name])
        defer { endTurn(of: [name]) }
        let (change, publication) = try exchange { state throws(Catalog.Refusal) in
            let change = try state.catalog.unload(name, version)
            return (change, state.publish(change))
        }
        let left = Set(change.leaving)
        dropProbations { entry in
            [entry.old, entry.new].contains { $0.map { left.contains($0.number) } == true }
        }
        reclaimLeftovers(of: publication, change)
        announce(change)
        return change.leaving
    }

    /// What became of one generation that left service.
    struct Outcome {
        let plugin: String
        let stamp: VersionStamp
        var drainNanoseconds = 0
        /// `nil` while calls are inside.
        var retirement: Retirement?
        /// Who is still inside: clauses.
        var stillInside: String?

        /// A clause for whoever waited for the retirement.
        var lateness: String? {
            stillInside.map {
                "\(stamp.version) (generation \(stamp.generation)) is retired when the calls inside return: \($0)"
            }
        }

        /// The same for a reply.
        var retired: UnloadReply.RetiredVersion? {
            retirement.map { .init(plugin: plugin, stamp: stamp, outcome: $0, drainNanoseconds: drainNanoseconds) }
        }
    }

    /// Drains and retires generations, all at once, oldest first in the result; then those that only they imported from.
    ///
    /// Those that others retire already are left out.
    ///
    /// - Parameter limit: how long to wait for calls to leave; `nil` takes the host's own.
    func drainAndRetire(_ numbers: [Int], limit: Duration? = nil) async -> [Outcome] {
        await withTaskGroup(of: [Outcome].self) { group in
            for number in numbers { group.addTask { await self.drainAndRetire(number, limit: limit) } }
            var outcomes: [Outcome] = []
            for await some in group { outcomes += some }
            return outcomes.sorted { $0.stamp.generation < $1.stamp.generation }
        }
    }

    /// The same where nobody waits for it.
    func retireInBackground(_ numbers: [Int]) {
        if !numbers.isEmpty { inBackground { [self] in _ = await drainAndRetire(numbers) } }
    }

    private func drainAndRetire(_ number: Int, limit: Duration?) async -> [Outcome] {
        guard let record = state.withLock({ $0.records[number] }) else { return [] }
        let generation = record.generation
        generation.table.raiseCancellation()
        sight(generation)
        var outcome = Outcome(plugin: generation.plugin, stamp: generation.stamp)
        let drain = await reclaimer.drain(record.targets, limit: limit ?? configuration.drainLimit) { [self] in
            // On the reclaimer's thread, which must not wait: the retirement goes on as the host's own task.
            inBackground { [self] in
                state.withLock { $0.forget(record.targets) }
                _ = await retireAndFollow(generation)
            }
        }
        switch drain {
        case .drained(let nanoseconds):
            state.withLock { $0.forget(record.targets) }
            outcome.drainNanoseconds = nanoseconds
            let (retirement, followers) = await retireAndFollow(generation)
            guard let retirement else { return followers }
            outcome.retirement = retirement
            return [outcome] + followers
        case .timedOut:
            let calls = sight(generation)
            outcome.stillInside = calls.prefix(8).map(\.clause).joined(separator: ", ")
        case .degraded:
            let reason = "pins are degraded: nobody can know any more whether a call is inside"
            state.withLock { $0.enter(.resident, number, reason: reason) }
            generation.abandon()
            outcome.retirement = .resident(reason: reason)
        }
        return [outcome]
    }

    /// Retires a drained generation, then what only it imported from.
    private func retireAndFollow(_ generation: Generation) async -> (Retirement?, [Outcome]) {
        guard let (retirement, followers) = await stopAndClose(generation) else { return (nil, []) }
        return (retirement, followers.isEmpty ? [] : await drainAndRetire(followers))
    }

    /// Waits until no call is inside generations that are to stay ready; who is, a clause each, where the limit passes.
    func drainOnly(_ numbers: [Int], limit: Duration) async -> [String] {
        let deadline = ContinuousClock.now + limit
        var stuck: [String] = []
        for number in numbers {
            guard let record = state.withLock({ $0.records[number] }) else { continue }
            sight(record.generation)
            let serving = state.withLock { state in state.routes.values.compactMap(\.target).map(ObjectIdentifier.init)
            }
            let replaced = record.targets.filter { !serving.contains(ObjectIdentifier($0)) }
            await reclaim(replaced, limit: max(.zero, deadline - .now))
            let calls = sight(record.generation)
            if replaced.contains(where: { $0.callCount > 0 }) { stuck += calls.map(\.clause) }
        }
        return stuck
    }

    /// Frees targets of a generation that still serves other routes, or stays ready.
    func reclaim(_ targets: [Target], limit: Duration? = nil) async {
        let drain = await reclaimer.drain(targets, limit: limit ?? configuration.drainLimit) { [self] in
            state.withLock { $0.forget(targets) }
        }
        if case .drained = drain { state.withLock { $0.forget(targets) } }
    }

    /// Stops a drained generation and closes its image as far as its class allows.
    ///
    /// - Returns: `nil` where somebody else is doing so already.
    @discardableResult
    func retire(_ generation: Generation) async -> Retirement? {
        guard let (retirement, followers) = await stopAndClose(generation) else { return nil }
        retireInBackground(followers)
        return retirement
    }

    /// The same; with it who leaves because only this one imported from it.
    private func stopAndClose(_ generation: Generation) async -> (Retirement, followers: [Int])? {
        guard state.withLock({ $0.beginRetiring(generation.number) }) else { return nil }
        if let reason = await generation.stop(within: configuration.stopLimit) {
            // Its imports stay: a thread of it that does not end may still call them.
            state.withLock { $0.enter(.stuck, generation.number, reason: reason) }
            return (.resident(reason: reason), [])
        }
        return await close(generation)
    }

    /// Closes the image of a generation that runs no code any more, on the loader thread, and enters what is true then.
    ///
    /// - Parameter failure: why it never served, a clause, for those that did not.
    /// - Returns: with it, who leaves because only this one imported from it.
    func close(_ generation: Generation, after failure: String? = nil) async -> (Retirement, followers: [Int]) {
        let closed = await loader.run(within: configuration.openLimit) { generation.image.close() }
        // The dynamic linker frees what it kept for a thread's destructors at a later close, which this was.
        await closeLingering()
        let cause: String
        switch closed {
        case .unmapped: cause = ""
        case .resident(let reason): cause = reason
        case nil: cause = "the loader thread is inside another image's constructor; it is unmapped when that returns"
        }
        let retirement: Retirement = state.withLock { state in
            if closed == .unmapped {
                state.records[generation.number] = nil
                return .unmapped
            }
            let reason = (failure.map { "\($0); " } ?? "") + cause
            state.records[generation.number]?.isLingering = generation.image.unloadClass != .resident
            state.enter(.resident, generation.number, reason: reason)
            return .resident(reason: reason)
        }
        if retirement != .unmapped { ensureWatch() }
        let (orphaned, followers) = state.withLock { state in
            let orphaned = state.retireRoutes(ofImporter: generation.number)
            let change = state.catalog.dropImports(of: generation.number)
            for number in change.leaving { state.enter(.draining, number) }
            state.tallyBases[generation.number] = nil
            state.sightings.forget(generation.number)
            return (orphaned, change.leaving)
        }
        if !orphaned.isEmpty { inBackground { [self] in await reclaim(orphaned) } }
        return (retirement, followers)
    }
}
