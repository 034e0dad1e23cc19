import Compatibility

/// One swap on its way: what `SwapMachine` decides about, with the things that it is decided for.
///
/// Owned by the request that began it until that is answered, and by the host's state while it is on probation.
struct SwapJob: Sendable {
    /// One plugin of the swap.
    struct Entry: Sendable {
        /// The manifest's name.
        let name: String
        let source: Source
        /// Who asked for it from outside the process.
        var peer: UInt32?
        /// The new generation, once there is one.
        var new: Generation?
        /// It was made for this swap: what fails before publication goes again.
        var isFresh = false
        /// The line of the audit log that admitted it, until it serves.
        var admission: AuditEntry?
        /// What was in front of its line when the swap's turn came.
        var old: Generation?
        var warnings: [Finding] = []
        var saved: [UInt8] = []
        var handOver: HandOver?
    }

    /// Where the new version comes from.
    enum Source: Sendable {
        case file(String)
        /// One that is loaded already.
        case loaded(SemanticVersion)
    }

    let options: SwapOptions
    let probation: Duration
    let drainLimit: Duration
    /// Answered together.
    let isTransaction: Bool
    var machine: SwapMachine
    var entries: [Entry]
    /// Its turn to change the routes of its plugins has come and not ended.
    var hasTurn = false
    /// One of its hand-overs holds calls; taken with the turn.
    var holdsCalls = false
    /// The end of the hold for whoever works on it.
    var handOverDeadline = ContinuousClock.now
    /// The old generations were put back in front: they are what serves.
    var isReturned = false
    /// The watch has said once that it cannot take the new generations back.
    var isGivenUp = false
    /// Why the last step failed.
    var failure: PluginHostError?
    var publication = HostState.Publication()
    /// Who left service and is to be drained.
    var leaving: [Int] = []
    var outcomes: [PluginHost.Outcome] = []
    /// Which calls did not leave old generations that are still ready: a clause each.
    var inside: [String] = []
    /// How the machine wants it answered; the last word counts.
    var answer: SwapMachine.Answer?
    /// Under which number it is on probation, and until when.
    var probationNumber: Int?
    var probationEnd = ContinuousClock.now

    init(_ entries: [Entry], _ options: SwapOptions, isTransaction: Bool, _ configuration: HostConfiguration) {
        self.entries = entries
        self.options = options
        self.isTransaction = isTransaction
        probation = options.probation ?? configuration.probation
        drainLimit = options.drainLimit ?? configuration.drainLimit
        machine = SwapMachine(
            .init(
                isDryRun: options.isDryRun, hasProbation: probation > .zero, onDrainTimeout: options.onDrainTimeout))
    }

    /// The plugins, sorted: the order in which turns are taken.
    var plugins: [String] { entries.map(\.name).sorted() }
}
