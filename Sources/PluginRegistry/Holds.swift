internal import CPin
internal import Synchronization

/// Which routes are empty because they are held: for them, empty means "wait", and for all others "unloaded".
enum Holds {
    /// A route's place in a hold.
    struct Entry: Sendable {
        let hold: Hold
        /// Where callers go who are inside already; `nil` where nothing served the route when the hold began.
        let old: Target?
    }

    /// Why a caller found a route empty.
    enum Finding {
        /// It is not any more.
        case served
        case unloaded
        case held(Entry)
        /// This is a signal handler, which must not take the table's lock, and something is held.
        case unknown
    }

    /// By the address of the route's cell.
    private static let table = Lock<[UInt: Entry]>([:])
    // Two counts and not one, so that equality shows that nothing was held between the two looks at them.
    private static let begun = Atomic(0)
    private static let ended = Atomic(0)

    /// Enters the routes of a hold that begins, before they are emptied.
    static func begin(_ entries: [(Route, Entry)]) {
        // Sequentially consistent, like all four: each comes before or after the emptying of the routes for everybody.
        begun.add(1, ordering: .sequentiallyConsistent)
        for (route, entry) in entries { add(route, entry) }
    }

    /// Enters one more route, before it is emptied.
    static func add(_ route: Route, _ entry: Entry) {
        table.withLock { table in
            let previous = table.updateValue(entry, forKey: route.memory.address)
            precondition(previous == nil, "\(route.label): the route is held already")
        }
    }

    /// Removes the routes of a hold that ends, after they have their targets.
    static func end(_ routes: [Route]) {
        table.withLock { table in for route in routes { table[route.memory.address] = nil } }
        ended.add(1, ordering: .sequentiallyConsistent)
    }

    /// Says why the route is empty.
    ///
    /// A hold enters a route, then empties it; publishes on it, then removes it. So a route that is empty while the table
    /// does not change, and that is not in the table, was emptied for good. Without the lock, "the table did not change"
    /// is: as many holds had ended before the look at the route as had begun after it.
    static func look(at route: RouteMemory) -> Finding {
        let endedBefore = ended.load(ordering: .sequentiallyConsistent)
        guard route.isEmpty else { return .served }
        if begun.load(ordering: .sequentiallyConsistent) == endedBefore { return .unloaded }
        if cpin_seems_in_handler() { return .unknown }
        return table.withLock { table in
            guard route.isEmpty else { return .served }
            return table[route.address].map { .held($0) } ?? .unloaded
        }
    }
}
