import Compatibility
import PluginRegistry

// From the rules' word to the pointers that callers follow.

extension HostState {
    /// What a publication did.
    struct Publication {
        /// Exchanging the pointers of all routes, in nanoseconds.
        var nanoseconds = 0
        /// The targets that were taken out of routes.
        var replaced: [Target] = []
        /// Calls inside those right afterwards.
        var callsInFlight = 0
    }

    /// Routes whose callers wait while a state is handed over.
    struct HeldState {
        let hold: Hold
        /// The generations whose state it is.
        let generations: Set<Int>
        /// Their routes; what serves them next is decided by the catalog when the hold ends.
        var keys: Set<Catalog.RouteKey>
        /// What was on the routes, and what was made since for callers who are inside.
        var replaced: [Target]
        let began = Clock.nanoseconds()
    }

    /// Publishes a change: makes all targets first, then exchanges the pointers back to back.
    ///
    /// Held routes get nothing yet, and new routes to a generation whose state is being handed over are held, too.
    mutating func publish(_ change: Catalog.Change) -> Publication {
        var prepared: [Prepared] = []
        var displaced: [Target] = []
        for (key, server) in change.assignments {
            if heldState?.keys.contains(key) == true { continue }
            let route = route(at: key)
            let target = server.flatMap { addTarget(to: $0, for: key.plugin) }
            if let target, let held = heldState, held.generations.contains(target.generation) {
                if let old = routes[key]?.target { displaced.append(old) }
                held.hold.add(route, standIn: target)
                heldState?.keys.insert(key)
                heldState?.replaced.append(target)
                routes[key] = (route, nil)
                continue
            }
            prepared.append(Prepared(key: key, route: route, target: target))
        }
        let sequence = sequence
        var publication = exchange(prepared) { prepared in
            sequence.exchange { for entry in prepared { entry.route.publish(entry.target) } }
        }
        publication.replaced += displaced
        publication.callsInFlight = callCount(besides: prepared, of: publication, change)
        settle(change)
        return publication
    }

    /// Holds the routes that lead to `generations`: from now on, callers wait who are not inside already.
    mutating func hold(_ generations: Set<Int>, until deadline: ContinuousClock.Instant) -> Hold {
        let keys = Set(
            catalog.routes.all.filter { $0.value.server.map(generations.contains) == true }.map(\.key))
        let held = keys.compactMap { routes[$0]?.route }
        let inside = generations.flatMap { records[$0]?.targets ?? [] }
        let replaced = keys.compactMap { routes[$0]?.target }
        let hold = Hold(held, inside: inside, until: deadline)
        for key in keys { routes[key]?.target = nil }
        heldState = HeldState(hold: hold, generations: generations, keys: keys, replaced: replaced)
        return hold
    }

    /// Ends the hold: its routes, and those of the change, get targets on what serves them now.
    ///
    /// - Returns: what was replaced, the held routes' former targets included, and the pause in nanoseconds.
    mutating func endHold(publishing change: Catalog.Change) -> (publication: Publication, pause: Int) {
        guard let held = heldState else { return (publish(change), 0) }
        heldState = nil
        var prepared: [Prepared] = []
        for key in held.keys.union(change.assignments.keys) {
            let server = catalog.routes[key]?.server
            prepared.append(
                Prepared(
                    key: key, route: route(at: key), target: server.flatMap { addTarget(to: $0, for: key.plugin) }))
        }
        let sequence = sequence
        var publication = exchange(prepared) { prepared in
            sequence.exchange { held.hold.end(prepared.map { ($0.route, $0.target) }) }
        }
        publication.replaced += held.replaced
        settle(change)
        return (publication, Clock.nanoseconds() - held.began)
    }

    /// Gives routes that nobody will use any more to the next who need one.
    ///
    /// - Returns: the targets that were on them, to be reclaimed.
    mutating func retireRoutes(ofImporter number: Int) -> [Target] {
        var replaced: [Target] = []
        for key in catalog.imports[number] ?? [] {
            guard let entry = routes[key] else { continue }
            routes[key] = nil
            // A held route stays out of use: its hold still knows it.
            guard heldState?.keys.remove(key) == nil else { continue }
            if let target = entry.route.publish(nil) { replaced.append(target) }
            entry.route.unbind()
            idleRoutes[entry.route.label, default: []].append(entry.route)
        }
        return replaced
    }

    /// What a route is about to get.
    private struct Prepared {
        let key: Catalog.RouteKey
        let route: Route
        let target: Target?
    }

    private mutating func route(at key: Catalog.RouteKey) -> Route {
        if let known = routes[key]?.route { return known }
        let label = key.isImport ? key.main.description : key.description
        let route = key.isImport ? idleRoutes[label]?.popLast() : nil
        return route ?? Route(label: label)
    }

    private mutating func exchange(_ prepared: [Prepared], _ body: ([Prepared]) -> Void) -> Publication {
        var publication = Publication()
        let start = Clock.nanoseconds()
        body(prepared)
        publication.nanoseconds = Clock.nanoseconds() - start
        for entry in prepared {
            if let old = routes[entry.key]?.target { publication.replaced.append(old) }
            routes[entry.key] = (entry.route, entry.target)
        }
        return publication
    }

    /// Calls inside the generations that were taken out of routes, by whatever way they came.
    private func callCount(besides prepared: [Prepared], of publication: Publication, _ change: Catalog.Change) -> Int {
        let fresh = Set(prepared.compactMap { $0.target.map { ObjectIdentifier($0) } })
        return Set(publication.replaced.map(\.generation)).union(change.leaving).reduce(0) { sum, number in
            let targets = records[number]?.targets ?? []
            return targets.filter { !fresh.contains(ObjectIdentifier($0)) }.reduce(sum) { $0 + $1.callCount }
        }
    }

    /// Enters what the change means for each generation, and lets the canaries' shares follow.
    private mutating func settle(_ change: Catalog.Change) {
        for member in change.plugins.flatMap(catalog.members.of) {
            enter(member.isCurrent ? .current : member.isReady ? .ready : .loaded, member.number)
        }
        for number in change.leaving { enter(.draining, number) }
        for (key, entry) in change.plugins.flatMap(catalog.routes.of) where key.arm == .canary {
            guard let main = routes[key.main]?.route else { continue }
            do throws(BindingError) { try main.split(to: routes[key]?.route, share: entry.basisPoints) } catch {
                // What serves the canary lacks an export that is bound on the main arm only just now: its next target, which
                // the catalog chooses by both, has it. Until then keyed calls go where the others go.
                try? main.split(to: nil, share: 0)
            }
        }
    }
}
