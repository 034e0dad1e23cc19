import Compatibility

// What each action of a swap does.

extension PluginHost {
    func openAll(_ job: inout SwapJob) async throws(PluginHostError) -> SwapMachine.Event {
        let companions = await companions(in: job)
        for index in job.entries.indices {
            let entry = job.entries[index]
            switch entry.source {
            case .file(let path):
                let others = companions.filter { $0.name != entry.name }
                switch try await open(
                    path, for: .swap, named: entry.name, requestedBy: entry.peer, beside: others, job.options)
                {
                case .already(let number, let report):
                    job.entries[index].new = try served(number)
                    job.entries[index].warnings = report.warnings
                case .fresh(let image, let version, let report, let line):
                    job.entries[index].admission = line
                    job.entries[index].new = enter(image, version)
                    job.entries[index].isFresh = true
                    job.entries[index].warnings = report.warnings
                }
            case .loaded(let version):
                job.entries[index].new = try loaded(entry.name, version)
            }
        }
        let isUnchanged = state.withLock { state in
            job.entries.allSatisfy { entry in
                !entry.isFresh && entry.new.map { state.catalog.members[$0.number]?.isCurrent == true } == true
            }
        }
        return isUnchanged ? .servesAlready : .opened
    }

    /// What the files of a transaction say that they will bring; those that cannot be read are left out: opening tells.
    private func companions(in job: SwapJob) async -> [HostFacts.LoadedPlugin] {
        guard job.isTransaction else { return [] }
        let paths = job.entries.compactMap { if case .file(let path) = $0.source { path } else { nil } }
        return await loader.run(within: configuration.openLimit) {
            paths.compactMap { path in
                guard case .plugin(let file)? = try? PluginFile.look(at: path),
                    case .found(let manifest) = file.manifest,
                    let version = try? SemanticVersion(manifest.version)
                else { return nil }
                return HostFacts.LoadedPlugin(
                    name: manifest.name, version: version, image: file.id,
                    provides: manifest.provides.map { .init(name: $0.name, range: $0.range) })
            }
        } ?? []
    }

    func startAll(_ job: inout SwapJob) async throws(PluginHostError) -> SwapMachine.Event {
        let fresh = job.entries.filter(\.isFresh).compactMap(\.new)
        state.withLock { state in for new in fresh { state.newcomers[new.number] = new.member } }
        defer { state.withLock { state in for new in fresh { state.newcomers[new.number] = nil } } }
        for new in fresh { try await start(new) }
        await takeTurn(of: job.plugins)
        job.hasTurn = true
        for index in job.entries.indices {
            guard let new = job.entries[index].new else { continue }
            job.entries[index].old = state.withLock { state in
                guard let old = state.catalog.current(of: new.plugin, inLineOf: new.version), old.number != new.number
                else { return nil }
                return state.records[old.number]?.generation
            }
        }
        try refuseStateForServing(job)
        return handOverMode(of: job)
    }

    func publishNew(_ job: inout SwapJob) throws(PluginHostError) -> SwapMachine.Event {
        // Whoever may have to come back stays until it is decided.
        let isProbation = job.probation > .zero
        let keepsReady = isProbation || job.options.onDrainTimeout == .revert
        let entries = job.entries
        let replaced = entries.compactMap(\.old?.number)
        // A hold of another request goes on: a state is on its way there.
        let holdsCalls = job.holdsCalls
        let (change, publication, pause) = try exchange { state throws(Catalog.Refusal) in
            let change = try state.catalog.swap(in: state.newcomers(of: entries), keepingReady: keepsReady)
            let (publication, pause) =
                holdsCalls ? state.endHold(publishing: change) : (state.publish(change), 0)
            if isProbation { for entry in entries { if let new = entry.new { state.beginTally(of: new.number) } } }
            return (change, publication, pause)
        }
        for index in job.entries.indices where job.entries[index].handOver != nil {
            job.entries[index].handOver = job.entries[index].handOver?.pausing(for: pause)
        }
        for index in job.entries.indices { job.entries[index].admission = nil }
        job.publication = publication
        job.leaving = change.leaving
        // What an earlier swap kept ready leaves by this one, and nobody waits for it.
        dropProbations { other in
            entries.contains { $0.name == other.name && $0.new?.version.line == other.new?.version.line }
        }
        if isProbation {
            retireInBackground(job.leaving)
            job.leaving = []
        }
        reclaimLeftovers(of: publication, change, except: keepsReady && !isProbation ? replaced : [])
        announce(change)
        endTurn(of: &job)
        return .published
    }

