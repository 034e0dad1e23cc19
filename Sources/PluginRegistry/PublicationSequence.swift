internal import CPin
internal import Glibc
internal import Synchronization

/// Counts the changes that concern several routes at once, so that a block of calls over two of them sees one state.
///
/// Odd while the routes of a change are exchanged. Whoever pins two routes reads it before (P1) and after (P2), and keeps
/// the pins only where both read the same even number. Suppose one of the pins found a target of a change that P1 had not
/// seen the end of. The writer made the number odd before it exchanged the route, releasing, and R3 (cpin.h) acquired
/// what it exchanged; so P2, which comes after R3, reads the odd number or a later one, and the pins are given back. And
/// what P1 has seen the end of, acquiring, both pins find, or something newer.
package final class PublicationSequence: Sendable {
    private let number = Atomic<UInt>(0)

    /// A sequence without changes.
    package init() {}

    /// Runs `body`, which publishes on all routes of one change.
    ///
    /// One at a time: to be serialised by the host. Blocks that begin meanwhile spin, so `body` only exchanges.
    package func exchange<R, E: Error>(_ body: () throws(E) -> R) throws(E) -> R {
        // Relaxed: the exchange of a route that follows releases it, too.
        number.add(1, ordering: .relaxed)
        // Releasing, with P1: the exchanges.
        defer { number.add(1, ordering: .releasing) }
        return try body()
    }

    /// P1: the number of the last change, when it is over.
    ///
    /// - Returns: `nil` in a signal handler that may have interrupted the exchange: there it would not end.
    func settled() -> UInt? {
        while true {
            let number = number.load(ordering: .acquiring)
            if number % 2 == 0 { return number }
            if cpin_seems_in_handler() { return nil }
            sched_yield()
        }
    }

    /// P2: whether no change has begun since.
    ///
    /// Relaxed: R3 before it acquires.
    func isStill(_ number: UInt) -> Bool { self.number.load(ordering: .relaxed) == number }
}

/// Calls `body` with what serves two routes now, both pinned, and never one from before a change with one from after.
///
/// Holds nothing while it waits for a held route.
///
/// - Parameter sequence: what all changes that concern both routes go through.
/// - Throws: `BindingError.unloaded`, `.held`, `.tooManyThreads`, and what `body` throws.
package func pin<A, B, R>(
    _ a: Binding<A>, _ b: Binding<B>, under sequence: PublicationSequence,
    body: (borrowing Pinned<A>, borrowing Pinned<B>) throws -> R
) throws -> R {
    // SAFETY: the pins are given back on this thread, innermost first, after `body`; the targets are there.
    let pins = try unsafe pinBoth(
        (RouteMemory(cell: a.route), a.offset), (RouteMemory(cell: b.route), b.offset), sequence)
    defer {
        unsafe cpin_leave(pins.b)
        unsafe cpin_leave(pins.a)
    }
    return try unsafe body(
        Pinned(pins.a.target.unsafelyUnwrapped, at: a.offset), Pinned(pins.b.target.unsafelyUnwrapped, at: b.offset))
}

private typealias Place = (route: RouteMemory, offset: Int)

private func pinBoth(
    _ first: Place, _ second: Place, _ sequence: PublicationSequence
) throws(BindingError) -> (a: cpin_pin, b: cpin_pin) {
    while true {
        guard let number = sequence.settled() else { throw .held(route: first.route.label, milliseconds: nil) }
        guard let a = try unsafe pinNow(first, holding: nil) else { continue }
        guard let b = try unsafe pinNow(second, holding: a) else { continue }
        if sequence.isStill(number) { return unsafe (a, b) }
        unsafe cpin_leave(b)
        unsafe cpin_leave(a)
    }
}

/// One look at a route.
///
/// - Parameter other: a pin that is given back unless this succeeds, and before this waits: whoever holds both routes
///   would wait for it.
/// - Returns: `nil` where it is time for another look at both routes.
private func pinNow(_ place: Place, holding other: cpin_pin?) throws(BindingError) -> cpin_pin? {
    // SAFETY: routes' memory is never freed.
    let attempt = unsafe Attempt(on: place.route, at: place.offset, with: cpin_enter(place.route.cell, place.offset))
    if case .inside(let pin) = attempt { return unsafe pin }
    if let other = unsafe other { unsafe cpin_leave(other) }
    switch attempt {
    case .inside, .again: return nil
    case .refused(let error): throw error
    case .held(let hold):
        if let milliseconds = hold.waiters.waitOnThread() {
            throw .held(route: place.route.label, milliseconds: milliseconds)
        }
        return nil
    }
}
