public import Compatibility

// swap: `SwapMachine` says what to do next, this does it.

extension PluginHost {
    /// Gates, loads and starts the plugin at `path`, hands the old version's state over where both can, and puts it in front
    /// of its line in place of `name`'s current one, which is drained and retired unless it is still needed.
    ///
    /// - Parameter name: the manifest's; another is an error, so that a mistaken file never takes a plugin's place.
    /// - Throws: before publication nothing has changed, and the error names the step. `timedOut` in step `drain`: see
    ///   `DrainPolicy` for what is true then.
    public func swap(
        _ name: String, to path: String, _ options: SwapOptions = .init()
    ) async throws(PluginHostError) -> SwapReply {
        try await swap([.init(name: name, source: .file(path))], options, isTransaction: false).swaps[0]
    }

    /// Puts a version that is loaded already in front of its line; the rest as with a file.
    public func swap(
        _ name: String, to version: SemanticVersion, _ options: SwapOptions = .init()
    ) async throws(PluginHostError) -> SwapReply {
        try await swap([.init(name: name, source: .loaded(version))], options, isTransaction: false).swaps[0]
    }

    /// Swaps several plugins as one: all are gated, loaded and started before the first is published, and a failure of
    /// any leaves every old one serving.
    ///
    /// A block of `pin(_:_:_:)` never sees a mixture of old and new; what an old generation calls of another old one stays on
    /// that. Two separate calls of the application may straddle the exchange: pin both, or accept it.
    ///
    /// - Parameter plugins: each plugin's manifest name, once, and the path of its new version.
    public func swap(
        together plugins: [(name: String, path: String)], _ options: SwapOptions = .init()
    ) async throws(PluginHostError) -> TransactionReply {
        guard !plugins.isEmpty else { throw .invalidRequest("a transaction swaps at least one plugin") }
        let entries = plugins.map { SwapJob.Entry(name: $0.name, source: .file($0.path)) }
        guard Set(plugins.map(\.name)).count == plugins.count else {
            throw .invalidRequest("a transaction swaps each plugin once: name each plugin once")
        }
        return try await swap(entries, options, isTransaction: true)
    }

    private func swap(
        _ entries: [SwapJob.Entry], _ options: SwapOptions, isTransaction: Bool
    ) async throws(PluginHostError) -> TransactionReply {
        try await request { () async throws(PluginHostError) in
            var job = SwapJob(entries, options, isTransaction: isTransaction, configuration)
            await run(&job, .begin)
            return try answer(job)
        }
    }

    /// Drives a swap from an event until nothing is left to do: it has ended, or is on probation.
    func run(_ job: inout SwapJob, _ event: SwapMachine.Event) async {
        var actions = job.machine.handle(event)
        while !actions.isEmpty {
            if let event = await perform(actions.removeFirst(), for: &job) { actions += job.machine.handle(event) }
        }
        endTurn(of: &job)
    }

    /// Performs one action; what came of it, where the machine waits for that.
    private func perform(_ action: SwapMachine.Action, for job: inout SwapJob) async -> SwapMachine.Event? {
        switch action {
        case .open: return await attempt(&job) { job throws(PluginHostError) in try await openAll(&job) }
        case .start: return await attempt(&job) { job throws(PluginHostError) in try await startAll(&job) }
        case .hold: return await attempt(&job) { job throws(PluginHostError) in try await hold(&job) }
        case .save: return await attempt(&job) { job throws(PluginHostError) in try await saveAll(&job) }
        case .restore: return await attempt(&job) { job throws(PluginHostError) in try await restoreAll(&job) }
        case .publish: return await attempt(&job) { job throws(PluginHostError) in try publishNew(&job) }
        case .judgePublication: return await attempt(&job) { job throws(PluginHostError) in try judgePublication(&job) }
        case .publishOld: return await attempt(&job) { job throws(PluginHostError) in try await publishOld(&job) }
        case .release: release(&job)
        case .discard: await discard(&job)
        case .watch: watch(&job)
        case .endWatch: endWatch(&job)
        case .drain: return await drain(&job)
        case .keep: keep(&job)
        case .answer(let answer): job.answer = answer
        }
        return nil
    }

    private func attempt(
        _ job: inout SwapJob, _ step: (inout SwapJob) async throws(PluginHostError) -> SwapMachine.Event
    ) async -> SwapMachine.Event {
        do throws(PluginHostError) { return try await step(&job) } catch {
            job.failure = error
            return .failed
        }
    }

    // MARK: Steps

