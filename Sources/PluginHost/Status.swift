public import Compatibility

/// One generation in `list`.
public struct PluginStatus: Sendable, Codable, Equatable {
    /// The manifest's name.
    public let plugin: String
    /// Which generation.
    public let stamp: VersionStamp
    /// Where it is in its life.
    public let state: State
    /// The ranges of the routes that it serves now, sorted.
    public let routes: [String]
    /// Calls inside it at this moment.
    public let callsInFlight: Int
    /// How many generations of this plugin were retired and stay in memory.
    public let residentGenerations: Int
    /// Whether its image will be unmapped after use.
    public let unloadClass: UnloadClass
    /// Why it stays in memory; `nil` unless `state` is `resident` or `stuck`.
    public let reason: String?
    /// Seconds since 1970 at which it entered this state.
    public let since: Double

    /// Where a generation is in its life.
    public enum State: String, Sendable, Codable {
        /// Inside `swb_start`; not in service yet.
        case starting
        /// In front within its line.
        case current
        /// Loaded, serves only what nothing current satisfies.
        case loaded
        /// Takes no new calls; calls are still inside.
        case draining
        /// A lifecycle function did not return in its time limit.
        case stuck
        /// Retired and still in memory.
        case resident
    }
}

/// The host's own facts in `list --host`.
public struct HostStatus: Sendable, Codable, Equatable {
    /// What plugins are judged against, the loaded plugins included.
    public let facts: HostFacts
    /// How calls are protected: `asymmetric`, `sequential` or `degraded`.
    public let protection: String
    /// getpid(2).
    public let processID: Int32
    /// Where this host keeps its private copies.
    public let stagingDirectory: String
}
