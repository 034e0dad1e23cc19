import Compatibility

// What plugins require of each other.

extension Catalog {
    /// Whether the member can stand for what a manifest requires.
    static func satisfies(_ member: Member, _ requirement: PluginManifest.NamedRange) -> Bool {
        (member.plugin == requirement.name && requirement.range.contains(member.version))
            || member.provides.contains { provided in
                provided.name == requirement.name && provided.range.lowest.map(requirement.range.contains) == true
            }
    }

    /// The generations that can stand for what a manifest requires, what is in front first, then the newest.
    func providers(of requirement: PluginManifest.NamedRange) -> [Member] {
        members.values.filter { Self.satisfies($0, requirement) }.sorted {
            ($0.isCurrent ? 1 : 0, $0.version, $0.number) > ($1.isCurrent ? 1 : 0, $1.version, $1.number)
        }
    }

    /// Whether somebody who stays requires the member, and has nothing else for it.
    func isRequiredAlone(_ member: Member) -> Bool {
        members.values.contains { user in
            user.number != member.number && !user.isSuperseded
                && user.requires.contains { requirement in
                    Self.satisfies(member, requirement)
                        && providers(of: requirement).allSatisfy { $0.number == member.number || $0.isSuperseded }
                }
        }
    }

    /// - Parameter next: the catalog without them.
    func refuseUnloadOfRequired(_ leaving: [Member], _ next: Catalog) throws(Refusal) {
        let names = leaving.map { "\($0.plugin) \($0.version)" }.joined(separator: ", ")
        let users = next.members.values.filter { !$0.requires.isEmpty }
        for user in users.sorted(by: { $0.number < $1.number }) {
            for requirement in user.requires
            where next.providers(of: requirement).isEmpty
                && leaving.contains(where: { Self.satisfies($0, requirement) })
            {
                throw .conflict(
                    "\(names) cannot be unloaded: \(user.plugin) \(user.version) requires \(requirement.name) "
                        + "\(requirement.range): unload \(user.plugin) first, or swap in a version of it that does not")
            }
        }
        let gone = Set(leaving.map(\.number))
        for (key, route) in Set(leaving.map(\.plugin)).flatMap(next.routes.of).sorted(by: { $0.key < $1.key }) {
            guard case .importer(let number, let user) = key.arm, let server = route.server, gone.contains(server),
                next.server(of: route, at: key) == nil
            else { continue }
            throw .conflict(
                "\(names) cannot be unloaded: calls are inside \(user) (generation \(number)), which imports from it: "
                    + "wait until that is retired")
        }
    }

    /// What was there when the gates judged may have been unloaded since.
    func refuseUnmet(by member: Member) throws(Refusal) {
        for requirement in member.requires where providers(of: requirement).isEmpty {
            throw .conflict(
                "\(member.plugin) \(member.version) requires \(requirement.name) \(requirement.range), which is not loaded "
                    + "any more: load it first")
        }
    }

    /// Plugins that need each other could be stopped in no order.
    func refuseCycle(through member: Member) throws(Refusal) {
        var path: [String] = []
        // Each plugin once: what did not lead back the first time does not the second.
        var visited: Set<String> = []
        func walk(_ plugin: String) -> Bool {
            guard visited.insert(plugin).inserted else { return plugin == member.plugin }
            path.append(plugin)
            // Of the newcomer's plugin only the newcomer counts: what it replaces may have required something else.
            let requirements = plugin == member.plugin ? member.requires : generations(of: plugin).flatMap(\.requires)
            let needed = requirements.flatMap { providers(of: $0).map(\.plugin) + [$0.name] }
            for next in Set(needed).sorted() where walk(next) { return true }
            path.removeLast()
            return false
        }
        guard walk(member.plugin) else { return }
        throw .conflict(
            "\(member.plugin) \(member.version) would close a cycle: "
                + (path + [member.plugin]).joined(separator: " requires ")
                + ": take one of these `requires` lines out")
    }

    /// Binds an import from a generation that is about to be swapped in: nothing serves it before that.
    mutating func bindAhead(
        _ provider: Member, _ range: VersionRange, _ symbol: String, arm: Arm
    ) throws(Refusal) -> RouteKey {
        var after = self
        after.members[provider.number] = provider
        let (key, _) = try after.bind(provider.plugin, range, symbol, as: nil, arm: arm)
        routes[key] = after.routes[key]
        routes[key]?.server = nil
        imports = after.imports
        return key
    }
}
