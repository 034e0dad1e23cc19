public import Compatibility
import Glibc
package import PluginLoading

/// What a host is started with.
///
/// Every field has a sensible default.
public struct HostConfiguration: Sendable {
    /// Where private copies of images are made; `nil` takes the first of `$XDG_RUNTIME_DIR`, `/tmp`, `/var/tmp` whose
    /// file system allows execution.
    public var stagingDirectory: String?
    /// How severe each gate is.
    public var policy: GatePolicy
    /// What is asked of signatures; anything but `off` makes private copies sealed memory.
    public var signatures: SignaturePolicy
    /// What may verify signatures; tests have others.
    package var signatureLibraries = CryptoLibrary.Source.standard
    /// The file that every admission and refusal is appended to, absolute; `nil` keeps none.
    ///
    /// JSON lines. Made with mode 0600, or this user's already and so; a load whose line cannot be written is refused.
    public var auditLog: String?
    /// A folder of snapshots (`*.contract`, as `plugctl contract snapshot` writes them) of the contracts that the host is
    /// built against; `nil` is none.
    ///
    /// What is refused for the type of an export is spelled in C where they, or a snapshot beside the plugin, have the type.
    public var contracts: String?
    /// Whether what the gates let pass is loaded, started and stopped in a process of its own first.
    public var rehearsal: RehearsalPolicy
    /// How long stage, judge and dlopen of one image may take, waiting for other loads included.
    ///
    /// A constructor that hangs holds the dynamic linker's own lock besides: until it returns, nothing in the process
    /// can be loaded or closed.
    public var openLimit: Duration
    /// How long `swb_start` may take.
    public var startLimit: Duration
    /// How long `swb_stop` may take.
    public var stopLimit: Duration
    /// How long a swap or unload waits for calls to leave the old generation.
    public var drainLimit: Duration
    /// The longest reply of a message export, in bytes.
    public var replyLimit: Int
    /// For how long calls may be held while a state is handed over: waiting for those inside, `swb_save`, `swb_restore`.
    ///
    /// Past it the old version serves on, with its state as it was.
    public var handOverLimit: Duration
    /// The largest state that is handed over, in bytes.
    public var stateLimit: Int
    /// How long `swb_health` may take.
    public var healthLimit: Duration
    /// How long an old version stays ready after a swap, unless the swap says otherwise; zero retires it at once.
    public var probation: Duration
    /// How often versions on probation and canaries are looked at.
    public var watchInterval: Duration
    /// When calls of message exports fail too often for a version on probation or a canary.
    public var errorRate: ErrorRateLimit
    /// How much the plugins may take.
    public var budget: Budget
    /// Receives what plugins log; called on their threads, several at once.
    ///
    /// The default writes to standard error.
    public var log: @Sendable (PluginLogLine) -> Void
    /// Receives what the host did or saw by itself; must not block.
    ///
    /// The default writes to standard error.
    public var onEvent: @Sendable (HostEvent) -> Void

    /// The defaults, each of which can be set afterwards.
    public init(
        stagingDirectory: String? = nil, policy: GatePolicy = .init(), signatures: SignaturePolicy = .init(),
        auditLog: String? = nil, contracts: String? = nil, rehearsal: RehearsalPolicy = .init(),
        openLimit: Duration = .seconds(30),
        startLimit: Duration = .seconds(5), stopLimit: Duration = .seconds(5), drainLimit: Duration = .seconds(10),
        replyLimit: Int = 16 << 20, handOverLimit: Duration = .seconds(2), stateLimit: Int = 64 << 20,
        healthLimit: Duration = .seconds(1), probation: Duration = .zero, watchInterval: Duration = .seconds(1),
        errorRate: ErrorRateLimit = .init(), budget: Budget = .init(),
        log: @escaping @Sendable (PluginLogLine) -> Void = PluginLogLine.writeToStandardError,
        onEvent: @escaping @Sendable (HostEvent) -> Void = HostEvent.writeToStandardError
    ) {
        self.stagingDirectory = stagingDirectory
        self.policy = policy
        self.signatures = signatures
        self.auditLog = auditLog
        self.contracts = contracts
        self.rehearsal = rehearsal
        self.openLimit = openLimit
        self.startLimit = startLimit
        self.stopLimit = stopLimit
        self.drainLimit = drainLimit
        self.replyLimit = replyLimit
        self.handOverLimit = handOverLimit
        self.stateLimit = stateLimit
        self.healthLimit = healthLimit
        self.probation = probation
        self.watchInterval = watchInterval
        self.errorRate = errorRate
        self.budget = budget
        self.log = log
        self.onEvent = onEvent
    }
}

/// When calls of message exports fail too often.
public struct ErrorRateLimit: Sendable, Equatable {
    /// The share of failed calls above which a version is taken back, 0 to 1.
    public var share: Double
    /// How many calls must have been made before the share says anything.
    public var minimumCalls: Int

    /// By default more than 5 % of at least 100 calls.
    public init(share: Double = 0.05, minimumCalls: Int = 100) {
        self.share = share
        self.minimumCalls = minimumCalls
    }

    /// Whether so many failures of so many calls are too many.
    func isExceeded(calls: Int, failures: Int) -> Bool {
        calls >= minimumCalls && Double(failures) > share * Double(calls)
    }
}

/// One line that a plugin logged through `swb.log.v1`.
public struct PluginLogLine: Sendable, Equatable {
    /// The manifest's name.
    public let plugin: String
    /// The manifest's version.
    public let version: SemanticVersion
    /// As the plugin gave it; an unknown number counts as an error.
    public let severity: Severity
    /// At most 4096 bytes of UTF-8; repaired where it was not.
    public let text: String

    /// How urgent a line is.
    public enum Severity: Int32, Sendable {
        case debug, info, warning, error
    }

    /// Writes "redact 1.0.0 [info] text" to standard error: one line, whatever the plugin says, so that none of its words
    /// pass for the host's.
    public static func writeToStandardError(_ line: Self) {
        let text = printable(line.text.hasSuffix("\n") ? String(line.text.dropLast()) : line.text, limit: 4096)
        let bytes = Array("\(line.plugin) \(line.version) [\(line.severity)] \(text)\n".utf8)
        // SAFETY: the array is borrowed for the call. One write(2): lines of several threads do not mix. A closed standard
        // error loses the line, and there is no better place to say so.
        _ = unsafe bytes.withUnsafeBytes { unsafe write(STDERR_FILENO, $0.baseAddress, $0.count) }
    }
}