    func judgePublication(_ job: inout SwapJob) throws(PluginHostError) -> SwapMachine.Event {
        let entries = job.entries
        try exchange { state throws(Catalog.Refusal) in
            var copy = state.catalog
            _ = try copy.swap(in: state.newcomers(of: entries))
        }
        return .published
    }

    /// Puts the old generations back in front: what took their place leaves service.
    func publishOld(_ job: inout SwapJob) async throws(PluginHostError) -> SwapMachine.Event {
        await takeTurn(of: job.plugins)
        job.hasTurn = true
        defer { endTurn(of: &job) }
        let entries = job.entries
        let (change, publication) = try exchange { state throws(Catalog.Refusal) in
            var members: [Catalog.Member] = []
            // Of a transaction, what served before it and what had no predecessor stay where they are.
            for entry in entries {
                guard let old = entry.old else { continue }
                guard let member = state.catalog.members[old.number], member.isReady else {
                    throw .conflict("\(entry.name) \(old.version) cannot be put back: it is not ready any more")
                }
                members.append(member)
            }
            if members.isEmpty {
                throw .conflict(
                    "nothing was in front of \(entries.map(\.name).joined(separator: ", ")) before: unload it")
            }
            let change = try state.catalog.swap(in: members)
            return (change, state.publish(change))
        }
        job.publication = publication
        job.leaving += change.leaving
        job.isReturned = true
        reclaimLeftovers(of: publication, change)
        announce(change)
        return .published
    }

    /// Stops and closes what was loaded for this swap alone.
    func discard(_ job: inout SwapJob) async {
        endTurn(of: &job)
        for entry in job.entries where entry.isFresh {
            if let new = entry.new { await retire(new) }
        }
    }

    func drain(_ job: inout SwapJob) async -> SwapMachine.Event {
        // Those that are kept ready only until they are empty leave as soon as they are.
        let ready = job.entries.compactMap(\.old?.number).filter { number in
            state.withLock { $0.catalog.members[number]?.isReady == true }
        }
        if !ready.isEmpty {
            if job.options.onDrainTimeout == .revert {
                job.inside = await drainOnly(ready, limit: job.drainLimit)
                guard job.inside.isEmpty else { return .stillInside }
            }
            job.leaving += endReadiness(of: ready)
        }
        job.outcomes += await drainAndRetire(job.leaving, limit: job.drainLimit)
        let stuck = job.outcomes.compactMap(\.stillInside)
        return stuck.isEmpty ? .retired : .stillInside
    }

    func letGo(_ job: inout SwapJob) {
        retireInBackground(endReadiness(of: job.entries.compactMap(\.old?.number)))
    }

    func keep(_ job: inout SwapJob) {
        for index in job.outcomes.indices {
            guard let stillInside = job.outcomes[index].stillInside else { continue }
            let reason = "calls did not leave it within \(job.drainLimit): \(stillInside)"
            let number = job.outcomes[index].stamp.generation
            let kept: Generation? = state.withLock { state in
                // Nobody retires it any more, not even when the last call has left.
                guard state.beginRetiring(number) else { return nil }
                state.enter(.resident, number, reason: reason)
                return state.records[number]?.generation
            }
            kept?.abandon()
            job.outcomes[index].stillInside = nil
            job.outcomes[index].retirement = .resident(reason: reason)
        }
    }
}

extension HostState {
    /// The generations that are to be put in front.
    ///
    /// One that served before may have been unloaded since it was looked up.
    fileprivate func newcomers(of entries: [SwapJob.Entry]) throws(Catalog.Refusal) -> [Catalog.Member] {
        var members: [Catalog.Member] = []
        for entry in entries {
            guard let new = entry.new, entry.isFresh || catalog.members[new.number] != nil else {
                throw .conflict("\(entry.name) was unloaded meanwhile: load it again")
            }
            members.append(new.member)
        }
        return members
    }
}
