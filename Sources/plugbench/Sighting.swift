internal import Synchronization

/// When one thread first saw the value that another one waits for it to see.
final class Sighting: Sendable {
    private let moment = Atomic<Int>(0)
    private let seen = Atomic<UInt>(0)

    /// Notes the time where `value` is another than before.
    func look(_ value: UInt) {
        guard value != seen.load(ordering: .relaxed) else { return }
        moment.store(Clock.now(), ordering: .relaxed)
        // Releasing, with `time(of:)`: the moment comes first.
        seen.store(value, ordering: .releasing)
    }

    /// Spins until the looking thread has seen `value`; when that was.
    func time(of value: UInt) -> Int {
        while seen.load(ordering: .acquiring) != value {}
        return moment.load(ordering: .relaxed)
    }
}
