public import Compatibility
import PluginLoading
import PluginRegistry

// load and swap: from a file to a generation that serves.

extension PluginHost {
    /// Gates, loads and starts the plugin at `path`, beside what is loaded.
    ///
    /// It becomes current only where its line has no current version; otherwise it waits beside the first and serves the
    /// routes that only it satisfies. The very image that is loaded already is left alone (`unchanged`).
    ///
    /// - Parameter path: of the `.so`; it is copied first, and can be overwritten or deleted afterwards.
    /// - Throws: on any failure nothing has changed: what served still serves.
    public func load(_ path: String) async throws(PluginHostError) -> LoadReply {
        try await request { () async throws(PluginHostError) in try await loadAccepted(path) }
    }

    private func loadAccepted(_ path: String) async throws(PluginHostError) -> LoadReply {
        switch try await open(path, for: .load) {
        case .already(let number, let report):
            return try loadReply(number, report, unchanged: true)
        case .fresh(let image, let version, let report):
            let generation = try await start(image, version)
            let change: Catalog.Change
            do throws(PluginHostError) {
                change = try await publish(generation) { (state, member) throws(Catalog.Refusal) in
                    try state.catalog.load(member)
                }.change
            } catch {
                // Another load of the very image may have been quicker; ours is retired, and nothing is left to do.
                guard let quicker = serving(generation.plugin, version, image.id, for: .load) else { throw error }
                return try loadReply(quicker, report, unchanged: true)
            }
            if !change.leaving.isEmpty { inBackground { [self] in _ = await drainAndRetire(change.leaving) } }
            return try loadReply(generation.number, report, unchanged: false)
        }
    }

    /// Gates, loads and starts the plugin at `path`, and puts it in front of its line in place of `name`'s current one,
    /// which is drained and retired unless a route that the new version does not satisfy still needs it.
    ///
    /// - Parameter name: the manifest's; another is an error, so that a mistaken file never takes a plugin's place.
    /// - Throws: before publication nothing has changed. `timedOut` in step `drain`: the new version serves, and the old
    ///   one is retired as soon as the last call has left it.
    public func swap(_ name: String, to path: String) async throws(PluginHostError) -> SwapReply {
        try await request { () async throws(PluginHostError) in try await swapAccepted(name, to: path) }
    }

    private func swapAccepted(_ name: String, to path: String) async throws(PluginHostError) -> SwapReply {
        switch try await open(path, for: .swap, named: name) {
        case .already(let number, let report):
            return try unchangedReply(number, report.warnings)
        case .fresh(let image, let version, let report):
            let generation = try await start(image, version)
            var old: Catalog.Member?
            let (change, publication) = try await publish(generation) { (state, member) throws(Catalog.Refusal) in
                old = state.catalog.current(of: name, inLineOf: version)
                return try state.catalog.swap(in: member)
            }
            return try await swapReply(generation, old, change, publication, report.warnings)
        }
    }

    /// Puts a version that is loaded already in front of its line; the rest as with a file.
    public func swap(_ name: String, to version: SemanticVersion) async throws(PluginHostError) -> SwapReply {
        try await request { () async throws(PluginHostError) in try await swapAccepted(name, to: version) }
    }

    private func swapAccepted(
        _ name: String, to version: SemanticVersion
    ) async throws(PluginHostError) -> SwapReply {
        if let front = current(name, inLineOf: version), front.version == version {
            return try unchangedReply(front.number, [])
        }
        var old: Catalog.Member?
        let (generation, change, publication) = try exchange { state throws(Catalog.Refusal) in
            guard let member = state.catalog.generations(of: name).first(where: { $0.version == version }),
                let generation = state.records[member.number]?.generation
            else { throw .notFound("\(name) \(version) is not loaded: load its file first, or swap to the file") }
            old = state.catalog.current(of: name, inLineOf: version)
            let change = try state.catalog.swap(in: member)
            return (generation, change, state.publish(change))
        }
        reclaimLeftovers(of: publication, change)
        return try await swapReply(generation, old, change, publication, [])
    }

    // MARK: Steps

    /// Enters a fresh image into the ledger and calls its `swb_start`.
    ///
    /// On failure the image is closed, or stays in the ledger where it must stay in memory.
    private func start(_ image: LoadedImage, _ version: SemanticVersion) async throws(PluginHostError) -> Generation {
        let generation = state.withLock { state in
            let number = state.nextNumber()
            let generation = Generation(number: number, version: version, image: image, log: configuration.log)
            state.records[number] = HostState.Record(generation: generation)
            return generation
        }
        do throws(Generation.StartFailure) {
            try await generation.start(within: configuration.startLimit)
            return generation
        } catch {
            if error.leavesCodeRunning {
                state.withLock { $0.enter(.stuck, generation.number, reason: error.clause) }
            } else {
                _ = await close(generation, after: error.clause)
            }
            throw PluginHostError(error, of: image.manifest.name, version)
        }
    }

