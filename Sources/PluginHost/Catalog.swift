import Compatibility

/// Which generation serves which route: the registry's rules as a pure value.
///
/// - A line is what caret ranges hold together: 1.x.y, 0.3.x. Each line of a plugin has at most one *current* version.
/// - A route (plugin, range) serves the newest current version that its range admits, else the newest loaded one, else
///   its fallback plugin. Its arms (canary, labels) serve the version that each is fixed to, else what the main arm serves.
/// - `load` makes a version current only where its line has none; `swap` always does.
/// - A version that was replaced by a swap stays only while it is kept ready, or needed: by a route that nothing else
///   serves as well, or by a plugin that requires it.
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
        /// The manifest's lines of these names.
        var requires: [PluginManifest.NamedRange] = []
        var provides: [PluginManifest.NamedRange] = []
        var isCurrent = false
        /// A swap put another in its place: it leaves as soon as it serves no route, unless it is kept ready.
        var isSuperseded = false
        /// What took its place is on probation: one publish puts this one back.
        var isReady = false
    }

    /// Names a route: the plugin, the range as written, and which of its arms.
    struct RouteKey: Hashable {
        let plugin: String
        let range: String
        var arm = Arm.main
    }

    /// Who a route is for.
    enum Arm: Hashable {
        /// Unkeyed calls, and the keyed ones that are not the canary's.
        case main
        /// A share of the keyed calls.
        case canary
        /// Bindings that were made for a label.
        case label(String)
        /// What a generation of another plugin imported.
        case importer(Int, of: String)
    }

    /// One route: what callers bound through it, and the generation that serves it.
    struct RouteEntry: Equatable {
        let range: VersionRange
        var bound: [String: PluginManifest.Export] = [:]
        var server: Int?
        /// The version that it stays on as long as that is loaded.
        var fixed: SemanticVersion?
        /// Of the canary arm: its share of the keyed calls, in hundredths of a percent.
        var basisPoints = 0
        /// Of the main arm: the plugin that stands in where no version of its own is admissible.
        var fallback: String?
        /// Of an import: its server stays, because a transaction replaced both and the old ones belong together.
        var isFrozen = false
    }

    /// What a transition asks the host to do: nothing here has happened in the world yet.
    struct Change: Equatable {
        /// Routes that get a new target; `nil` = nothing serves them any more.
        var assignments: [RouteKey: Int?] = [:]
        /// Generations that serve nothing any more: drain and retire them.
        var leaving: [Int] = []
        /// The plugins whose generations and arms may stand otherwise than before.
        var plugins: Set<String> = []

        /// Whether the same happens.
        static func == (left: Self, right: Self) -> Bool {
            left.assignments == right.assignments && left.leaving == right.leaving
        }
    }

    /// Why a transition is impossible: a sentence, or an export and its two types.
    enum Refusal: Error, Equatable {
        case conflict(String)
        case type(TypeConflict)
        case notFound(String)
        case invalid(String)
    }

    var members = MemberTable()
    var routes = RouteTable()
    /// For whom a plugin may stand in: plugins that have, or once had, a route with that fallback.
    var standsInFor: [String: Set<String>] = [:]
    /// What each generation imports.
    var imports: [Int: Set<RouteKey>] = [:]

    /// The generations of a plugin, newest version first, the newer generation first among equals.
    func generations(of plugin: String) -> [Member] {
        // Of two builds of one version, the one that was put back comes before the one that it took over from.
        members.of(plugin).sorted {
            ($0.version, $0.isSuperseded ? 0 : 1, $0.number) > ($1.version, $1.isSuperseded ? 0 : 1, $1.number)
        }
    }

    /// The version in front of the line of `version`.
    func current(of plugin: String, inLineOf version: SemanticVersion) -> Member? {
        members.of(plugin).first { $0.isCurrent && $0.version.line == version.line }
    }

    // MARK: Transitions

    /// Adds a generation beside what is there.
    ///
    /// Refused where a route is for it that has bound an export under another type; one that merely lacks an export is
    /// passed over by such a route.
    mutating func load(_ member: Member) throws(Refusal) -> Change {
        if let twin = generations(of: member.plugin).first(where: { $0.version == member.version }) {
            throw .conflict(
                "\(member.plugin) \(member.version) is loaded already (generation \(twin.number)): "
                    + "use swap to replace it, or give the new build a new version")
        }
        var next = self
        next.placeBeside(member)
        try next.refuseUnmet(by: member)
        try next.refuseCycle(through: member)
        for (key, route) in next.routes(preferring: member) {
            for lack in Self.lacks(of: member, for: route) {
                guard let offered = lack.offered else { continue }
                throw .type(Self.conflict(of: member, offered, with: lack.bound, at: key))
            }
        }
        return commit(next, reassigning: [member.plugin])
    }

    /// Enters a generation, current only where its line has no current one.
    mutating func placeBeside(_ member: Member) {
        var member = member
        member.isCurrent = current(of: member.plugin, inLineOf: member.version) == nil
        members[member.number] = member
    }

    /// Puts a generation in front of its line; its predecessor leaves unless it is still needed.
    mutating func swap(in member: Member, keepingReady: Bool = false) throws(Refusal) -> Change {
        try swap(in: [member], keepingReady: keepingReady)
    }

    /// Puts generations of several plugins in front of their lines, all or none.
    ///
    /// What an old one of them imports from another old one, it goes on importing from that.
    ///
    /// - Parameter keepingReady: the predecessors stay, so that this very call can put them back.
    mutating func swap(in newcomers: [Member], keepingReady: Bool = false) throws(Refusal) -> Change {
        var next = self
        let plugins = Set(newcomers.map(\.plugin))
        guard plugins.count == newcomers.count else {
            throw .invalid("a transaction swaps each plugin once: name the files of different plugins")
        }
        next.placeInFront(newcomers, keepingReady: keepingReady)
        for newcomer in newcomers {
            try next.refuseUnmet(by: newcomer)
            try next.refuseCycle(through: newcomer)
            for (key, route) in next.routes(preferring: newcomer) {
                try Self.refuseLack(of: newcomer, for: route, at: key) { lack in
                    "the route \(key) is bound to \(lack), so \(newcomer.version) cannot take it over: "
                        + "declare and export it unchanged, or give the new contract a new major version"
                }
            }
        }
        return commit(next, reassigning: plugins)
    }

    /// Enters generations as current ones, and marks what they replace.
    mutating func placeInFront(_ newcomers: [Member], keepingReady: Bool) {
        let plugins = Set(newcomers.map(\.plugin))
        for newcomer in newcomers {
            let predecessors = generations(of: newcomer.plugin).filter {
                $0.number != newcomer.number && ($0.isCurrent || $0.isReady || $0.version == newcomer.version)
                    && $0.version.line == newcomer.version.line
            }
            for old in predecessors {
                members[old.number]?.isCurrent = false
                members[old.number]?.isSuperseded = true
                members[old.number]?.isReady = keepingReady && old.isCurrent
                if newcomers.count > 1 { freezeImports(of: old.number, from: plugins, true) }
            }
            var newcomer = newcomer
            newcomer.isCurrent = true
            newcomer.isSuperseded = false
            newcomer.isReady = false
            members[newcomer.number] = newcomer
            freezeImports(of: newcomer.number, from: plugins, false)
        }
    }

    /// Lets go of generations that were kept ready.
    mutating func endReadiness(of numbers: [Int]) -> Change {
        var next = self
        for number in numbers { next.members[number]?.isReady = false }
        return commit(next, reassigning: Set(numbers.compactMap { members[$0]?.plugin }))
    }

    /// Takes one version, or all of a plugin, out of service.
    mutating func unload(_ plugin: String, _ version: SemanticVersion?) throws(Refusal) -> Change {
        let leaving = generations(of: plugin).filter { version == nil || $0.version == version }
        guard !leaving.isEmpty else {
            throw .notFound(lacking(plugin, "\(plugin) \(version.map { "\($0)" } ?? "") is not loaded"))
        }
        var next = self
        for member in leaving { next.members[member.number] = nil }
        try refuseUnloadOfRequired(leaving, next)
        var change = commit(next, reassigning: [plugin])
        change.leaving = (change.leaving + leaving.map(\.number)).sorted()
        return change
    }

    /// Takes everything out of service; what others import leaves when they have, through `dropImports`.
    mutating func unloadAll() -> Change {
        var next = self
        for number in members.numbers {
            next.members[number]?.isCurrent = false
            next.members[number]?.isReady = false
            next.members[number]?.isSuperseded = true
        }
        var change = Change()
        for (key, route) in routes.all where !key.isImport && route.server != nil {
            change.assignments[key] = .some(nil)
            next.routes[key]?.server = nil
        }
        change.leaving = next.removeUnneeded()
        change.plugins = Set(members.names)
        self = next
        return change
    }

    /// Forgets what a generation imported, once it is gone.
    mutating func dropImports(of number: Int) -> Change {
        var next = self
        for key in next.imports.removeValue(forKey: number) ?? [] { next.routes[key] = nil }
        let leaving = next.removeUnneeded()
        self = next
        return Change(leaving: leaving)
    }

    /// The generation that a call through the range would reach now, without a route.
    func find(
        _ plugin: String, _ range: VersionRange, _ symbol: String, as type: PluginManifest.ExportType?
    ) throws(Refusal) -> Int {
        let key = RouteKey(plugin: plugin, range: "\(range)")
        var route = routes[key] ?? RouteEntry(range: range)
        route.bound = [:]
        return try server(of: route, at: key, offering: symbol, as: type).member.number
    }

    /// Binds one export through a route, making the route where it is new.
    ///
    /// - Parameter type: what the caller expects; `nil` takes the export's own.
    mutating func bind(
        _ plugin: String, _ range: VersionRange, _ symbol: String, as type: PluginManifest.ExportType?,
        arm: Arm = .main
    ) throws(Refusal) -> (RouteKey, Change) {
        let key = RouteKey(plugin: plugin, range: "\(range)", arm: arm)
        if case .label(let label) = arm, routes[key]?.fixed == nil {
            throw .notFound("the route \(plugin) \(range) has no label \(label): set one with `plugctl route`")
        }
        let route = routes[key] ?? RouteEntry(range: range)
        let (server, offered) = try server(of: route, at: key, offering: symbol, as: type)
        if offered.type != .message, !range.staysWithinOneLine {
            throw .invalid(
                "the range \(range) spans lines in which \(symbol) may have other C types: "
                    + "a typed binding needs a range within one line, such as ^\(server.version)")
        }
        var next = self
        next.routes[key] = route
        next.routes[key]?.bound[symbol] = offered
        if let importer = key.importer { next.imports[importer, default: []].insert(key) }
        // Whoever calls through the main arm with a key may reach the canary.
        if arm == .main { next.routes[key.canary]?.bound[symbol] = offered }
        return (key, commit(next, reassigning: [plugin]))
    }

    private mutating func freezeImports(of importer: Int, from plugins: Set<String>, _ isFrozen: Bool) {
        for key in imports[importer] ?? [] where plugins.contains(key.plugin) { routes[key]?.isFrozen = isFrozen }
    }
}
