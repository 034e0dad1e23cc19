/// Where whoever asked for a drain waits for its outcome.
///
/// The outcome passes through a lock, and the continuation does no more than wake: it would order the two threads as
/// well, but ThreadSanitizer does not see that where the answer is there before the wait has begun.
struct DrainAnswer: Sendable {
    private let outcome: Lock<DrainOutcome?>
    private let waiter: CheckedContinuation<Void, Never>

    /// Waits until the answer that `ask` was handed is given.
    static func awaited(_ ask: (DrainAnswer) -> Void) async -> DrainOutcome {
        let outcome = Lock<DrainOutcome?>(nil)
        await withCheckedContinuation { ask(DrainAnswer(outcome: outcome, waiter: $0)) }
        guard let given = outcome.withLock(\.self) else { preconditionFailure("woken before an answer was given") }
        return given
    }

    /// To be called exactly once, from any thread.
    func give(_ outcome: DrainOutcome) {
        self.outcome.withLock { $0 = outcome }
        waiter.resume()
    }
}