    /// Puts a started generation into service by `admit`; retires it again where that is refused.
    private func publish(
        _ generation: Generation,
        _ admit: (inout HostState, Catalog.Member) throws(Catalog.Refusal) -> Catalog.Change
    ) async throws(PluginHostError) -> (change: Catalog.Change, publication: HostState.Publication) {
        do throws(PluginHostError) {
            let (change, publication) = try exchange { state throws(Catalog.Refusal) in
                if state.isShutDown { throw .conflict("the host is shut down") }
                let change = try admit(&state, generation.member)
                return (change, state.publish(change))
            }
            reclaimLeftovers(of: publication, change)
            return (change, publication)
        } catch {
            await retire(generation)
            throw error
        }
    }

    /// Frees the replaced targets of generations that serve on through other routes; those that leave drain theirs.
    private func reclaimLeftovers(of publication: HostState.Publication, _ change: Catalog.Change) {
        let leftover = publication.replaced.filter { !change.leaving.contains($0.generation) }
        if !leftover.isEmpty { inBackground { [self] in await reclaim(leftover) } }
    }

    private func exchange<Value: Sendable>(
        _ body: (inout HostState) throws(Catalog.Refusal) -> Value
    ) throws(PluginHostError) -> Value {
        do throws(Catalog.Refusal) { return try state.withLock(body) } catch { throw PluginHostError(error) }
    }

    private func current(_ plugin: String, inLineOf version: SemanticVersion) -> Catalog.Member? {
        state.withLock { $0.catalog.current(of: plugin, inLineOf: version) }
    }

    // MARK: Replies

    private func loadReply(
        _ number: Int, _ report: GateReport, unchanged: Bool
    ) throws(PluginHostError) -> LoadReply {
        let (generation, isCurrent) = try served(number)
        return LoadReply(
            plugin: generation.plugin, loaded: generation.stamp, unchanged: unchanged, isCurrent: isCurrent,
            unloadClass: generation.image.unloadClass, protection: "folder", warnings: report.warnings)
    }

    private func unchangedReply(_ number: Int, _ warnings: [Finding]) throws(PluginHostError) -> SwapReply {
        let generation = try served(number).generation
        return SwapReply(
            plugin: generation.plugin, old: generation.stamp, new: generation.stamp, unchanged: true,
            publishNanoseconds: 0, drainNanoseconds: 0, inFlightAtPublish: 0, retired: nil,
            unloadClass: generation.image.unloadClass, protection: "folder", warnings: warnings)
    }

    /// Drains and retires what left, then tells all of it.
    private func swapReply(
        _ generation: Generation, _ old: Catalog.Member?, _ change: Catalog.Change,
        _ publication: HostState.Publication, _ warnings: [Finding]
    ) async throws(PluginHostError) -> SwapReply {
        let oldStamp = old.map { VersionStamp(version: $0.version, image: $0.image, generation: $0.number) }
        let outcomes = await drainAndRetire(change.leaving)
        let stuck = outcomes.compactMap(\.stillInside)
        guard stuck.isEmpty else {
            throw .timedOut(
                plugin: generation.plugin, step: "drain",
                detail: "\(generation.version) serves (generation \(generation.number)); "
                    + stuck.joined(separator: "; "))
        }
        let leaver = outcomes.first { $0.stamp == oldStamp } ?? outcomes.first
        return SwapReply(
            plugin: generation.plugin, old: oldStamp ?? leaver?.stamp, new: generation.stamp, unchanged: false,
            publishNanoseconds: publication.nanoseconds, drainNanoseconds: leaver?.drainNanoseconds ?? 0,
            inFlightAtPublish: publication.callsInFlight,
            retired: leaver?.retirement ?? (old == nil ? nil : .serving), unloadClass: generation.image.unloadClass,
            protection: "folder", warnings: warnings)
    }

    private func served(_ number: Int) throws(PluginHostError) -> (generation: Generation, isCurrent: Bool) {
        let found = state.withLock { state in
            state.records[number].map { ($0.generation, state.catalog.members[number]?.isCurrent ?? false) }
        }
        // Somebody else's unload may come between publication and this look.
        guard let found else { throw .conflict("generation \(number) was unloaded meanwhile") }
        return found
    }
}
