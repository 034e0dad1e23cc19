import Compatibility

// The arms of a route.

extension Catalog {
    /// How many routes a change of arms makes at most: their memory is for ever.
    private static let routeLimit = 65_536

    /// Changes a route's arms, making the route where it is new.
    mutating func change(
        _ plugin: String, _ range: VersionRange, by change: RouteChange
    ) throws(Refusal) -> Change {
        let key = RouteKey(plugin: plugin, range: "\(range)")
        var next = self
        guard routes[key] != nil || routes.count < Self.routeLimit else {
            throw .conflict("\(Self.routeLimit) routes exist, and none is ever forgotten: use ranges that are bound")
        }
        let main = routes[key] ?? RouteEntry(range: range)
        next.routes[key] = main
        switch change {
        case .canary(let version, let basisPoints):
            guard (0...10_000).contains(basisPoints) else {
                throw .invalid("a canary's share is 0 to 100 percent, in steps of 0.01")
            }
            try requireLoaded(plugin, version, in: main, at: key)
            next.setArm(key.canary, to: version, bound: main.bound)
            next.routes[key.canary]?.basisPoints = basisPoints
        case .closeCanary:
            next.routes[key.canary]?.basisPoints = 0
            next.routes[key.canary]?.fixed = nil
        case .label(let label, let version):
            guard !label.isEmpty, label.utf8.count <= 64,
                label.allSatisfy({ $0.isLetter || $0.isNumber || "-_.".contains($0) })
            else { throw .invalid("a label is 1 to 64 letters, digits, dots, hyphens and underscores") }
            try requireLoaded(plugin, version, in: main, at: key)
            let arm = RouteKey(plugin: plugin, range: key.range, arm: .label(label))
            next.setArm(arm, to: version, bound: routes[arm]?.bound ?? [:])
        case .removeLabel(let label):
            let arm = RouteKey(plugin: plugin, range: key.range, arm: .label(label))
            guard routes[arm]?.fixed != nil else { throw .notFound("the route \(key) has no label \(label)") }
            next.routes[arm]?.fixed = nil
        case .fix(let version):
            try requireLoaded(plugin, version, in: main, at: key)
            next.routes[key]?.fixed = version
        case .follow:
            next.routes[key]?.fixed = nil
        case .fallback(let substitute):
            guard substitute != plugin else { throw .invalid("\(plugin) cannot stand in for itself") }
            guard !generations(of: substitute).isEmpty else { throw .notFound(noPlugin(substitute)) }
            for member in generations(of: substitute) {
                try Self.refuseLack(of: member, for: main, at: key) { lack in
                    "\(substitute) lacks \(lack), which is bound through \(key): it cannot stand in"
                }
            }
            next.routes[key]?.fallback = substitute
            next.standsInFor[substitute, default: []].insert(plugin)
        case .noFallback:
            next.routes[key]?.fallback = nil
        }
        return commit(next, reassigning: [plugin])
    }

    private mutating func setArm(_ key: RouteKey, to version: SemanticVersion, bound: [String: PluginManifest.Export]) {
        guard let main = routes[key.main] else { return }
        var entry = routes[key] ?? RouteEntry(range: main.range)
        entry.bound.merge(bound) { _, new in new }
        entry.fixed = version
        routes[key] = entry
    }

    /// The version is loaded, in the range, and has what is bound.
    private func requireLoaded(
        _ plugin: String, _ version: SemanticVersion, in route: RouteEntry, at key: RouteKey
    ) throws(Refusal) {
        guard let member = generations(of: plugin).first(where: { $0.version == version }) else {
            throw .notFound(lacking(plugin, "\(plugin) \(version) is not loaded (load it first)"))
        }
        guard route.range.contains(version) else {
            throw .invalid("\(plugin) \(version) is not in \(route.range): an arm stays within its route's range")
        }
        try Self.refuseLack(of: member, for: route, at: key) { lack in
            "\(plugin) \(version) lacks \(lack), which is bound through \(plugin) \(route.range)"
        }
    }
}
