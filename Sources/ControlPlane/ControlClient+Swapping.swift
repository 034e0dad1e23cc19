public import Compatibility
public import PluginHost

extension ControlClient {
    /// Puts the plugin at an absolute path in front of `name`'s line.
    public func swap(
        _ name: String, to path: String, _ options: SwapOptions = .init()
    ) throws(ControlError) -> SwapReply {
        try send(.swap, SwapParameters(name: name, path: path, options), waitingLonger: drains(options))
    }

    /// Puts a loaded version in front of its line.
    public func swap(
        _ name: String, to version: SemanticVersion, _ options: SwapOptions = .init()
    ) throws(ControlError) -> SwapReply {
        try send(.swap, SwapParameters(name: name, version: version, options), waitingLonger: drains(options))
    }

    /// Swaps several plugins as one: each one's name, once, and the absolute path of its new version.
    public func swap(
        together plugins: [(name: String, path: String)], _ options: SwapOptions = .init()
    ) throws(ControlError) -> TransactionReply {
        // All are opened and started before the first is published, each with time limits of its own.
        try send(
            .swapTogether,
            TogetherParameters(plugins.map { .init(name: $0.name, path: $0.path) }, options),
            waitingLonger: drains(options) + timeout * max(0, plugins.count - 1))
    }

    /// Puts back what was in front before the last swap of `name`, with its whole transaction.
    public func revert(_ name: String) throws(ControlError) -> SwapReply {
        try send(.revert, ProbationParameters(name: name))
    }

    /// Ends the probation of the last swap of `name`.
    public func commit(_ name: String) throws(ControlError) -> CommitReply {
        try send(.commit, ProbationParameters(name: name))
    }

    /// Every route, those of one plugin, or one: by plugin and range.
    public func routes(_ plugin: String? = nil, _ range: String? = nil) throws(ControlError) -> RoutesReply {
        try send(.routes, RoutesParameters(plugin: plugin, range: range))
    }

    /// Changes one arm of the route (plugin, range): the route as it is now.
    public func changeRoute(
        _ plugin: String, _ range: String, by change: RouteChange
    ) throws(ControlError) -> RouteStatus {
        try send(.route, RouteParameters(plugin: plugin, range: range, change))
    }

    /// What may be waited for beside the work itself: the old version, and the new one where that is taken back.
    private func drains(_ options: SwapOptions) -> Duration { (options.drainLimit ?? .zero) * 2 }
}
