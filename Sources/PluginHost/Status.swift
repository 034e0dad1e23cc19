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
    /// Those calls, the longest first.
    public let inside: [CallInside]
    /// The address space that its image takes, in bytes.
    public let bytes: Int
    /// How many mappings its image takes at most (of vm.max_map_count).
    public let mappings: Int
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
        /// Was in front before a swap that is on probation: one publish puts it back.
        case ready
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

/// A call that is inside a generation.
public struct CallInside: Sendable, Codable, Equatable {
    /// As gettid(2) numbers it; 0 for a lease, which no thread owns.
    public let thread: Int32
    /// What it is called in /proc; `lease` for a lease.
    public let threadName: String
    /// The symbol that it went in through.
    public let export: String
    /// Seconds since a scan first saw it there: there is no clock on the call path.
    public let seconds: Double
}

/// What the host's plugins take, beside its budget.
public struct LedgerStatus: Sendable, Codable, Equatable {
    /// Generations in memory, in whatever state.
    public let generations: Int
    /// Those of them that were retired and stay.
    public let resident: Int
    /// The address space of all their images, in bytes.
    public let bytes: Int
    /// Their mappings, at most.
    public let mappings: Int
    /// All mappings of this process.
    public let processMappings: Int
    /// How many the kernel allows it (vm.max_map_count).
    public let mappingLimit: Int
    /// Calls and leases inside them at this moment.
    public let callsInFlight: Int
    /// Seconds since a scan first saw the one that is inside for longest; 0 where nobody is.
    public let longestInside: Double
    /// Which thresholds are passed: a sentence each.
    public let warnings: [String]
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
    /// What its plugins take.
    public let ledger: LedgerStatus
}
