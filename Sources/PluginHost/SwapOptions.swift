/// How one swap is to be done; every field has a default that suits an operator at noon.
public struct SwapOptions: Sendable, Equatable, Codable {
    /// How long the old version stays ready after publication, so that one publish can put it back; `nil` takes the
    /// host's own (`HostConfiguration.probation`), zero retires it at once.
    public var probation: Duration?
    /// How long to wait for calls to leave the old version; `nil` takes the host's own.
    public var drainLimit: Duration?
    /// What to do with calls that are still inside then.
    public var onDrainTimeout: DrainPolicy
    /// Whether the old version's state goes to the new one where both can.
    public var state: StatePolicy
    /// Do everything but publish (the state is handed over too, and the pause is real), tell, and undo it.
    public var isDryRun: Bool

    /// The defaults, each of which can be set afterwards.
    public init(
        probation: Duration? = nil, drainLimit: Duration? = nil, onDrainTimeout: DrainPolicy = .wait,
        state: StatePolicy = .handOver, isDryRun: Bool = false
    ) {
        self.probation = probation
        self.drainLimit = drainLimit
        self.onDrainTimeout = onDrainTimeout
        self.state = state
        self.isDryRun = isDryRun
    }
}

/// What a swap does when calls are still inside the old version at the drain's limit.
///
/// Nothing is ever unmapped under a call.
public enum DrainPolicy: String, Sendable, Codable, CaseIterable {
    /// The swap ends with `timedOut`; the old version is retired when the last call has left it.
    case wait
    /// The swap succeeds and reports it; the old version stays in memory for good.
    case resident
    /// The old version is put back in front, the new one is retired, and the swap ends with `timedOut`.
    case revert
}

/// What a swap does about the plugin's state.
public enum StatePolicy: String, Sendable, Codable, CaseIterable {
    /// `swb_save` of the old version, `swb_restore` of the new one, where the one has a schema and the other takes any.
    case handOver
    /// The new version begins with what its `swb_start` makes.
    case discard
}
