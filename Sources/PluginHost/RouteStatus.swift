public import Compatibility

/// One route in `routes()`: who is bound through it, and which generation serves each of its arms.
public struct RouteStatus: Sendable, Codable, Equatable {
    /// The plugin whose versions serve it.
    public let plugin: String
    /// The range as written.
    public let range: String
    /// The symbols bound through it, sorted.
    public let bound: [String]
    /// What unkeyed calls reach; `nil` where nothing serves.
    public let main: VersionStamp?
    /// The version that the main arm is fixed to, whatever is current.
    public let fixed: SemanticVersion?
    /// Where a share of the keyed calls goes.
    public let canary: CanaryStatus?
    /// What bindings made for a label reach, by label.
    public let labels: [LabelStatus]
    /// The plugin that stands in where none of the route's own is admissible.
    public let fallback: String?
    /// The fallback is what serves now.
    public let isServedByFallback: Bool
    /// Calls wait because a state is being handed over.
    public let isHeld: Bool

    /// The canary arm.
    public struct CanaryStatus: Sendable, Codable, Equatable {
        /// The version that it is for.
        public let version: SemanticVersion
        /// Hundredths of a percent of the keys, 0 to 10,000.
        public let basisPoints: Int
        /// What serves it now: the main arm's generation where the version is not loaded.
        public let serves: VersionStamp?
    }

    /// One label's arm.
    public struct LabelStatus: Sendable, Codable, Equatable {
        /// What bindings name it by.
        public let label: String
        /// The version that it is for.
        public let version: SemanticVersion
        /// What serves it now: the main arm's generation where the version is not loaded.
        public let serves: VersionStamp?
    }
}

/// A change of a route's arms.
public enum RouteChange: Sendable, Codable, Equatable {
    /// A share of the keyed calls, in hundredths of a percent (0 to 10,000), goes to a version that is loaded.
    case canary(SemanticVersion, basisPoints: Int)
    /// Keyed calls go where the others go.
    case closeCanary
    /// Bindings made for the label reach this version.
    case label(String, SemanticVersion)
    /// Bindings made for the label reach what the others reach.
    case removeLabel(String)
    /// The main arm stays on this version, whatever becomes current.
    case fix(SemanticVersion)
    /// The main arm follows what is current again.
    case follow
    /// Another plugin, with the same exports, stands in where no version of the route's own is admissible.
    case fallback(String)
    /// Nobody stands in.
    case noFallback
}
