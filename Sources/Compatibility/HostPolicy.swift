/// What an operator decides for a host, read from a policy: `key = value` lines, one per decision.
///
/// A value alone: nothing here reads a file or asks the system. What a policy does not name is `nil`, and stays as the
/// host has it. `HostPolicy(parsing:)` reads a text, `PolicyKey.all` says what it may hold.
public struct HostPolicy: Sendable, Equatable {
    /// How the findings of gates count.
    public var severities: [String: GatePolicy.Severity] = [:]
    /// Folders in which plugins may lie, absolute; empty allows every folder.
    public var folders: [String] = []
    /// Who may own a plugin's file; empty allows everybody.
    public var owners: [Owner] = []
    /// Whether plugins must be signed.
    public var signatures: SignaturePolicy.Mode?
    /// The folder of the keys that signatures are verified with, absolute.
    public var keys: String?
    /// The file that admissions and refusals are written to, absolute.
    public var audit: String?
    /// The folder of snapshots of the host's contracts, absolute.
    public var contracts: String?
    /// Whether a plugin is loaded in a disposable process first.
    public var rehearsal: Rehearsal?
    /// How long a rehearsal may take.
    public var rehearsalLimit: Duration?
    /// Where private copies of images are made, absolute.
    public var staging: String?

    /// How long copying, judging and opening one image may take.
    public var openLimit: Duration?
    /// How long `swb_start` may take.
    public var startLimit: Duration?
    /// How long `swb_stop` may take.
    public var stopLimit: Duration?
    /// How long a swap waits for calls to leave.
    public var drainLimit: Duration?
    /// How long `swb_health` may take.
    public var healthLimit: Duration?
    /// How long calls may be held while a state is handed over.
    public var handOverLimit: Duration?
    /// The longest reply of a message export, in bytes.
    public var replyLimit: Int?
    /// The largest state that is handed over, in bytes.
    public var stateLimit: Int?
    /// How long an old version stays ready after a swap.
    public var probation: Duration?
    /// How often versions on probation and canaries are looked at.
    public var watchInterval: Duration?
    /// The share of failed calls above which a version is taken back, 0 to 1.
    public var errorShare: Double?
    /// How many calls must have been made before the share counts.
    public var errorCalls: Int?
    /// How many generations may be in memory.
    public var generations: Int?
    /// Above how many a warning is said.
    public var generationsWarning: Int?
    /// How many bytes of address space images may take.
    public var bytes: Int?
    /// Above how many a warning is said.
    public var bytesWarning: Int?
    /// How many mappings images may take.
    public var mappings: Int?
    /// Above how many a warning is said.
    public var mappingsWarning: Int?

    /// Whether a plugin is loaded in a disposable process before the host loads it.
    public enum Rehearsal: String, Sendable, CaseIterable {
        /// It is not.
        case off
        /// Whatever does not survive it is refused.
        case require
    }

    /// An owner of files (inode(7), st_uid).
    public enum Owner: Sendable, Hashable, CustomStringConvertible {
        /// By number.
        case uid(UInt32)
        /// By a name that the host's user database knows.
        case name(String)

        /// As in a policy.
        public var description: String {
            switch self {
            case .uid(let uid): "\(uid)"
            case .name(let name): name
            }
        }
    }

    /// A policy that decides nothing.
    public init() {}
}

extension HostPolicy {
    /// The largest policy, in bytes.
    package static let textLimit = 65_536
    /// The most lines of `folder` or `owner`, each.
    package static let lineLimit = 64

    /// Reads a policy of at most 64 KiB: `key = value` lines as in a manifest, `#` starts a comment line.
    ///
    /// Throws at the first line that is wrong; what contradicts between lines is found after the last. Cost: one pass over
    /// the bytes.
    public init(parsing bytes: [UInt8]) throws(HostPolicyError) {
        guard bytes.count <= Self.textLimit else {
            throw HostPolicyError(
                line: nil, problem: "the policy has \(bytes.count) bytes, the limit is \(Self.textLimit)",
                remedy: "shorten it")
        }
        var draft = HostPolicyDraft()
        try KeyValueLine.forEach(in: bytes[...]) { line throws(LineError) in try draft.take(line) }
        self = try draft.finished()
    }

    /// Reads a policy from a text.
    public init(parsing text: String) throws(HostPolicyError) {
        try self.init(parsing: Array(text.utf8))
    }
}
