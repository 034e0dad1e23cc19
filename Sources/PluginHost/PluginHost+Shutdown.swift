import LinuxSystem
import PluginRegistry

// The end of a host, and of the work that nobody else waits for.

extension PluginHost {
    /// Unloads everything, ends every thread and removes the folder of private copies.
    ///
    /// Bindings throw from now on.
    ///
    /// Waits for requests that are under way, for calls and for `swb_stop` within the configured limits; what does not
    /// end stays in memory, with all that it was lent, until the process ends. Resident images stay mapped, without their
    /// copies on disk. Does nothing in a forked child: neither threads nor folder are the child's.
    public func shutdown() async {
        if Pins.isForkedChild { return }
        // One task ends the host; whoever asks again waits for the same end.
        let ending = state.withLock { state in
            state.isShutDown = true
            let ending =
                state.ending
                ?? Task {
                    await withTaskExecutorPreference(self.executor) { await self.end() }
                    self.executor.finish()
                }
            state.ending = ending
            return ending
        }
        await ending.value
    }

    private func end() async {
        let watch = state.withLock { state in
            state.probations = [:]
            return state.watch
        }
        watch?.cancel()
        await watch?.value
        // A hand-over ends first: what calls are held for must not be drained meanwhile (`Hold`).
        await takeTurn(of: [Self.handOverTurn])
        let leaving = state.withLock { state in
            _ = state.publish(state.catalog.unloadAll())
            return state.records.values.filter { $0.state == .draining }.map(\.generation.number)
        }
        endTurn(of: [Self.handOverTurn])
        _ = await drainAndRetire(leaving)
        await withCheckedContinuation { waiter in
            let isIdle = state.withLock { state in
                if state.requests > 0 { state.idle.append(waiter) }
                return state.requests == 0
            }
            if isIdle { waiter.resume() }
        }
        await finishBackground()
        await reclaimer.shutdown()
        await finishBackground()  // what drained late, meanwhile
        await closeLingering()
        _ = await loader.end(within: .seconds(1))
        let generations = state.withLock { state in
            let running = state.records.values.filter { $0.state == .draining || $0.state == .stuck }
            state.records.removeAll()
            state.routes.removeAll()
            state.keepAlive = nil
            return running.map(\.generation)
        }
        for generation in generations { generation.abandon() }
        staging.remove()
    }

    /// Runs work that nobody waits for now; `shutdown` does.
    func inBackground(_ work: @escaping @Sendable () async -> Void) {
        state.withLock { state in
            state.lastBackground += 1
            let key = state.lastBackground
            state.background[key] = Task(executorPreference: executor) { [self] in
                await work()
                self.state.withLock { $0.background[key] = nil }
            }
        }
    }

    /// Waits for the work that nobody waited for, and for what that begins.
    private func finishBackground() async {
        while let task = state.withLock({ $0.background.values.first }) { await task.value }
    }
}
