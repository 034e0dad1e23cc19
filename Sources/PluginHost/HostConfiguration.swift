public import Compatibility
import Glibc

/// What a host is started with.
///
/// Every field has a sensible default.
public struct HostConfiguration: Sendable {
    /// Where private copies of images are made; `nil` takes the first of `$XDG_RUNTIME_DIR`, `/tmp`, `/var/tmp` whose
    /// file system allows execution.
    public var stagingDirectory: String?
    /// How severe each gate is.
    public var policy: GatePolicy
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
    /// Receives what plugins log; called on their threads, several at once.
    ///
    /// The default writes to standard error.
    public var log: @Sendable (PluginLogLine) -> Void

    /// The defaults, each of which can be set afterwards.
    public init(
        stagingDirectory: String? = nil, policy: GatePolicy = .init(), openLimit: Duration = .seconds(30),
        startLimit: Duration = .seconds(5), stopLimit: Duration = .seconds(5), drainLimit: Duration = .seconds(10),
        replyLimit: Int = 16 << 20,
        log: @escaping @Sendable (PluginLogLine) -> Void = PluginLogLine.writeToStandardError
    ) {
        self.stagingDirectory = stagingDirectory
        self.policy = policy
        self.openLimit = openLimit
        self.startLimit = startLimit
        self.stopLimit = stopLimit
        self.drainLimit = drainLimit
        self.replyLimit = replyLimit
        self.log = log
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

    /// Writes "redact 1.0.0 [info] text" to standard error.
    public static func writeToStandardError(_ line: Self) {
        let bytes = Array("\(line.plugin) \(line.version) [\(line.severity)] \(line.text)\n".utf8)
        // SAFETY: the array is borrowed for the call. One write(2): lines of several threads do not mix. A closed standard
        // error loses the line, and there is no better place to say so.
        _ = unsafe bytes.withUnsafeBytes { unsafe write(STDERR_FILENO, $0.baseAddress, $0.count) }
    }
}
