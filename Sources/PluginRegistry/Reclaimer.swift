internal import Glibc

/// What became of a drain.
package enum DrainOutcome: Sendable, Equatable {
    /// No call is inside the targets, and none will be: what they led to may go.
    ///
    /// The time is from the request until that was known.
    case drained(nanoseconds: Int)
    /// Calls were still inside when the limit passed, or when the reclaimer was shut down.
    ///
    /// Nothing may go.
    case timedOut(holders: [Holder])
    /// Nobody can know any more whether calls are inside (`Protection.degraded`, or a forked child).
    ///
    /// Nothing may go, ever.
    case degraded
}

/// Waits for targets to drain, on a thread of its own that sleeps when nothing does.
package final class Reclaimer: Sendable {
    private enum Phase { case running, ended }

    private let loop: DrainLoop
    private let thread: pthread_t
    private let phase = Lock(Phase.running)

    /// Starts the thread.
    ///
    /// `Pins.start` comes before.
    ///
    /// - Throws: `PinsError.noReclaimerThread`.
    package init() throws(PinsError) {
        loop = DrainLoop()
        var thread = pthread_t()
        // SAFETY: the loop is retained here for the thread and released by it.
        let argument = unsafe Unmanaged.passRetained(loop)
        let error = unsafe pthread_create(
            &thread, nil,
            { argument in
                if let argument = unsafe argument {
                    unsafe Unmanaged<DrainLoop>.fromOpaque(argument).takeRetainedValue().run()
                }
                return nil
            }, argument.toOpaque())
        guard error == 0 else {
            unsafe argument.release()
            throw .noReclaimerThread(errno: error)
        }
        self.thread = thread
    }

    /// A reclaimer that was not shut down ends its thread all the same; it only cannot wait for it.
    deinit {
        guard phase.withLock({ $0 == .running }), !Pins.isForkedChild else { return }
        loop.stop()
        pthread_detach(thread)
    }

    /// Waits until no call is inside the targets, which are on no route any more.
    ///
    /// One membarrier(2) serves all the drains that are requested while one is under way. A thread that is stuck in one
    /// target delays no other drain. Not from inside a call into one of them (`Target.isHeldByThisThread`): that would
    /// wait for itself until the limit passes. Cancelling the task does not end the wait.
    ///
    /// - Parameters:
    ///   - limit: when to give up. The targets are watched on after that.
    ///   - onLateDrain: called once on the reclaimer's thread when targets that timed out are empty after all; not when
    ///     `shutdown` comes first. Must not block.
    package func drain(
        _ targets: [Target], limit: Duration, onLateDrain: @escaping @Sendable () -> Void = {}
    ) async -> DrainOutcome {
        guard !Pins.isForkedChild else { return .degraded }
        return await DrainAnswer.awaited { answer in
            loop.add(Drain(targets: targets, limit: limit, answer: answer, onLateDrain: onLateDrain))
        }
    }

    /// Waits until no call or lease is inside the old targets of a hold, all at once: until the hold ends nobody will be.
    ///
    /// They are not drained by that, and their memory stays: `drain` them when the hold has ended.
    ///
    /// - Parameter limit: when to give up; the hold goes on, and is the caller's to end.
    package func quiesce(_ hold: Hold, limit: Duration) async -> DrainOutcome {
        guard !Pins.isForkedChild else { return .degraded }
        return await DrainAnswer.awaited { answer in
            loop.add(Drain(targets: hold.old, hold: hold, limit: limit, answer: answer, onLateDrain: {}))
        }
    }

    /// Ends the thread.
    ///
    /// Whoever still waits gets `timedOut`; targets that are not drained keep their memory for ever.
    ///
    /// A second call returns at once. After it, `drain` answers `timedOut` unless nothing is inside.
    package func shutdown() async {
        let isFirst = phase.withLock { phase in
            defer { phase = .ended }
            return phase == .running
        }
        guard isFirst, !Pins.isForkedChild else { return }
        await withCheckedContinuation { loop.stop(answer: $0) }
        // The thread has answered and does nothing any more but return: this waits for its exit, not for any work.
        pthread_join(thread, nil)
    }
}
