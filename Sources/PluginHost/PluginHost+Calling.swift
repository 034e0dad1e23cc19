import Compatibility
import PluginRegistry

extension PluginHost {
    /// One call of a message export by name, on this thread: for tools and operators.
    ///
    /// It looks the plugin up under the host's lock every time, so bind what is called again and again. In exchange it
    /// leaves nothing behind: a binding's route is for ever, and keeps a version loaded that no other version can replace.
    ///
    /// - Returns: what the plugin wrote.
    /// - Throws: as `messages` and `MessageBinding.send`.
    public func call(
        _ plugin: String, _ range: String, _ symbol: String, _ request: [UInt8], within limit: Duration? = nil
    ) throws -> [UInt8] {
        let visit = try beginVisit(plugin, try parse(range), symbol)
        defer { end(visit) }
        return try visit.binding.send(request, within: limit)
    }

    /// A route that this one call has to itself, and the target on it.
    private struct Visit {
        let route: Route
        let target: Target
        let binding: MessageBinding
    }

    private func beginVisit(_ plugin: String, _ range: VersionRange, _ symbol: String) throws -> Visit {
        do {
            return try state.withLock { state in
                let number = try state.catalog.find(plugin, range, symbol, as: .message)
                guard let target = state.addTarget(to: number), let index = state.indices[plugin]?[symbol] else {
                    throw Catalog.Refusal.notFound("\(plugin) has no export \(symbol)")
                }
                let route = state.idleRoutes.popLast() ?? Route(label: "a call by name")
                route.publish(target)
                // SAFETY: `swb_message_v1` is the type of every export declared as a message.
                let binding = try unsafe route.binding(index, as: MessageCall.Function.self)
                return unsafe Visit(
                    route: route, target: target,
                    binding: MessageBinding(
                        binding, plugin: plugin, symbol: symbol, replyLimit: configuration.replyLimit))
            }
        } catch let refusal as Catalog.Refusal {
            throw PluginHostError(refusal)
        }
    }

    private func end(_ visit: Visit) {
        state.withLock { state in
            // Nobody else ever had a binding on it, and ours is done: it can serve another call at once.
            visit.route.clear()
            state.idleRoutes.append(visit.route)
        }
        inBackground { [self] in await reclaim([visit.target]) }
    }
}
