import Compatibility
import PluginLoading
import PluginRegistry

// load, and the steps that it shares with swap: from a file to a generation that serves.

extension PluginHost {
    /// Gates, loads and starts the plugin at `path`, beside what is loaded.
    ///
    /// It becomes current only where its line has no current version; otherwise it waits beside the first and serves the
    /// routes that only it satisfies. The very image that is loaded already is left alone (`unchanged`).
    ///
    /// - Parameters:
    ///   - path: of the `.so`; it is copied first, and can be overwritten or deleted afterwards.
    ///   - peer: the user who asked from outside the process, for the audit log.
    /// - Throws: on any failure nothing has changed: what served still serves.
    public func load(_ path: String, requestedBy peer: UInt32? = nil) async throws(PluginHostError) -> LoadReply {
        try await request { () async throws(PluginHostError) in try await loadAccepted(path, peer) }
    }

    private func loadAccepted(_ path: String, _ peer: UInt32?) async throws(PluginHostError) -> LoadReply {
        switch try await open(path, for: .load, requestedBy: peer) {
        case .already(let number, let report):
            return try loadReply(number, report, unchanged: true)
        case .fresh(let image, let version, let report, let entry):
            let generation = enter(image, version)
            do throws(PluginHostError) { try await start(generation) } catch {
                throw audited(error, entry.failing(error))
            }
            do throws(PluginHostError) { try await publish(generation) } catch {
                // Another load of the very image may have been quicker; ours is retired, and nothing is left to do. They
                // are compared before that: our copy goes with it.
                let quicker = serving(generation.plugin, version, image.id, for: .load)
                let isSame = quicker.map { runs($0, image) } ?? false
                await retire(generation)
                guard let quicker, isSame else { throw audited(error, entry.failing(error)) }
                return try loadReply(quicker, report, unchanged: true)
            }
            return try loadReply(generation.number, report, unchanged: false)
        }
    }

    private func publish(_ generation: Generation) async throws(PluginHostError) {
        await takeTurn(of: [generation.plugin])
        defer { endTurn(of: [generation.plugin]) }
        let (change, publication) = try exchange { state throws(Catalog.Refusal) in
            let change = try state.catalog.load(generation.member)
            return (change, state.publish(change))
        }
        follow(publication, change)
    }

    private func loadReply(
        _ number: Int, _ report: GateReport, unchanged: Bool
    ) throws(PluginHostError) -> LoadReply {
        let generation = try served(number)
        return LoadReply(
            plugin: generation.plugin, loaded: generation.stamp, unchanged: unchanged,
            isCurrent: state.withLock { $0.catalog.members[number]?.isCurrent ?? false },
            unloadClass: generation.image.unloadClass, protection: generation.image.staged.protection.rawValue,
            warnings: report.warnings)
    }

    // MARK: Steps

    /// Enters a fresh image into the ledger.
    func enter(_ image: LoadedImage, _ version: SemanticVersion) -> Generation {
        let generation = state.withLock { state in
            let number = state.nextNumber()
            let generation = Generation(
                number: number, version: version, image: image, log: configuration.log,
                bind: { [self] plugin, symbol in bindImport(of: number, plugin, symbol) })
            state.records[number] = HostState.Record(generation: generation)
            return generation
        }
        warnOfBudget()
        return generation
    }

    /// Calls its `swb_start` and `swb_health`.
    ///
    /// On failure the image is closed, or stays in the ledger where it must stay in memory.
    func start(_ generation: Generation) async throws(PluginHostError) {
        do throws(Generation.StartFailure) { try await generation.start(within: configuration.startLimit) } catch {
            if error.leavesCodeRunning {
                state.withLock { $0.enter(.stuck, generation.number, reason: error.clause) }
            } else {
                let (_, followers) = await close(generation, after: error.clause)
                retireInBackground(followers)
            }
            throw PluginHostError(error, of: generation.plugin, generation.version)
        }
        do throws(LifecycleFailure) { try await generation.health(within: configuration.healthLimit) } catch {
            await retire(generation)
            throw PluginHostError(error, in: "health", of: generation.plugin, generation.version)
        }
    }

    /// Frees the replaced targets of generations that serve on through other routes; those that leave drain theirs.
    ///
    /// - Parameter waited: generations whose targets somebody else waits for.
    func reclaimLeftovers(
        of publication: HostState.Publication, _ change: Catalog.Change, except waited: [Int] = []
    ) {
        let leftover = publication.replaced.filter {
            !change.leaving.contains($0.generation) && !waited.contains($0.generation)
        }
        if !leftover.isEmpty { inBackground { [self] in await reclaim(leftover) } }
    }

    /// Sees to what a publication leaves behind, where nobody waits for that.
    func follow(_ publication: HostState.Publication, _ change: Catalog.Change) {
        reclaimLeftovers(of: publication, change)
        retireInBackground(change.leaving)
        announce(change)
    }

    /// Changes the catalog and publishes, under the host's lock.
    func exchange<Value: Sendable>(
        _ body: (inout HostState) throws(Catalog.Refusal) -> Value
    ) throws(PluginHostError) -> Value {
        do throws(Catalog.Refusal) {
            return try state.withLock { state throws(Catalog.Refusal) in
                if state.isShutDown { throw .conflict("the host is shut down") }
                return try body(&state)
            }
        } catch {
            throw failure(of: error)
        }
    }

    /// Tells of routes that a fallback serves from now on.
    func announce(_ change: Catalog.Change) {
        let members = state.withLock(\.catalog.members)
        for (key, server) in change.assignments.sorted(by: { $0.key < $1.key }) where key.arm == .main {
            guard let server, let member = members[server], member.plugin != key.plugin else { continue }
            configuration.onEvent(
                HostEvent(
                    code: "route.fallback", plugin: key.plugin,
                    sentence: "no admissible version of \(key.plugin) is loaded: \(member.plugin) \(member.version) "
                        + "stands in on the route \(key)"))
        }
    }

    /// A generation that is in memory.
    func served(_ number: Int) throws(PluginHostError) -> Generation {
        // Somebody else's unload may come between publication and this look.
        guard let found = state.withLock({ $0.records[number]?.generation }) else {
            throw .conflict("generation \(number) was unloaded meanwhile")
        }
        return found
    }

    /// The generation of a version that is in service.
    func loaded(_ name: String, _ version: SemanticVersion) throws(PluginHostError) -> Generation {
        let found = state.withLock { state in
            state.catalog.generations(of: name).first { $0.version == version }.flatMap {
                state.records[$0.number]?.generation
            }
        }
        guard let found else {
            throw .notFound("\(name) \(version) is not loaded: load its file first, or swap to the file")
        }
        return found
    }
}
