import Synchronization
import Testing

@testable import PluginHost

/// What becomes of limits that pass, and of those that do not.
@Suite struct DeadlinesTests {
    /// Notes who rang, and lets the test wait for it.
    private final class Bells: Sendable {
        private let rung = Mutex<[Int]>([])
        private let (stream, continuation) = AsyncStream<Void>.makeStream()

        func ring(_ number: Int) {
            rung.withLock { $0.append(number) }
            continuation.yield()
        }

        func wait(for count: Int) async -> [Int] {
            var bells = stream.makeAsyncIterator()
            for _ in 0..<count { await bells.next() }
            return rung.withLock { $0 }
        }
    }

    @Test func whatIsDueEarlierComesFirstThoughItWasAddedLater() async {
        let bells = Bells()
        for milliseconds in [40, 1, 20, 0] {
            _ = Deadlines.shared.add(after: .milliseconds(milliseconds)) { bells.ring(milliseconds) }
        }
        #expect(await bells.wait(for: 4) == [0, 1, 20, 40])
    }

    @Test func whatIsCalledOffNeverHappensAndHoldsNoOtherBack() async {
        let bells = Bells()
        let early = Deadlines.shared.add(after: .milliseconds(20)) { bells.ring(20) }
        _ = Deadlines.shared.add(after: .milliseconds(60)) { bells.ring(60) }
        Deadlines.shared.callOff(early)
        Deadlines.shared.callOff(early)
        #expect(await bells.wait(for: 1) == [60])
    }

    @Test func whatIsCalledOffIsLetGoAtOnce() {
        final class Held: Sendable {}
        weak var remains: Held?
        do {
            let held = Held()
            remains = held
            let ticket = Deadlines.shared.add(after: .seconds(3600)) { withExtendedLifetime(held) {} }
            Deadlines.shared.callOff(ticket)
        }
        #expect(remains == nil)
    }

    @Test func aLimitOfAllTimesIsNoneThatPasses() {
        let ticket = Deadlines.shared.add(after: .seconds(Int64.max)) { Issue.record("it is not due for a century") }
        Deadlines.shared.callOff(ticket)
    }
}
