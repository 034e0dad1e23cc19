import Compatibility

/// Which generation serves which route: the registry's rules as a pure value.
///
/// - A line is what caret ranges hold together: 1.x.y, 0.3.x. Each line of a plugin has at most one *current* version.
/// - A route (plugin, range) serves the newest current version that its range admits, else the newest loaded one.
/// - `load` makes a version current only where its line has none; `swap` always does.
/// - A version that was replaced by a swap stays only for routes that nothing else serves as well.
/// - A change that would leave a bound route with a version that lacks an export bound through it, or has it under
///   another type, is refused whole.
struct Catalog {
    /// One generation in service.
    struct Member: Equatable {
        let number: Int
        let plugin: String
        let version: SemanticVersion
        let image: ImageID
        /// The declared exports by symbol.
        let exports: [String: PluginManifest.Export]
        var isCurrent = false
        /// A swap put another in its place: it leaves as soon as it serves no route.
        var isSuperseded = false
    }

    /// Names a route: the plugin and the range as written.
    struct RouteKey: Hashable, Comparable {
        let plugin: String
        let range: String

        static func < (left: Self, right: Self) -> Bool { (left.plugin, left.range) < (right.plugin, right.range) }
    }

    /// One route: what callers bound through it, and the generation that serves it.
    struct RouteEntry {
        let range: VersionRange
        var bound: [String: PluginManifest.Export] = [:]
        var server: Int?
    }

    /// What a transition asks the host to do: nothing here has happened in the world yet.
    struct Change: Equatable {
        /// Routes that get a new target; `nil` = nothing serves them any more.
        var assignments: [RouteKey: Int?] = [:]
        /// Generations that serve nothing any more: drain and retire them.
        var leaving: [Int] = []
    }

    /// Why a transition is impossible: a sentence.
    enum Refusal: Error, Equatable {
        case conflict(String)
        case notFound(String)
        case invalid(String)
    }

    private(set) var members: [Int: Member] = [:]
    private(set) var routes: [RouteKey: RouteEntry] = [:]

    /// The generations of a plugin, newest version first, the newer generation first among equals.
    func generations(of plugin: String) -> [Member] {
        members.values.filter { $0.plugin == plugin }.sorted {
            ($0.version, $0.number) > ($1.version, $1.number)
        }
    }

    /// The version in front of the line of `version`.
    func current(of plugin: String, inLineOf version: SemanticVersion) -> Member? {
        members.values.first { $0.isCurrent && $0.plugin == plugin && $0.version.line == version.line }
    }

    // MARK: Transitions

    /// Adds a generation beside what is there.
    mutating func load(_ member: Member) throws(Refusal) -> Change {
        if let twin = generations(of: member.plugin).first(where: { $0.version == member.version }) {
            throw .conflict(
                "\(member.plugin) \(member.version) is loaded already (generation \(twin.number)): "
                    + "use swap to replace it, or give the new build a new version")
        }
        var next = self
        var member = member
        member.isCurrent = current(of: member.plugin, inLineOf: member.version) == nil
        next.members[member.number] = member
        return commit(next, reassigning: member.plugin)
    }

    /// Puts a generation in front of its line; its predecessor leaves unless a route still needs it.
    mutating func swap(in member: Member) throws(Refusal) -> Change {
        var next = self
        let predecessors = generations(of: member.plugin).filter {
            $0.number != member.number && ($0.isCurrent || $0.version == member.version)
                && $0.version.line == member.version.line
        }
        for predecessor in predecessors {
            next.members[predecessor.number]?.isCurrent = false
            next.members[predecessor.number]?.isSuperseded = true
        }
        var member = member
        member.isCurrent = true
        member.isSuperseded = false
        next.members[member.number] = member
        for (key, route) in routes where next.preferred(route, of: key.plugin) == member {
            guard let lack = Self.lack(of: member, for: route) else { continue }
            throw .conflict(
                "the route \(key.plugin) \(key.range) is bound to \(lack), so \(member.version) cannot take it over: "
                    + "declare and export it unchanged, or give the new contract a new major version")
        }
        return commit(next, reassigning: member.plugin)
    }

    /// Takes one version, or all of a plugin, out of service.
    mutating func unload(_ plugin: String, _ version: SemanticVersion?) throws(Refusal) -> Change {
        let leaving = generations(of: plugin).filter { version == nil || $0.version == version }
        guard !leaving.isEmpty else {
            let loaded = generations(of: plugin).map { "\($0.version)" }.joined(separator: ", ")
            throw .notFound(
                loaded.isEmpty
                    ? noPlugin(plugin)
                    : "\(plugin) \(version.map { "\($0)" } ?? "") is not loaded; loaded: \(loaded)")
        }
        var next = self
        for member in leaving { next.members[member.number] = nil }
        var change = commit(next, reassigning: plugin)
        change.leaving = (change.leaving + leaving.map(\.number)).sorted()
        return change
    }

