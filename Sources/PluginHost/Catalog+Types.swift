import Compatibility

// What a version must have to serve what is bound.

extension Catalog {
    /// A bound export that a version does not have as it is bound.
    struct Lack: CustomStringConvertible {
        let symbol: String
        let bound: PluginManifest.ExportType?
        /// `nil` where the version has no export of the name.
        let offered: PluginManifest.Export?

        /// "greet", or "greet of type 9f3c0123456789ab".
        var description: String { bound.map { "\(symbol) of type \($0)" } ?? symbol }
    }

    /// What `member` lacks of the route's bound exports, by symbol.
    static func lacks(of member: Member, for route: RouteEntry) -> [Lack] {
        route.bound.sorted { $0.key < $1.key }.compactMap { symbol, bound in
            let offered = member.exports[symbol]
            guard offered?.keeps(bound.type) != true else { return nil }
            return Lack(symbol: symbol, bound: bound.type, offered: offered)
        }
    }

    /// Whether `member` has all that is bound, as it is bound.
    static func hasAll(_ member: Member, for route: RouteEntry) -> Bool {
        route.bound.allSatisfy { member.exports[$0.key]?.keeps($0.value.type) == true }
    }

    /// Refuses a version for what it has under another type than the route has bound, else for what it lacks altogether.
    static func refuseLack(
        of member: Member, for route: RouteEntry, at key: RouteKey, _ sentence: (Lack) -> String
    ) throws(Refusal) {
        let lacks = lacks(of: member, for: route)
        for lack in lacks {
            if let offered = lack.offered { throw .type(conflict(of: member, offered, with: lack.bound, at: key)) }
        }
        if let lack = lacks.first { throw .conflict(sentence(lack)) }
    }

    static func conflict(
        of member: Member, _ offered: PluginManifest.Export, with type: PluginManifest.ExportType?, at key: RouteKey,
        isBinding: Bool = false
    ) -> TypeConflict {
        TypeConflict(
            plugin: member.plugin, version: member.version, export: offered.symbol, offered: .init(offered.type),
            expected: .init(type), routes: ["\(key)"], isBinding: isBinding)
    }

    /// The bound routes that a generation in this catalog is to serve, by the range alone.
    ///
    /// What an old generation imports from another old one, where both were replaced as one, is not to be moved.
    func routes(preferring member: Member) -> [(key: RouteKey, entry: RouteEntry)] {
        dependants(of: [member.plugin]).flatMap { plugin in
            routes.of(plugin).filter { key, entry in
                !entry.bound.isEmpty && !keepsServer(entry) && preferred(entry, of: key)?.number == member.number
            }
        }.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
    }

    /// What callers have bound through the routes that a newcomer would serve, for the gates.
    ///
    /// - Parameter companions: plugins that are swapped in the same transaction: their old generations' imports stay.
    func bound(
        ahead newcomer: Member, for purpose: Candidate.Purpose, beside companions: Set<String>
    ) -> [HostFacts.BoundExport] {
        guard !routes.isEmpty else { return [] }
        var next = self
        if purpose == .load { next.placeBeside(newcomer) } else { next.placeInFront([newcomer], keepingReady: false) }
        guard let member = next.members[newcomer.number] else { return [] }
        return next.routes(preferring: member).flatMap { key, entry -> [HostFacts.BoundExport] in
            if case .importer(_, let user) = key.arm, companions.contains(user) { return [] }
            return entry.bound.sorted { $0.key < $1.key }.map { symbol, export in
                HostFacts.BoundExport(route: "\(key)", symbol: symbol, type: export.type)
            }
        }
    }
}
