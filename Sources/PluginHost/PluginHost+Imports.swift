import Compatibility
import PluginRegistry

// What a plugin calls of another, through the host.

extension PluginHost {
    /// Binds an export for the generation `importer`, by the line of its manifest that requires `plugin`.
    ///
    /// The route is the generation's own: a swap of what it imports moves it, unless both are swapped together, where the
    /// old one stays with the old one.
    func bindImport(of importer: Int, _ plugin: String, _ symbol: String) -> Result<ImportedExport, ImportRefusal> {
        var followUp: (HostState.Publication, Catalog.Change)?
        defer { if let followUp { follow(followUp.0, followUp.1) } }
        return state.withLock { state in
            guard !state.isShutDown, let generation = state.records[importer]?.generation else {
                return .failure(.wrongPhase)
            }
            guard let requirement = generation.image.manifest.requires.first(where: { $0.name == plugin }) else {
                return .failure(.notRequired)
            }
            let arm = Catalog.Arm.importer(importer, of: generation.plugin)
            let isServed: Bool
            let provider: Catalog.Member
            if let serving = state.catalog.providers(of: requirement).first {
                (provider, isServed) = (serving, true)
            } else if let newcomer = state.newcomers.values.first(where: { Catalog.satisfies($0, requirement) }) {
                (provider, isServed) = (newcomer, false)
            } else {
                return .failure(.nothingServes)
            }
            do {
                let range =
                    provider.plugin == plugin ? requirement.range : try VersionRange("^\(provider.version)")
                let key: Catalog.RouteKey
                let change: Catalog.Change
                if isServed {
                    (key, change) = try state.catalog.bind(provider.plugin, range, symbol, as: nil, arm: arm)
                } else {
                    key = try state.catalog.bindAhead(provider, range, symbol, arm: arm)
                    change = Catalog.Change(assignments: [key: Int?.none])
                }
                followUp = (state.publish(change), change)
                let index = state.indices[provider.plugin, default: ExportIndex()].position(of: symbol)
                guard let route = state.routes[key]?.route else { return .failure(.noSuchExport) }
                guard state.catalog.routes[key]?.bound[symbol]?.type == .message else {
                    return .success(.function(try route.binding(index)))
                }
                // SAFETY: `swb_message_v1` is the type of every export declared as a message.
                return unsafe .success(.message(try route.binding(index), replyLimit: configuration.replyLimit))
            } catch {
                return .failure(.noSuchExport)
            }
        }
    }
}
