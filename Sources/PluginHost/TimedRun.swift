import LinuxSystem
import PluginRegistry

extension SerialThread {
    /// Runs `body` on the thread and waits for its result, but no longer than `limit`; `nil` when the time is up.
    ///
    /// A body that is late goes on, since nothing can stop it; its result goes to `late`, on the thread, so that what it
    /// made still finds an owner. Also `nil` after `finish`.
    func run<Value: Sendable>(
        within limit: Duration, late: @escaping @Sendable (Value) -> Void = { _ in },
        _ body: @escaping @Sendable () -> Value
    ) async -> Value? {
        let race = Race<Value>()
        // Not Task.sleep: one that is cancelled leaves its memory with the pool until its time has come, 2 KiB a swap for
        // the half minute of `openLimit`.
        let ticket = Deadlines.shared.add(after: limit) { race.finish(nil) }
        defer { Deadlines.shared.callOff(ticket) }
        return await withCheckedContinuation { continuation in
            race.begin(continuation)
            let isAccepted = enqueue {
                let value = body()
                if !race.finish(value) { late(value) }
            }
            if !isAccepted { race.finish(nil) }
        }
    }

    /// Lets the thread end after the jobs handed over so far, as `finish`; whether it has ended within `limit`.
    ///
    /// An end takes microseconds; where a thread-local destructor hangs, the caller's pool thread is not held for longer
    /// than a millisecond at a time.
    func end(within limit: Duration) async -> Bool {
        let deadline = ContinuousClock.now + limit
        while !finish(within: 1_000_000) {
            guard ContinuousClock.now < deadline else { return false }
            // A cancelled caller only looks more often.
            try? await Task.sleep(for: .milliseconds(5))
        }
        return true
    }
}

/// Resumes a continuation with whichever result comes first.
private final class Race<Value: Sendable>: Sendable {
    private enum Phase: Sendable {
        case idle
        /// The time was up before anybody waited: a limit can be as short as it likes.
        case overBeforeItBegan(Value?)
        case running(CheckedContinuation<Value?, Never>)
        case decided
    }

    private let phase = Lock(Phase.idle)

    func begin(_ continuation: CheckedContinuation<Value?, Never>) {
        let early: Value?? = phase.withLock { phase in
            if case .overBeforeItBegan(let value) = phase {
                phase = .decided
                return .some(value)
            }
            phase = .running(continuation)
            return nil
        }
        if let early { continuation.resume(returning: early) }
    }

    /// Whether this result was the first.
    @discardableResult
    func finish(_ value: Value?) -> Bool {
        let (isFirst, waiter) = phase.withLock { phase -> (Bool, CheckedContinuation<Value?, Never>?) in
            switch phase {
            case .idle:
                phase = .overBeforeItBegan(value)
                return (true, nil)
            case .running(let continuation):
                phase = .decided
                return (true, continuation)
            case .overBeforeItBegan, .decided: return (false, nil)
            }
        }
        waiter?.resume(returning: value)
        return isFirst
    }
}
