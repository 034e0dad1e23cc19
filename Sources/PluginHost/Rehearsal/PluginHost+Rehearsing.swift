import Compatibility
import LinuxSystem
import PluginLoading

// A host's rehearsals: each on a thread of its own, so that neither the loader nor another rehearsal waits for it.

extension PluginHost {
    /// Rehearses a staged copy that the gates let pass: what was found, for its report.
    func rehearse(
        _ staged: StagedImage, _ candidate: Candidate, _ report: GateReport, for purpose: Candidate.Purpose,
        _ options: SwapOptions
    ) async throws(PluginHostError) -> [Finding] {
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

    /// The state that a swap would hand over, as far as it can be had while calls go on: none is held for a rehearsal.
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
        guard old.image.manifest.savesStateWhileServing else {
            return .none(because: "\(name) saves it only while calls are held (its manifest has no state = live-ok)")
        }
        do throws(LifecycleFailure) {
            let bytes = try await old.save(within: configuration.handOverLimit, limitBytes: configuration.stateLimit)
            return .saved(.init(schema: schema, bytes: bytes))
        } catch {
            return .none(because: "\(name) did not save it: \(error.clause)")
        }
    }

    private func current(of plugin: String, inLineOf version: SemanticVersion) -> Generation? {
        state.withLock { state in
            state.catalog.current(of: plugin, inLineOf: version).flatMap { state.records[$0.number]?.generation }
        }
    }
}
