public import Compatibility

/// One generation, by what tells it from every other: a reply never says just "ok".
public struct VersionStamp: Sendable, Codable, Equatable {
    /// The manifest's version.
    public let version: SemanticVersion
    /// The image that runs: its build-id, or the digest of its bytes.
    public let image: ImageID
    /// Counts every copy that this host ever started, from 1.
    public let generation: Int
}

/// The reply to `load`.
public struct LoadReply: Sendable, Codable, Equatable {
    /// The manifest's name.
    public let plugin: String
    /// What was loaded, or what was there already.
    public let loaded: VersionStamp
    /// The very image was loaded already; nothing was done.
    public let unchanged: Bool
    /// Whether it is current in its line; if not, it serves only ranges that nothing current satisfies.
    public let isCurrent: Bool
    /// Whether the image will be unmapped after use.
    public let unloadClass: UnloadClass
    /// How the judged bytes are known to be the mapped ones: `folder`, a private copy in a folder of mode 0700, which processes of
    /// the same user can change; `sealed`, memory that nobody can.
    public let protection: String
    /// What the gates warned of.
    public let warnings: [Finding]
}

/// The reply to `swap`.
public struct SwapReply: Sendable, Codable, Equatable {
    /// The manifest's name.
    public let plugin: String
    /// What was in front of the line before; `nil` where nothing was.
    public let old: VersionStamp?
    /// What is in front of it now.
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
    /// The state that went from the old generation to the new one; `nil` where none did.
    public let handOver: HandOver?
    /// How long the old generation stays ready, in seconds; `nil` without a probation.
    public let probation: Double?
    /// Everything was done but published, and then undone: `old` serves as before.
    public let isDryRun: Bool
    /// Whether the new image will be unmapped after use.
    public let unloadClass: UnloadClass
    /// As in `LoadReply`.
    public let protection: String
    /// What the gates warned of.
    public let warnings: [Finding]
}

/// A state that went from one generation to the next.
public struct HandOver: Sendable, Codable, Equatable {
    /// How the old generation was kept from changing it meanwhile.
    public let mode: Mode
    /// The form that `swb_save` wrote, as the manifest numbers it.
    public let schema: UInt32
    /// What `swb_save` wrote, in bytes.
    public let bytes: Int
    /// For how long calls were held, in nanoseconds; 0 in mode `live`.
    public let pauseNanoseconds: Int

    /// How calls and state go together.
    public enum Mode: String, Sendable, Codable {
        /// Calls were held until nobody was inside the old generation: nothing is lost.
        case quiesced
        /// The manifest says `state = live-ok`: calls went on, and what they changed after the save stayed behind.
        case live
    }
}

/// The reply to `swap(together:)`.
public struct TransactionReply: Sendable, Codable, Equatable {
    /// One entry per plugin, in the order of the request.
    public let swaps: [SwapReply]
    /// Storing the new targets on all routes of all plugins, in nanoseconds.
    public let publishNanoseconds: Int
}

/// The reply to `commit`.
public struct CommitReply: Sendable, Codable, Equatable {
    /// The manifest's name.
    public let plugin: String
    /// What is in front for good.
    public let committed: VersionStamp
    /// The generation that was kept ready, and was retired now, with those that a transaction brought along.
    public let retired: [UnloadReply.RetiredVersion]
}

/// The reply to `unload`.
public struct UnloadReply: Sendable, Codable, Equatable {
    /// The manifest's name.
    public let plugin: String
    /// One entry per version that was retired, oldest generation first.
    public let retired: [RetiredVersion]

    /// One version that was retired.
    public struct RetiredVersion: Sendable, Codable, Equatable {
        /// The manifest's name.
        public let plugin: String
        /// Which one.
        public let stamp: VersionStamp
        /// What became of it.
        public let outcome: Retirement
        /// From publication until no call was inside, in nanoseconds.
        public let drainNanoseconds: Int
    }
}

/// What became of a generation that is not in front any more.
public enum Retirement: Sendable, Equatable {
    /// Stays loaded: routes that the new version does not satisfy still need it, or callers inside an older one do.
    case serving
    /// Stays ready until the probation of what took its place is over.
    case ready
    /// Stopped and unmapped, which was proved.
    case unmapped
    /// Stays in memory, and why.
    case resident(reason: String)
}

extension Retirement: Codable {
    private enum CodingKeys: CodingKey {
        case outcome, reason
    }

    private enum Outcome: String, Codable {
        case serving, ready, unmapped, resident
    }

    /// Reads `{"outcome": "resident", "reason": "…"}`.
    public init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        switch try values.decode(Outcome.self, forKey: .outcome) {
        case .serving: self = .serving
        case .ready: self = .ready
        case .unmapped: self = .unmapped
        case .resident: self = .resident(reason: try values.decode(String.self, forKey: .reason))
        }
    }

    /// Writes the same.
    public func encode(to encoder: any Encoder) throws {
        var values = encoder.container(keyedBy: CodingKeys.self)
        switch self {
        case .serving: try values.encode(Outcome.serving, forKey: .outcome)
        case .ready: try values.encode(Outcome.ready, forKey: .outcome)
        case .unmapped: try values.encode(Outcome.unmapped, forKey: .outcome)
        case .resident(let reason):
            try values.encode(Outcome.resident, forKey: .outcome)
            try values.encode(reason, forKey: .reason)
        }
    }
}