    private func openAll(_ job: inout SwapJob) async throws(PluginHostError) -> SwapMachine.Event {
        for index in job.entries.indices {
            let entry = job.entries[index]
            switch entry.source {
            case .file(let path):
                switch try await open(path, for: .swap, named: entry.name) {
                case .already(let number, let report):
                    job.entries[index].new = try served(number)
                    job.entries[index].warnings = report.warnings
                case .fresh(let image, let version, let report):
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

    private func startAll(_ job: inout SwapJob) async throws(PluginHostError) -> SwapMachine.Event {
        for entry in job.entries where entry.isFresh {
            if let new = entry.new { try await start(new) }
        }
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
        return handOverMode(of: job)
    }

    private func publishNew(_ job: inout SwapJob) throws(PluginHostError) -> SwapMachine.Event {
        // Whoever may have to come back stays until it is decided.
        let keepsReady = job.probation > .zero || job.options.onDrainTimeout == .revert
        let entries = job.entries
        let replaced = entries.compactMap(\.old?.number)
        let (change, publication, pause) = try exchange { state throws(Catalog.Refusal) in
            let change = try state.catalog.swap(in: state.newcomers(of: entries), keepingReady: keepsReady)
            let (publication, pause) = state.endHold(publishing: change)
            return (change, publication, pause)
        }
        for index in job.entries.indices where job.entries[index].handOver != nil {
            job.entries[index].handOver = job.entries[index].handOver?.pausing(for: pause)
        }
        job.publication = publication
        job.leaving = change.leaving
        // What an earlier swap kept ready leaves by this one, and nobody waits for it.
        dropProbations(of: job.plugins)
        if job.probation > .zero, !job.leaving.isEmpty {
            inBackground { [self, leaving = job.leaving] in _ = await drainAndRetire(leaving) }
            job.leaving = []
        }
        reclaimLeftovers(of: publication, change, except: keepsReady ? replaced : [])
        announce(change)
        endTurn(of: &job)
        return .published
    }

    private func judgePublication(_ job: inout SwapJob) throws(PluginHostError) -> SwapMachine.Event {
        let entries = job.entries
        try exchange { state throws(Catalog.Refusal) in
            var copy = state.catalog
            _ = try copy.swap(in: state.newcomers(of: entries))
        }
        return .published
    }

    /// Puts the old generations back in front: what took their place leaves service.
    private func publishOld(_ job: inout SwapJob) async throws(PluginHostError) -> SwapMachine.Event {
        await takeTurn(of: job.plugins)
        job.hasTurn = true
        defer { endTurn(of: &job) }
        let entries = job.entries
        let (change, publication) = try exchange { state throws(Catalog.Refusal) in
            var members: [Catalog.Member] = []
            for entry in entries {
                guard let old = entry.old, let member = state.catalog.members[old.number], member.isReady else {
                    throw .conflict("\(entry.name) has no old version that could be put back: it is not ready any more")
                }
                members.append(member)
            }
            let change = try state.catalog.swap(in: members)
            return (change, state.publish(change))
        }
        job.publication = publication
        job.leaving += change.leaving
        reclaimLeftovers(of: publication, change)
        announce(change)
        return .published
    }

    /// Stops and closes what was loaded for this swap alone.
    private func discard(_ job: inout SwapJob) async {
        endTurn(of: &job)
        for entry in job.entries where entry.isFresh {
            if let new = entry.new { await retire(new) }
        }
    }

    private func drain(_ job: inout SwapJob) async -> SwapMachine.Event {
        // Those that are kept ready only until they are empty leave as soon as they are.
        let ready = job.entries.compactMap(\.old?.number).filter { number in
            state.withLock { $0.catalog.members[number]?.isReady == true }
        }
        if !ready.isEmpty {
            if job.options.onDrainTimeout == .revert, job.probation == .zero {
                let stuck = await drainOnly(ready, limit: job.drainLimit)
                guard stuck.isEmpty else {
                    job.failure = .timedOut(
                        plugin: job.entries[0].name, step: "drain", detail: stuck.joined(separator: "; "))
                    return .stillInside
                }
            }
            job.leaving += endReadiness(of: ready)
        }
        job.outcomes += await drainAndRetire(job.leaving, limit: job.drainLimit)
        let stuck = job.outcomes.compactMap(\.stillInside)
        return stuck.isEmpty ? .retired : .stillInside
    }

    private func keep(_ job: inout SwapJob) {
        for index in job.outcomes.indices {
            guard let stillInside = job.outcomes[index].stillInside else { continue }
            let reason = "calls did not leave it within \(job.drainLimit): \(stillInside)"
            let number = job.outcomes[index].stamp.generation
            state.withLock { state in
                // Nobody retires it any more, not even when the last call has left.
                if state.beginRetiring(number) { state.enter(.resident, number, reason: reason) }
            }
            job.outcomes[index].stillInside = nil
            job.outcomes[index].retirement = .resident(reason: reason)
        }
    }

    // MARK: Turns

    /// Waits until nobody else changes the routes of the plugins, which must be sorted: so nobody waits in a circle.
    func takeTurn(of plugins: [String]) async {
        for plugin in plugins {
            await withCheckedContinuation { waiter in
                let isFree = state.withLock { state in
                    guard state.turns[plugin] != nil else {
                        state.turns[plugin] = []
                        return true
                    }
                    state.turns[plugin]?.append(waiter)
                    return false
                }
                if isFree { waiter.resume() }
            }
        }
    }

    /// Lets the next one have its turn.
    func endTurn(of plugins: [String]) {
        for plugin in plugins {
            let next: CheckedContinuation<Void, Never>? = state.withLock { state in
                guard var waiters = state.turns[plugin], !waiters.isEmpty else {
                    state.turns[plugin] = nil
                    return nil
                }
                let next = waiters.removeFirst()
                state.turns[plugin] = waiters
                return next
            }
            next?.resume()
        }
    }

    private func endTurn(of job: inout SwapJob) {
        guard job.hasTurn else { return }
        job.hasTurn = false
        let mine = job.plugins + (job.holdsCalls ? [Self.handOverTurn] : [])
        job.holdsCalls = false
        endTurn(of: mine)
    }

    /// The turn of whoever holds calls, after the plugins' own: only one may, since the callers of two could be inside of
    /// each other.
    static let handOverTurn = "\u{10FFFF}"
}

extension HostState {
    /// The generations that are to be put in front.
    ///
    /// One that served before may have been unloaded since it was looked up.
    fileprivate func newcomers(of entries: [SwapJob.Entry]) throws(Catalog.Refusal) -> [Catalog.Member] {
        if isShutDown { throw .conflict("the host is shut down") }
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
