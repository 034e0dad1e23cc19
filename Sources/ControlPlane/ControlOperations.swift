import LinuxSystem
import PluginHost

/// Everything that takes longer than the loop may wait: changes of plugins as tasks, calls of plugin functions on threads
/// of their own.
///
/// A plugin function may block or spin for ever, so it never runs on the loop or on the cooperative pool. Each call has a
/// thread for itself, which ends with it: thread-local storage with destructors would keep an image from being unmapped
/// for as long as the thread lives. At most `limits.calls` run at a time, the others wait in line: their number is bounded
/// by what the clients may have in flight.
///
/// Owned by the loop: every method runs on the loop's thread.
final class ControlOperations {
    /// A call of a plugin function that has not begun.
    private struct WaitingCall {
        let operation: Int
        let connection: Int
        let call: ControlCall
        let finish: @Sendable (ControlOutcome) -> Void
    }

    private let host: PluginHost
    private let mailbox: ControlMailbox
    private let limits: ControlLimits
    private var count = 0  // of operations ever begun; numbers them
    private var changes: [Int: Task<Void, Never>] = [:]  // by operation
    private var calls: [Int: SerialThread] = [:]  // by operation
    private var waiting: [WaitingCall] = []

    init(host: PluginHost, mailbox: ControlMailbox, limits: ControlLimits) {
        self.host = host
        self.mailbox = mailbox
        self.limits = limits
    }

    /// Whether nothing is on its way.
    var isIdle: Bool { changes.isEmpty && calls.isEmpty && waiting.isEmpty }

    /// Begins a change of the host's plugins; its result comes through the mailbox.
    ///
    /// - Parameter peer: the user at the other end of the connection.
    func begin(_ change: ControlChange, id: RequestID?, for connection: Int, requestedBy peer: UInt32) {
        let (operation, finish) = operation(id: id, for: connection)
        changes[operation] = Task { [host] in
            finish(await ControlOutcome(changing: host, by: change, requestedBy: peer))
        }
    }

    /// Begins a call of a plugin function, at once or when its turn comes; its result comes through the mailbox.
    func begin(_ call: ControlCall, id: RequestID?, for connection: Int) {
        let (operation, finish) = operation(id: id, for: connection)
        waiting.append(WaitingCall(operation: operation, connection: connection, call: call, finish: finish))
        beginWaitingCalls()
    }

    /// Accounts for a result that came through the mailbox.
    func end(_ operation: Int) {
        changes[operation] = nil
        // It has nothing left to do but to end; nobody needs to wait for that.
        _ = calls.removeValue(forKey: operation)?.finish(within: 0)
        beginWaitingCalls()
    }

    /// Drops the calls of a connection that has gone, as far as they have not begun.
    func forget(_ connection: Int) {
        waiting.removeAll { $0.connection == connection }
    }

    /// Drops what has not begun and asks the rest to end: tasks see that they are cancelled, plugin functions do not.
    func cancel() {
        waiting = []
        for change in changes.values { change.cancel() }
    }

    /// Ends the threads.
    ///
    /// One whose plugin function does not return goes on without us, and ends when it returns.
    func finish() {
        for thread in calls.values { _ = thread.finish(within: 0) }
        calls = [:]
    }

    private func operation(
        id: RequestID?, for connection: Int
    ) -> (number: Int, finish: @Sendable (ControlOutcome) -> Void) {
        count += 1
        return (
            count,
            { [count, mailbox, limit = limits.replyBytes] outcome in
                let line = id.map { outcome.line(replyingTo: $0, limit: limit) }
                mailbox.post(ControlResult(connection: connection, operation: count, line: line))
            }
        )
    }

    private func beginWaitingCalls() {
        while calls.count < limits.calls, !waiting.isEmpty {
            let next = waiting.removeFirst()
            do throws(SystemError) {
                let thread = try SerialThread(name: "swb-call")
                calls[next.operation] = thread
                thread.enqueue { [host] in next.finish(ControlOutcome(calling: host, next.call)) }
            } catch {
                next.finish(ControlOutcome(ControlFailure(PluginHostError.system(error.description))))
            }
        }
    }
}
