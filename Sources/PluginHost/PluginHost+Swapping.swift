public import Compatibility

// swap: `SwapMachine` says what to do next, this does it.

extension PluginHost {
    /// Gates, loads and starts the plugin at `path`, hands the old version's state over where both can, and puts it in front
    /// of its line in place of `name`'s current one, which is drained and retired unless it is still needed.
    ///
    /// - Parameters:
    ///   - name: the manifest's; another is an error, so that a mistaken file never takes a plugin's place.
    ///   - peer: the user who asked from outside the process, for the audit log.
    /// - Throws: before publication nothing has changed, and the error names the step. `timedOut` in step `drain`: see
    ///   `DrainPolicy` for what is true then.
    public func swap(
        _ name: String, to path: String, _ options: SwapOptions = .init(), requestedBy peer: UInt32? = nil
    ) async throws(PluginHostError) -> SwapReply {
        try await swap(
            [.init(name: name, source: .file(path), peer: peer)], options, isTransaction: false
        ).swaps[0]
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
    /// - Parameters:
    ///   - plugins: each plugin's manifest name, once, and the path of its new version.
    ///   - peer: the user who asked from outside the process, for the audit log.
    public func swap(
        together plugins: [(name: String, path: String)], _ options: SwapOptions = .init(),
        requestedBy peer: UInt32? = nil
    ) async throws(PluginHostError) -> TransactionReply {
        guard !plugins.isEmpty else { throw .invalidRequest("a transaction swaps at least one plugin") }
        let entries = plugins.map { SwapJob.Entry(name: $0.name, source: .file($0.path), peer: peer) }
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
        case .letGo: letGo(&job)
        case .keep: keep(&job)
        case .answer(let answer): job.answer = answer
        }
        return nil
    }

    private func attempt(
        _ job: inout SwapJob, _ step: (inout SwapJob) async throws(PluginHostError) -> SwapMachine.Event
    ) async -> SwapMachine.Event {
        do throws(PluginHostError) { return try await step(&job) } catch {
            // What fails before publication takes all with it that was opened for it.
            for index in job.entries.indices {
                if let admission = job.entries[index].admission.take() { _ = audited(error, admission.failing(error)) }
            }
            job.failure = error
            return .failed
        }
    }
}
