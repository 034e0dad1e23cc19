import Compatibility
public import PluginRegistry

// The arms of routes.

extension PluginHost {
    /// Changes one arm of the route (plugin, range), making the route where nobody has bound it yet.
    ///
    /// Calls that are under way stay where they are. Unkeyed calls pay nothing for a canary.
    ///
    /// - Returns: the route as it is now.
    /// - Throws: `notFound` where the version or the fallback is not loaded; `conflict` where it lacks a bound export;
    ///   `invalidRequest` for a share, a label or a version that cannot be.
    @discardableResult
    public func changeRoute(
        _ plugin: String, _ range: String, by change: RouteChange
    ) async throws(PluginHostError) -> RouteStatus {
        try await request { () async throws(PluginHostError) in
            let parsed = try parse(range)
            await takeTurn(of: [plugin])
            defer { endTurn(of: [plugin]) }
            let (transition, publication) = try exchange { state throws(Catalog.Refusal) in
                let transition = try state.catalog.change(plugin, parsed, by: change)
                return (transition, state.publish(transition))
            }
            reclaimLeftovers(of: publication, transition)
            announce(transition)
            if !transition.leaving.isEmpty {
                inBackground { [self] in _ = await drainAndRetire(transition.leaving) }
            }
            ensureWatch()
            return state.withLock { $0.status(of: .init(plugin: plugin, range: "\(parsed)")) }
        }
    }

    /// Every route that was ever bound or changed, by plugin and range.
    public func routes() -> [RouteStatus] {
        state.withLock { state in
            let arms = Dictionary(grouping: state.catalog.routes.all) { $0.key.main }
            return state.catalog.routes.all.map(\.key).filter { $0.arm == .main }.sorted()
                .map { state.status(of: $0, arms: arms[$0]) }
        }
    }

    /// Runs `body` with both exports pinned: whatever is swapped together is seen together, old or new.
    ///
    ///     try host.pin(encode, decode) { encode, decode in try encode { … }; try decode { … } }
    ///
    /// Blocks while a state is handed over, as a call does.
    ///
    /// - Throws: `BindingError`, and what `body` throws.
    public func pin<A, B, R>(
        _ first: Binding<A>, _ second: Binding<B>,
        _ body: (borrowing Pinned<A>, borrowing Pinned<B>) throws -> R
    ) throws -> R {
        try PluginRegistry.pin(first, second, under: sequence, body: body)
    }
}

extension HostState {
    /// The route as it is now.
    ///
    /// - Parameter arms: its arms, where they are at hand.
    fileprivate func status(
        of key: Catalog.RouteKey, arms: [(key: Catalog.RouteKey, value: Catalog.RouteEntry)]? = nil
    ) -> RouteStatus {
        func stamp(_ number: Int?) -> VersionStamp? { number.flatMap { records[$0]?.generation.stamp } }
        let entry = catalog.routes[key]
        let canary = catalog.routes[key.canary].flatMap { arm in
            arm.fixed.map {
                RouteStatus.CanaryStatus(version: $0, basisPoints: arm.basisPoints, serves: stamp(arm.server))
            }
        }
        let arms = arms ?? catalog.routes.of(key.plugin).filter { $0.key.main == key }
        let labels = arms.compactMap { arm, entry -> RouteStatus.LabelStatus? in
            guard case .label(let label) = arm.arm, let version = entry.fixed else { return nil }
            return RouteStatus.LabelStatus(label: label, version: version, serves: stamp(entry.server))
        }
        let server = entry?.server.flatMap { catalog.members[$0] }
        return RouteStatus(
            plugin: key.plugin, range: key.range, bound: entry?.bound.keys.sorted() ?? [], main: stamp(entry?.server),
            fixed: entry?.fixed, canary: canary, labels: labels.sorted { $0.label < $1.label },
            fallback: entry?.fallback, isServedByFallback: server.map { $0.plugin != key.plugin } ?? false,
            isHeld: heldState?.keys.contains(key) == true)
    }
}
