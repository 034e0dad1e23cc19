import Compatibility

// Who serves a route.

extension Catalog {
    /// The generation that the range alone selects.
    func preferred(_ route: RouteEntry, of key: RouteKey) -> Member? {
        select(for: route, at: key) { _ in true }
    }

    /// The same among those that have every export bound through the route: a loaded version without one is passed over.
    func server(of route: RouteEntry, at key: RouteKey) -> Member? {
        if keepsServer(route), let server = route.server { return members[server] }
        return select(for: route, at: key) { Self.hasAll($0, for: route) }
    }

    /// Whether the route stays where it is, whatever else is loaded.
    func keepsServer(_ route: RouteEntry) -> Bool {
        route.isFrozen && route.server.map { members[$0] != nil } == true
    }

    /// The fixed version, else the newest current one, else the newest loaded one; of the plugin itself, else of its
    /// fallback.
    private func select(for route: RouteEntry, at key: RouteKey, _ isAble: (Member) -> Bool) -> Member? {
        // An arm whose own version is not there mirrors the main arm.
        let main = key.isImport ? route : routes[key.main] ?? route
        let able = generations(of: key.plugin).filter { route.range.contains($0.version) && isAble($0) }
        for version in [route.fixed, main.fixed] {
            if let version, let member = able.first(where: { $0.version == version }) { return member }
        }
        if let own = able.first(where: \.isCurrent) ?? able.first { return own }
        let substitutes = main.fallback.map { generations(of: $0).filter(isAble) } ?? []
        return substitutes.first(where: \.isCurrent) ?? substitutes.first
    }

    /// Who serves the route now, and what it offers under the symbol.
    func server(
        of route: RouteEntry, at key: RouteKey, offering symbol: String, as type: PluginManifest.ExportType?
    ) throws(Refusal) -> (member: Member, export: PluginManifest.Export) {
        guard let server = server(of: route, at: key) else {
            throw .notFound(lacking(key.plugin, "no loaded version of \(key.plugin) is in \(route.range)"))
        }
        guard let offered = server.exports[symbol] else {
            let names = server.exports.keys.sorted().joined(separator: ", ")
            throw .notFound("\(server.plugin) \(server.version) has no export \(symbol); it has: \(names)")
        }
        if let type, type != offered.type {
            if type == .message {
                let own = offered.type.map { "is of type \($0)" } ?? "has no declared type"
                throw .invalid(
                    "\(symbol) of \(server.plugin) \(server.version) is no message export, it \(own): bind its C type")
            }
            throw .type(Self.conflict(of: server, offered, with: type, at: key, isBinding: true))
        }
        return (server, offered)
    }

    /// Why nothing of a plugin was found, and what of it is loaded.
    func lacking(_ plugin: String, _ reason: String) -> String {
        let loaded = generations(of: plugin).map { "\($0.version)" }.joined(separator: ", ")
        return loaded.isEmpty ? noPlugin(plugin) : "\(reason); loaded: \(loaded)"
    }

    func noPlugin(_ name: String) -> String {
        let names = members.names
        return "no plugin \(name) is loaded" + (names.isEmpty ? "" : "; loaded: \(names.joined(separator: ", "))")
    }

    /// Takes over `next` with every route of the plugins assigned anew; the superseded that nobody needs leave.
    mutating func commit(_ next: Catalog, reassigning plugins: Set<String>) -> Change {
        var next = next
        var change = Change(plugins: next.dependants(of: plugins))
        for plugin in change.plugins {
            for (key, route) in next.routes.of(plugin) {
                let server = next.server(of: route, at: key)?.number
                guard server != route.server else { continue }
                change.assignments[key] = .some(server)
                next.routes[key]?.server = server
            }
        }
        change.leaving = next.removeUnneeded()
        self = next
        return change
    }

    /// Takes out the superseded that neither serve a route, nor are kept ready, nor alone satisfy a requirement.
    mutating func removeUnneeded() -> [Int] {
        let leaving = members.superseded.compactMap { members[$0] }.filter {
            !$0.isReady && !isServing($0) && !isRequiredAlone($0)
        }.map(\.number).sorted()
        for number in leaving { members[number] = nil }
        return leaving
    }

    private func isServing(_ member: Member) -> Bool {
        dependants(of: [member.plugin]).contains { routes.of($0).values.contains { $0.server == member.number } }
    }

    /// The plugins themselves, and those for whom they may stand in.
    func dependants(of plugins: Set<String>) -> Set<String> {
        plugins.reduce(into: plugins) { all, plugin in all.formUnion(standsInFor[plugin] ?? []) }
    }
}
