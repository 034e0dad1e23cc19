public import Compatibility

/// What a change to a plugin left behind: true when the reply was made, never just "ok".
public struct VersionStamp: Sendable, Codable, Equatable {
    /// The manifest's version.
    public let version: SemanticVersion
    /// The image that runs.
    public let image: ImageID
    /// Counts every copy that this host ever started, from 1.
    public let generation: Int
}

/// The reply to `load`.
public struct LoadReply: Sendable, Codable, Equatable {
    public let plugin: String
    /// What was loaded, or what was there already.
    public let loaded: VersionStamp
    /// The very image was loaded already; nothing was done.
    public let unchanged: Bool
    /// Whether it is current in its line; if not, it serves only ranges that nothing current satisfies.
    public let isCurrent: Bool
    public let unloadClass: UnloadClass
    /// How the judged bytes are known to be the mapped ones: `folder` (a private copy in a 0700 folder).
    public let protection: String
    /// What the gates warned of.
    public let warnings: [Finding]
}

/// The reply to `swap`.
public struct SwapReply: Sendable, Codable, Equatable {
    public let plugin: String
    /// What served the line before; `nil` where nothing did.
    public let old: VersionStamp?
    public let new: VersionStamp
    /// The new version is the very image that was current already; nothing was done.
    public let unchanged: Bool
    /// Storing the new targets on all routes, in nanoseconds.
    public let publishNanoseconds: Int
    /// From publication until no call was inside the old generation, in nanoseconds; 0 where it stays loaded.
    public let drainNanoseconds: Int
    /// Calls inside the old generation right after publication.
    public let inFlightAtPublish: Int
    /// What became of the old generation; `nil` where there was none.
    public let retired: Retirement?
    public let unloadClass: UnloadClass
    public let protection: String
    public let warnings: [Finding]
}

/// The reply to `unload`.
public struct UnloadReply: Sendable, Codable, Equatable {
    public let plugin: String
    /// One entry per version that was retired, oldest first.
    public let retired: [RetiredVersion]

    public struct RetiredVersion: Sendable, Codable, Equatable {
        public let stamp: VersionStamp
        public let outcome: Retirement
        public let drainNanoseconds: Int
    }
}

/// What became of a generation that was taken out of service.
public enum Retirement: Sendable, Codable, Equatable {
    /// Stays loaded: routes of other ranges still need it.
    case serving
    /// Stopped and unmapped, which was proved.
    case unmapped
    /// Stopped, stays in memory, and why.
    case resident(reason: String)
}

/// One generation in `list`.
public struct PluginStatus: Sendable, Codable, Equatable {
    public let plugin: String
    public let stamp: VersionStamp
    public let state: State
    /// The ranges of the routes that it serves now, sorted.
    public let routes: [String]
    public let callsInFlight: Int
    public let unloadClass: UnloadClass
    /// Why it stays in memory; `nil` unless `state` is `resident` or `stuck`.
    public let reason: String?
    /// Seconds since 1970 at which it entered this state.
    public let since: Double

    public enum State: String, Sendable, Codable {
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
    public let facts: HostFacts
    /// How pins are protected: `asymmetric`, `sequential` or `degraded`.
    public let protection: String
    public let processID: Int32
    public let stagingDirectory: String
}
