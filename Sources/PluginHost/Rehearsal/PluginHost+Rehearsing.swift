import Compatibility
import Glibc
import LinuxSystem
import PluginLoading

// A host's rehearsals: each on a thread of its own, so that neither the loader nor another rehearsal waits for it.

extension PluginHost {
    /// Rehearses a staged copy that the gates let pass: what was found, for its report.
    func rehearse(
        _ staged: StagedImage, _ candidate: Candidate, _ report: GateReport, for purpose: Candidate.Purpose,
        _ options: SwapOptions
    ) async throws(PluginHostError) -> [Finding] {
        let place = rehearsalPlace()
        await takeTurn(of: [place])
        defer { endTurn(of: [place]) }
        let state = await stateToRehearse(candidate, for: purpose, options)
        let thread: SerialThread
        do throws(SystemError) { thread = try SerialThread(name: "swb-rehearsal") } catch {
            throw .system("there was no rehearsal: \(error)")
        }
        let policy = configuration.rehearsal
        // Without a limit of ours: a rehearsal ends by itself.
        let result = await withCheckedContinuation { continuation in
            thread.enqueue {
                continuation.resume(
                    returning: Result { () throws(PluginHostError) in
                        try Rehearsal.findings(of: staged, candidate, report, state, policy)
                    })
            }
        }
        _ = await thread.end(within: .seconds(1))
        return try result.get()
    }

    /// One of as many places as there are processors, in turn: each rehearsal is two processes of this program's size.
    ///
    /// Taken before any other turn, and by nobody who has one.
    private func rehearsalPlace() -> String {
        let places = max(2, sysconf(Int32(_SC_NPROCESSORS_ONLN)))
        let number = state.withLock { state in
            state.rehearsals += 1
            return state.rehearsals % places
        }
        return "\u{10FFFE}\(number)"
    }

    /// The state that a swap would hand over, saved as the swap would save it.
    private func stateToRehearse(
        _ candidate: Candidate, for purpose: Candidate.Purpose, _ options: SwapOptions
    ) async -> Rehearsal.State {
        guard purpose == .swap else { return .none(because: "a load hands none over") }
        guard options.state == .handOver else { return .none(because: "this swap discards it") }
        guard candidate.lifecycleFunctions.contains("swb_restore"), case .found(let manifest) = candidate.manifest,
            let version = try? SemanticVersion(manifest.version),  // no admissible report without one
            let old = current(of: manifest.name, inLineOf: version)
        else { return .none(because: "nothing is in front that would hand one over") }
        let name = "\(old.plugin) \(old.version)"
        guard let schema = old.image.manifest.schema, old.image.lifecycle["swb_save"] != nil else {
            return .none(because: "\(name) hands none over")
        }
        return old.image.manifest.savesStateWhileServing
            ? await save(old, schema, within: configuration.handOverLimit) : await saveHolding(old, schema)
    }

    /// Holds calls only until the state is saved: they go on to the same generation, whose state is as it was, and wait for
    /// no rehearsal.
    private func saveHolding(_ old: Generation, _ schema: UInt32) async -> Rehearsal.State {
        let turns = [old.plugin, Self.handOverTurn]
        await takeTurn(of: turns)
        defer { endTurn(of: turns) }
        guard current(of: old.plugin, inLineOf: old.version)?.number == old.number else {
            return .none(because: "another version took the place of \(old.plugin) \(old.version) meanwhile")
        }
        let limit = configuration.handOverLimit
        let deadline = ContinuousClock.now + limit
        let hold = state.withLock { $0.hold([old.number], until: deadline + limit + .seconds(1)) }
        defer {
            let (publication, _) = state.withLock { $0.endHold(publishing: .init()) }
            reclaimLeftovers(of: publication, .init())
        }
        switch await reclaimer.quiesce(hold, limit: limit) {
        case .drained: return await save(old, schema, within: max(.zero, deadline - .now))
        case .timedOut: return .none(because: "calls did not leave \(old.plugin) \(old.version) within \(limit)")
        case .degraded: return .none(because: "nobody can know whether a call is inside: pins are degraded")
        }
    }

    private func save(_ old: Generation, _ schema: UInt32, within limit: Duration) async -> Rehearsal.State {
        do throws(LifecycleFailure) {
            return .saved(
                .init(schema: schema, bytes: try await old.save(within: limit, limitBytes: configuration.stateLimit)))
        } catch {
            return .none(because: "\(old.plugin) \(old.version) did not save it: \(error.clause)")
        }
    }

    private func current(of plugin: String, inLineOf version: SemanticVersion) -> Generation? {
        state.withLock { state in
            state.catalog.current(of: plugin, inLineOf: version).flatMap { state.records[$0.number]?.generation }
        }
    }
}
