import LinuxSystem
import Synchronization

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
        let timer = Task {
            // A cancelled sleep ends early; by then the race is decided and this call changes nothing.
            try? await Task.sleep(for: limit)
            race.finish(nil)
        }
        defer { timer.cancel() }
        return await withCheckedContinuation { continuation in
            race.begin(continuation)
            let isAccepted = enqueue {
                let value = body()
                if !race.finish(value) { late(value) }
            }
            if !isAccepted { race.finish(nil) }
        }
    }
}

/// Resumes a continuation with whichever result comes first.
private final class Race<Value: Sendable>: Sendable {
    private enum Phase {
        case idle
        case running(CheckedContinuation<Value?, Never>)
        case decided
    }

    private let phase = Mutex(Phase.idle)

    func begin(_ continuation: CheckedContinuation<Value?, Never>) {
        phase.withLock { $0 = .running(continuation) }
    }

    /// Whether this result was the first.
    @discardableResult
    func finish(_ value: Value?) -> Bool {
        let winner: CheckedContinuation<Value?, Never>? = phase.withLock { phase in
            guard case .running(let continuation) = phase else { return nil }
            phase = .decided
            return continuation
        }
        winner?.resume(returning: value)
        return winner != nil
    }
}
