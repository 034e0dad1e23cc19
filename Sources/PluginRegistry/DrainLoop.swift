internal import CPin
internal import Dispatch

/// One request to the reclaimer.
struct Drain: Sendable {
    /// Those that were not empty when last looked at.
    var targets: [Target]
    /// Where there is one: only whether its old targets are all empty at once counts, and they are not drained by that.
    let hold: Hold?
    let began = ContinuousClock.now
    let deadline: ContinuousClock.Instant
    /// `nil` once the answer was `timedOut`.
    var answer: DrainAnswer?
    let onLateDrain: @Sendable () -> Void

    init(
        targets: [Target], hold: Hold? = nil, limit: Duration, answer: DrainAnswer,
        onLateDrain: @escaping @Sendable () -> Void
    ) {
        self.targets = targets
        self.hold = hold
        self.answer = answer
        self.onLateDrain = onLateDrain
        deadline = began.advanced(by: limit)
    }

    /// Lets go of the targets that are empty (W3 and W4 of cpin.h).
    ///
    /// To be called after W2 only: from then on a target that is empty stays empty.
    mutating func scan() {
        if let hold {
            if hold.isQuiesced { targets = [] }
            return
        }
        targets.removeAll { target in
            guard target.callCount == 0 else { return false }
            target.markDrained()
            return true
        }
    }

    /// Tells whoever asked that the targets are empty.
    func finish() {
        let waited = ContinuousClock.now - began
        guard let answer else { return onLateDrain() }
        answer.give(.drained(nanoseconds: Int(waited / .nanoseconds(1))))
    }

    /// Answers `timedOut`, once.
    mutating func giveUp() {
        answer?.give(.timedOut(holders: targets.flatMap(\.holders)))
        answer = nil
        // A hold that is not quiet by then ends: nobody wants to know any more.
        if hold != nil { targets = [] }
    }
}

/// What the reclaimer's thread does.
final class DrainLoop: Sendable {
    private struct Inbox: Sendable {
        var requests: [Drain] = []
        var isStopping = false
        var stopped: CheckedContinuation<Void, Never>?
    }

    private let inbox = Lock(Inbox())
    private let bell = DispatchSemaphore(value: 0)

    /// Hands a request to the thread, or, where it has ended, answers by one look.
    func add(_ drain: Drain) {
        let isAccepted = inbox.withLock { inbox in
            if !inbox.isStopping { inbox.requests.append(drain) }
            return !inbox.isStopping
        }
        if isAccepted {
            bell.signal()
        } else {
            var drains = fenced([drain])
            settle(&drains)
            for index in drains.indices { drains[index].giveUp() }
        }
    }

    /// Asks the thread to end; `answer` is resumed as the last thing that it does.
    func stop(answer: CheckedContinuation<Void, Never>? = nil) {
        inbox.withLock { inbox in
            inbox.isStopping = true
            inbox.stopped = answer
        }
        bell.signal()
    }

    /// The thread's whole life.
    func run() {
        var drains: [Drain] = []
        while true {
            let (requests, isStopping) = inbox.withLock { inbox in
                defer { inbox.requests = [] }
                return (inbox.requests, inbox.isStopping)
            }
            drains += fenced(requests)
            settle(&drains)
            guard !isStopping else { break }
            if let nap = nap(before: drains) {
                _ = bell.wait(timeout: .now() + .nanoseconds(nap))
            } else {
                bell.wait()
            }
        }
        for index in drains.indices { drains[index].giveUp() }
        inbox.withLock(\.stopped)?.resume()
    }

    /// The requests, after a W2 for all of them; none of them where it failed: they are answered, and kept for ever.
    private func fenced(_ requests: [Drain]) -> [Drain] {
        guard !requests.isEmpty, !cpin_heavy_fence() else { return requests }
        for request in requests { request.answer?.give(.degraded) }
        return []
    }

    /// Looks once at every drain, and answers those that are over or out of time.
    private func settle(_ drains: inout [Drain]) {
        for index in drains.indices {
            drains[index].scan()
            if drains[index].targets.isEmpty {
                drains[index].finish()
            } else if ContinuousClock.now >= drains[index].deadline {
                drains[index].giveUp()
            }
        }
        drains.removeAll(where: \.targets.isEmpty)
    }

    /// How many nanoseconds until the next look; `nil` where nothing drains.
    ///
    /// An eighth of the time that the youngest drain has waited, so that no answer is late by more than that; at least
    /// 5 µs, at most 50 ms.
    private func nap(before drains: [Drain]) -> Int? {
        guard let youngest = drains.map(\.began).max() else { return nil }
        let now = ContinuousClock.now
        let eighth = min(max((now - youngest) / 8, .microseconds(5)), .milliseconds(50))
        let untilLimit = drains.filter { $0.answer != nil }.map { $0.deadline - now }.min() ?? eighth
        return Int(max(min(eighth, untilLimit), .zero) / .nanoseconds(1))
    }
}
