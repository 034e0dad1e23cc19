import Dispatch
import PluginRegistry

/// What is to happen at a time unless it is called off before, as nearly always it is.
///
/// One timer for the process, which is set when something is due earlier than it would ring, and left alone when
/// something is called off: so a limit that does not pass costs no system call. A timer of its own for each limit wakes
/// dispatch's manager thread twice, which is dearer than much of what is limited.
final class Deadlines: Sendable {
    /// Of the process.
    static let shared = Deadlines()

    /// Names something that is to happen.
    struct Ticket: Hashable {
        fileprivate let number: Int
    }

    private struct State: Sendable {
        var entries: [Ticket: (time: Int, action: @Sendable () -> Void)] = [:]
        var last = 0
        /// When the timer rings next, whoever that was for; `nil` where it does not.
        var bell: Int?
    }

    private let state = Lock(State())
    // SAFETY: made ready in `init`, and from then on set under `state`'s lock only.
    nonisolated(unsafe) private let timer = DispatchSource.makeTimerSource(queue: .global())

    private init() {
        unsafe timer.setEventHandler { [unowned self] in ring() }
        unsafe timer.activate()
    }

    /// Does `action` after `limit`, on a thread of the pool, unless it is called off.
    func add(after limit: Duration, _ action: @escaping @Sendable () -> Void) -> Ticket {
        let time = Clock.nanoseconds() + Clock.bounded(limit)
        return state.withLock { state in
            state.last += 1
            let ticket = Ticket(number: state.last)
            state.entries[ticket] = (time, action)
            setBell(&state, to: time)
            return ticket
        }
    }

    /// Lets go of the action; it may be under way, or over.
    func callOff(_ ticket: Ticket) {
        // It goes after the lock: what it holds may do anything at its end.
        _ = state.withLock { $0.entries.removeValue(forKey: ticket) }
    }

    /// Sets the timer under the lock, so that the last one who sets it is the one who knew most.
    private func setBell(_ state: inout State, to time: Int) {
        if let bell = state.bell, bell <= time { return }
        state.bell = time
        unsafe timer.schedule(deadline: .now() + .nanoseconds(max(0, time - Clock.nanoseconds())))
    }

    private func ring() {
        let due = state.withLock { state in
            let now = Clock.nanoseconds()
            let due = state.entries.filter { $0.value.time <= now }
            for ticket in due.keys { state.entries[ticket] = nil }
            state.bell = nil
            if let next = state.entries.values.map(\.time).min() { setBell(&state, to: next) }
            return due.values.sorted { $0.time < $1.time }
        }
        for entry in due { entry.action() }
    }
}
