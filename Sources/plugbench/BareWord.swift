internal import Synchronization

/// What a route is at its heart, without anything around it: a word that one thread changes and another reads.
///
/// On cache lines of its own.
final class BareWord: Sendable {
    private let before = InlineArray<16, Int>(repeating: 0)
    private let word = Atomic<UInt>(0)
    private let after = InlineArray<16, Int>(repeating: 0)

    var value: UInt { word.load(ordering: .acquiring) }

    func exchange(_ value: UInt) { _ = word.exchange(value, ordering: .acquiringAndReleasing) }
}
