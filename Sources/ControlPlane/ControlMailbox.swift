import LinuxSystem
import Synchronization

/// What an operation has come to, on its way back to the loop.
struct ControlResult: Sendable {
    /// The connection that asked.
    let connection: Int
    /// The operation's number.
    let operation: Int
    /// The reply as a line; `nil` where a notification asked.
    let line: [UInt8]?
}

/// The way into the loop from other threads: results of operations, and the word to stop.
final class ControlMailbox: Sendable {
    /// What waits to be taken.
    struct Contents: Sendable {
        var results: [ControlResult] = []
        var isStopping = false
    }

    private let contents = Mutex(Contents())
    private let event: WakeEvent

    init() throws(SystemError) {
        event = try WakeEvent()
    }

    /// The descriptor that is readable while something waits.
    var raw: Int32 { event.raw }

    /// Hands a result over; any thread.
    ///
    /// After the loop has ended it goes nowhere.
    func post(_ result: ControlResult) {
        contents.withLock { $0.results.append(result) }
        event.signal()
    }

    /// Asks the loop to end; any thread.
    func stop() {
        contents.withLock { $0.isStopping = true }
        event.signal()
    }

    /// Takes the results; the word to stop stays.
    ///
    /// The loop's thread only.
    func take() -> Contents {
        // Cleared first: what is posted after that makes the descriptor readable again.
        event.clear()
        return contents.withLock { contents in
            defer { contents.results = [] }
            return contents
        }
    }
}
