internal import Dispatch

/// Who waits for a hold to end: threads that block, tasks that are suspended.
final class HoldWaiters: Sendable {
    /// Why a task goes on.
    enum End: Sendable {
        case over
        case deadline(milliseconds: Int)
        case cancelled
    }

    private enum Waiter: Sendable {
        case thread(DispatchSemaphore)
        case task(CheckedContinuation<End, Never>)
    }

    private struct State: Sendable {
        var isOver = false
        var isTimed = false
        var last = 0
        var waiters: [Int: Waiter] = [:]
    }

    private let deadline: ContinuousClock.Instant
    private let began = ContinuousClock.now
    private let state = Lock(State())

    init(deadline: ContinuousClock.Instant) { self.deadline = deadline }

    /// How many there are now.
    var count: Int { state.withLock(\.waiters.count) }

    /// Lets all of them go on, and whoever comes later.
    func end() {
        let waiters = state.withLock { state in
            defer { state.waiters = [:] }
            state.isOver = true
            return Array(state.waiters.values)
        }
        for waiter in waiters {
            switch waiter {
            case .thread(let semaphore): semaphore.signal()
            case .task(let continuation): continuation.resume(returning: .over)
            }
        }
    }

    /// Blocks this thread until the end, or the deadline.
    ///
    /// - Returns: `nil` at the end; at the deadline, for how long the hold has lasted.
    func waitOnThread() -> Int? {
        let semaphore = DispatchSemaphore(value: 0)
        let key: Int? = state.withLock { state in
            guard !state.isOver else { return nil }
            state.last += 1
            state.waiters[state.last] = .thread(semaphore)
            return state.last
        }
        guard let key, semaphore.wait(timeout: .now() + .nanoseconds(nanosecondsLeft)) == .timedOut else { return nil }
        // Not there any more: the end came at the last moment.
        let isLate = state.withLock { $0.waiters.removeValue(forKey: key) != nil }
        return isLate ? milliseconds : nil
    }

    /// Suspends this task until the end, the deadline, or its cancellation.
    func waitInTask() async -> End {
        let key = state.withLock { state in
            state.last += 1
            return state.last
        }
        return await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let end: End? = state.withLock { state in
                    if state.isOver { return .over }
                    // Asked under the lock: a cancellation after this finds the waiter.
                    if Task.isCancelled { return .cancelled }
                    state.waiters[key] = .task(continuation)
                    return nil
                }
                if let end { return continuation.resume(returning: end) }
                startTimer()
            }
        } onCancel: {
            resume(key, .cancelled)
        }
    }

    private func resume(_ key: Int, _ end: End) {
        let waiter = state.withLock { $0.waiters.removeValue(forKey: key) }
        if case .task(let continuation) = waiter { continuation.resume(returning: end) }
    }

    /// Resumes the suspended tasks at the deadline: one timer for all, from the first one on.
    ///
    /// It does not keep the hold, and finds nobody where it has ended.
    private func startTimer() {
        let isFirst = state.withLock { state in
            defer { state.isTimed = true }
            return !state.isTimed
        }
        guard isFirst else { return }
        DispatchQueue.global().asyncAfter(deadline: .now() + .nanoseconds(nanosecondsLeft)) { [weak self] in
            self?.resumeTasksAtDeadline()
        }
    }

    private func resumeTasksAtDeadline() {
        let tasks = state.withLock { state in
            // Whoever comes from now on needs a timer of its own, which fires at once.
            state.isTimed = false
            return state.waiters.compactMap { key, waiter in if case .task = waiter { key } else { nil } }
        }
        for key in tasks { resume(key, .deadline(milliseconds: milliseconds)) }
    }

    private var nanosecondsLeft: Int { Int(max(deadline - .now, .zero) / .nanoseconds(1)) }

    private var milliseconds: Int { Int((ContinuousClock.now - began) / .milliseconds(1)) }
}
