import CLinuxShims
import Glibc

/// Wakes a thread that waits in poll(2): a counter with a descriptor (eventfd(2)).
package struct WakeEvent: ~Copyable, Sendable {
    private let descriptor: FileDescriptor

    /// Creates an event that has not happened.
    package init() throws(SystemError) {
        descriptor = FileDescriptor(
            owning: try retryingOnInterrupt("make", on: "event descriptor") { clinux_event_descriptor() })
    }

    /// The number for poll(2); readable after `signal`.
    package var raw: Int32 { descriptor.raw }

    /// Makes the descriptor readable; any thread.
    ///
    /// Cannot fail short of 2⁶⁴ signals that nobody took.
    package func signal() {
        var one: UInt64 = 1
        unsafe write(descriptor.raw, &one, 8)
    }

    /// Makes it unreadable again.
    package func clear() {
        var count: UInt64 = 0
        unsafe read(descriptor.raw, &count, 8)
    }
}
