internal import CLinuxShims
internal import Dispatch
internal import LinuxSystem
internal import Synchronization

/// A thread on the second CPU that is inside calls while something else is measured.
///
/// Where the machine has one CPU it runs there, and the two take turns. It sleeps between `end` and the next `begin`.
final class Caller: Sendable {
    private let thread: SerialThread
    private let ending = Atomic<Bool>(false)
    private let hasArrived = DispatchSemaphore(value: 0)
    private let mayReturn = DispatchSemaphore(value: 0)
    private let hasEnded = DispatchSemaphore(value: 0)

    /// Starts the thread.
    init() throws {
        thread = try SerialThread(name: "bench-caller")
        // Without the right to, or the CPU, it runs anywhere.
        thread.enqueue { _ = clinux_stay_on_cpu(1) }
    }

    deinit {
        // Between `end` and `begin` it has nothing to do, and is gone at once.
        _ = thread.finish(within: 1_000_000_000)
    }

    /// Whether `body` is to return.
    var isEnding: Bool { ending.load(ordering: .acquiring) }

    /// Tells whoever called `begin` that the thread is where it should be.
    func arrive() { hasArrived.signal() }

    /// Sleeps until `body` is to return.
    func waitForEnd() {
        mayReturn.wait()
        // Put back, so that `begin` finds what it expects.
        mayReturn.signal()
    }

    /// Runs `body` on the thread, and returns once that has called `arrive`.
    func begin(_ body: @escaping @Sendable (Caller) -> Void) {
        ending.store(false, ordering: .releasing)
        thread.enqueue { [self] in
            body(self)
            hasEnded.signal()
        }
        hasArrived.wait()
    }

    /// Asks `body` to return, and waits until it has.
    func end() {
        ending.store(true, ordering: .releasing)
        mayReturn.signal()
        hasEnded.wait()
        mayReturn.wait()
    }
}