    /// Takes everything out of service.
    mutating func unloadAll() -> Change {
        var change = Change(leaving: members.keys.sorted())
        members.removeAll()
        for (key, route) in routes where route.server != nil {
            change.assignments[key] = .some(nil)
            routes[key]?.server = nil
        }
        return change
    }

    /// The generation that a call through the range would reach now, without a route.
    func find(
        _ plugin: String, _ range: VersionRange, _ symbol: String, as type: PluginManifest.ExportType?
    ) throws(Refusal) -> Int {
        try server(of: RouteEntry(range: range), of: plugin, offering: symbol, as: type).member.number
    }

    /// Binds one export through the route (plugin, range), making the route where it is new.
    ///
    /// - Parameter type: what the caller expects; `nil` takes the export's own.
    mutating func bind(
        _ plugin: String, _ range: VersionRange, _ symbol: String, as type: PluginManifest.ExportType?
    ) throws(Refusal) -> (RouteKey, Change) {
        let key = RouteKey(plugin: plugin, range: "\(range)")
        let route = routes[key] ?? RouteEntry(range: range)
        let (server, offered) = try server(of: route, of: plugin, offering: symbol, as: type)
        if offered.type != .message, !range.staysWithinOneLine {
            throw .invalid(
                "the range \(range) spans lines in which \(symbol) may have other C types: "
                    + "a typed binding needs a range within one line, such as ^\(server.version)")
        }
        var next = self
        next.routes[key] = route
        next.routes[key]?.bound[symbol] = offered
        return (key, commit(next, reassigning: plugin))
    }

    // MARK: Rules

    /// The generation that the range alone selects: the newest current one that it admits, else the newest loaded one.
    private func preferred(_ route: RouteEntry, of plugin: String) -> Member? {
        let admitted = generations(of: plugin).filter { route.range.contains($0.version) }
        return admitted.first { $0.isCurrent } ?? admitted.first
    }

    /// The same among those that have every export bound through the route: a loaded version without one is passed over.
    private func server(of route: RouteEntry, of plugin: String) -> Int? {
        let able = generations(of: plugin).filter {
            route.range.contains($0.version) && Self.lack(of: $0, for: route) == nil
        }
        return (able.first { $0.isCurrent } ?? able.first)?.number
    }

    /// Who serves the route now, and what it offers under the symbol.
    private func server(
        of route: RouteEntry, of plugin: String, offering symbol: String, as type: PluginManifest.ExportType?
    ) throws(Refusal) -> (member: Member, export: PluginManifest.Export) {
        guard let server = server(of: route, of: plugin).flatMap({ members[$0] }) else {
            let loaded = generations(of: plugin).map { "\($0.version)" }.joined(separator: ", ")
            throw .notFound(
                loaded.isEmpty
                    ? noPlugin(plugin)
                    : "no loaded version of \(plugin) is in \(route.range); loaded: \(loaded)")
        }
        guard let offered = server.exports[symbol] else {
            let names = server.exports.keys.sorted().joined(separator: ", ")
            throw .notFound("\(plugin) \(server.version) has no export \(symbol); it has: \(names)")
        }
        if let type, type != offered.type {
            let own = offered.type.map { "is of type \($0)" } ?? "has no declared type"
            if type == .message {
                throw .invalid(
                    "\(symbol) of \(plugin) \(server.version) is no message export, it \(own): bind its C type")
            }
            throw .conflict("\(symbol) of \(plugin) \(server.version) \(own), the caller expects \(type)")
        }
        return (server, offered)
    }

    private func noPlugin(_ name: String) -> String {
        let names = Set(members.values.map(\.plugin)).sorted()
        return "no plugin \(name) is loaded" + (names.isEmpty ? "" : "; loaded: \(names.joined(separator: ", "))")
    }

    /// What `member` lacks of the route's bound exports: "greet (message)".
    private static func lack(of member: Member, for route: RouteEntry) -> String? {
        route.bound.sorted { $0.key < $1.key }.first { member.exports[$0.key] != $0.value }.map { symbol, export in
            export.type.map { "\(symbol) of type \($0)" } ?? symbol
        }
    }

    /// Takes over `next` with every route of the plugin assigned anew; the superseded that serve none leave.
    private mutating func commit(_ next: Catalog, reassigning plugin: String) -> Change {
        var next = next
        var change = Change()
        for key in next.routes.keys where key.plugin == plugin {
            guard let route = next.routes[key] else { continue }
            let server = next.server(of: route, of: plugin)
            if server != route.server { change.assignments[key] = .some(server) }
            next.routes[key]?.server = server
        }
        let serving = Set(next.routes.values.compactMap(\.server))
        change.leaving = next.members.values.filter {
            $0.plugin == plugin && $0.isSuperseded && !serving.contains($0.number)
        }.map(\.number).sorted()
        for number in change.leaving { next.members[number] = nil }
        self = next
        return change
    }
}
