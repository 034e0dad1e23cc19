public import Compatibility

/// Loads plugins, calls them, and swaps new versions in while calls are running.
public final class PluginHost: Sendable {
    /// Starts a host.
    public init(_ configuration: HostConfiguration = .init()) throws {}

    /// Gates, loads and starts the plugin at `path`.
    public func load(_ path: String) async throws -> LoadReply { throw PluginHostError.conflict("interface only") }

    /// Gates, loads and starts the plugin at `path`, and puts it in front of its line in place of `name`'s current one.
    public func swap(_ name: String, to path: String) async throws -> SwapReply {
        throw PluginHostError.conflict("interface only")
    }

    /// Puts a version that is loaded already in front of its line.
    public func swap(_ name: String, to version: SemanticVersion) async throws -> SwapReply {
        throw PluginHostError.conflict("interface only")
    }

    /// Drains and retires one version, or all of the plugin's.
    public func unload(_ name: String, _ version: SemanticVersion? = nil) async throws -> UnloadReply {
        throw PluginHostError.conflict("interface only")
    }

    /// The generations, by plugin and version; with `includingRetired` also those that stay in memory after retirement.
    public func list(includingRetired: Bool = false) -> [PluginStatus] { [] }

    /// The host's own facts.
    public func status() -> HostStatus { fatalError("interface only") }

    /// A hold on one message export through the route (plugin, range).
    public func messages(_ plugin: String, _ range: String, _ symbol: String) throws -> MessageBinding {
        throw PluginHostError.conflict("interface only")
    }

    /// Unloads everything, ends every thread, removes the staging folder.
    public func shutdown() async {}
}

/// A hold on one message export: bytes in, bytes out.
public struct MessageBinding: Sendable {
    /// Calls the export on this thread; throws `PluginHostError.pluginFailed` with the plugin's code and words.
    public func send(_ request: [UInt8]) throws -> [UInt8] { request }
}

/// What a host is started with.
public struct HostConfiguration: Sendable {
    /// The defaults.
    public init() {}
}
