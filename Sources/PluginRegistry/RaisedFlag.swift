internal import Synchronization

/// Something that becomes true once, for whoever looks: a generation drains, a thread shall stop.
package final class RaisedFlag: Sendable {
    private let flag = Atomic(false)

    /// A flag that is not raised.
    package init() {}

    // Relaxed is enough: nothing else is read on the strength of the flag, so there is nothing that it must not overtake.
    // When it is seen is a matter of the CPU's store buffer, not of the order: soon, and from then on.

    /// Raises it, for good.
    package func raise() { flag.store(true, ordering: .relaxed) }

    /// Whether it was raised.
    package var isRaised: Bool { flag.load(ordering: .relaxed) }
}
