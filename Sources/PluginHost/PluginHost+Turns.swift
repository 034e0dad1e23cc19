// Who may change which plugin's routes: one request at a time, in the order in which they came.

extension PluginHost {
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

    func endTurn(of job: inout SwapJob) {
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
