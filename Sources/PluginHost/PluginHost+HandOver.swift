import Compatibility
import PluginRegistry

// The state's way from an old generation to a new one.

extension PluginHost {
    /// Whether states go over, and whether calls are held meanwhile: if one has to be held, all are.
    func handOverMode(of job: SwapJob) -> SwapMachine.Event {
        let modes = job.entries.compactMap { mode(of: $0, job.options) }
        if modes.contains(.quiesced) { return .startedQuiesced }
        return modes.isEmpty ? .startedWithoutState : .startedLive
    }

    /// A version that serves already has a state of its own, and calls inside that use it.
    func refuseStateForServing(_ job: SwapJob) throws(PluginHostError) {
        for entry in job.entries where !entry.isFresh {
            guard let new = entry.new, mode(of: entry, job.options) != nil else { continue }
            throw .conflict(
                "\(entry.name) \(new.version) is loaded and has a state of its own: swap to its file to hand the state over, "
                    + "or discard the state")
        }
    }

    /// `nil` where the old version saves nothing, the new one takes nothing, or nobody wants it.
    private func mode(of entry: SwapJob.Entry, _ options: SwapOptions) -> HandOver.Mode? {
        guard options.state == .handOver, let old = entry.old, let new = entry.new,
            old.image.manifest.schema != nil, old.image.lifecycle["swb_save"] != nil,
            new.image.lifecycle["swb_restore"] != nil
        else { return nil }
        return old.image.manifest.savesStateWhileServing ? .live : .quiesced
    }

    /// Holds the old generations' routes and waits until nobody is inside.
    func hold(_ job: inout SwapJob) async throws(PluginHostError) -> SwapMachine.Event {
        await takeTurn(of: [Self.handOverTurn])
        job.holdsCalls = true
        let limit = configuration.handOverLimit
        job.handOverDeadline = .now + limit
        let old = job.entries.filter { mode(of: $0, job.options) != nil }.compactMap(\.old)
        let numbers = Set(old.map(\.number))
        // Callers wait a little longer than this goes on: on a failure they are let through to the old generations.
        let patience = job.handOverDeadline + limit + .seconds(1)
        let hold = state.withLock { $0.hold(numbers, until: patience) }
        // Whoever is still inside at the limit was seen before.
        for generation in old { sight(generation) }
        switch await reclaimer.quiesce(hold, limit: limit) {
        case .drained: return .quiesced
        case .timedOut:
            let inside = describeCalls(inside: numbers).joined(separator: ", ")
            throw .timedOut(
                plugin: job.entries[0].name, step: "state hand-over",
                detail:
                    "calls did not leave the old version within \(limit): \(inside); it serves on, its state as it was")
        case .degraded:
            throw .conflict(
                "the state of \(job.entries[0].name) cannot be handed over: pins are degraded, nobody can know any more "
                    + "whether a call is inside; swap with the state discarded, or restart the host")
        }
    }

    /// Calls each old generation's `swb_save`.
    func saveAll(_ job: inout SwapJob) async throws(PluginHostError) -> SwapMachine.Event {
        for index in job.entries.indices {
            let entry = job.entries[index]
            guard let mode = mode(of: entry, job.options), let old = entry.old, let schema = old.image.manifest.schema
            else { continue }
            let saved: [UInt8]
            do throws(LifecycleFailure) {
                saved = try await old.save(within: remaining(of: job), limitBytes: configuration.stateLimit)
            } catch {
                throw PluginHostError(error, in: "state hand-over", of: old.plugin, old.version)
            }
            job.entries[index].saved = saved
            job.entries[index].handOver = HandOver(
                mode: job.holdsCalls ? .quiesced : mode, schema: schema, bytes: saved.count, pauseNanoseconds: 0)
        }
        return .saved
    }

    /// Calls each new generation's `swb_restore`.
    func restoreAll(_ job: inout SwapJob) async throws(PluginHostError) -> SwapMachine.Event {
        for index in job.entries.indices {
            let entry = job.entries[index]
            guard let handOver = entry.handOver, let new = entry.new else { continue }
            job.entries[index].saved = []
            do throws(LifecycleFailure) {
                try await new.restore(schema: handOver.schema, state: entry.saved, within: remaining(of: job))
            } catch {
                throw PluginHostError(error, in: "state hand-over", of: new.plugin, new.version)
            }
        }
        return .restored
    }

    /// Lets held calls go on to the old generations, whose state is as it was.
    func release(_ job: inout SwapJob) {
        guard job.holdsCalls else { return }
        let (publication, pause) = state.withLock { $0.endHold(publishing: .init()) }
        for index in job.entries.indices {
            job.entries[index].handOver = job.entries[index].handOver?.pausing(for: pause)
        }
        reclaimLeftovers(of: publication, .init())
    }

    /// What is left of the time for the hand-over; live ones have all of it for each step.
    private func remaining(of job: SwapJob) -> Duration {
        job.holdsCalls ? max(.zero, job.handOverDeadline - .now) : configuration.handOverLimit
    }
}

extension HandOver {
    /// The same with the pause that it cost.
    func pausing(for nanoseconds: Int) -> HandOver {
        HandOver(mode: mode, schema: schema, bytes: bytes, pauseNanoseconds: mode == .quiesced ? nanoseconds : 0)
    }
}
