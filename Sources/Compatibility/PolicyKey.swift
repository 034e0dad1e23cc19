/// One key of a policy: what the parser takes, what the help tells, what `plugctl policy check` shows.
package struct PolicyKey: Sendable {
    /// As in a policy: `limit.open`.
    package let name: String
    /// What its value may be, and where it goes.
    let kind: Kind
    /// What it decides, a clause.
    package let summary: String
    /// A value that works as it stands.
    package let example: String

    /// What a key's value is.
    enum Kind: Sendable {
        /// A time, within bounds.
        case duration(Field<Duration?>, ClosedRange<Duration>)
        /// A number of bytes, from 1.
        case size(Field<Int?>)
        /// A number, from 1.
        case count(Field<Int?>)
        /// A share of all, from 0% to 100%.
        case share(Field<Double?>)
        /// An absolute path.
        case path(Field<String?>)
        /// One of a few words.
        case signatures
        case rehearsal
        /// These may stand on several lines.
        case severity
        case folder
        case owner
    }

    /// Where a value goes.
    typealias Field<Value> = any WritableKeyPath<HostPolicy, Value> & Sendable

    init(_ name: String, _ kind: Kind, _ summary: String, example: String) {
        self.name = name
        self.kind = kind
        self.summary = summary
        self.example = example
    }

    /// Whether the key may stand on several lines.
    package var isRepeatable: Bool {
        switch kind {
        case .severity, .folder, .owner: true
        default: false
        }
    }

    /// What may stand behind the "=", for the help.
    package var form: String {
        switch kind {
        case .duration: "TIME"
        case .size: "SIZE"
        case .count: "NUMBER"
        case .share: "PERCENT"
        case .path: "PATH"
        case .signatures: Self.words(SignaturePolicy.Mode.self)
        case .rehearsal: Self.words(HostPolicy.Rehearsal.self)
        case .severity: "CODE refuse|warn|ignore"
        case .folder: "PATH"
        case .owner: "USER"
        }
    }

    private static func words<Word: RawRepresentable<String> & CaseIterable>(_: Word.Type) -> String {
        Word.allCases.map(\.rawValue).joined(separator: "|")
    }
}

extension PolicyKey {
    /// Every key, in the order in which help and `plugctl policy check` show them.
    package static let all: [PolicyKey] =
        [
            PolicyKey(
                "severity", .severity, "how the findings of one gate count; one line per code",
                example: "exports.undeclared refuse"),
            PolicyKey(
                "folder", .folder, "plugins must lie in this folder, or in another one named",
                example: "/usr/lib/plugins"),
            PolicyKey(
                "owner", .owner, "plugin files must belong to this user, by name or number, or to another one named",
                example: "root"),
            PolicyKey(
                "signatures", .signatures, "what happens to plugins without a valid signature", example: "require"),
            PolicyKey("keys", .path(\.keys), "the folder of the public keys", example: "/etc/switchboard/keys"),
            PolicyKey(
                "audit", .path(\.audit), "the file that admissions and refusals are appended to",
                example: "/var/log/switchboard.jsonl"),
            PolicyKey(
                "contracts", .path(\.contracts),
                "the folder of the host's contracts (*.contract): refusals spell types in C",
                example: "/etc/switchboard/contracts"),
            PolicyKey(
                "rehearsal", .rehearsal, "whether a plugin is loaded in a disposable process first", example: "require"),
            PolicyKey(
                "rehearsal.limit", .duration(\.rehearsalLimit, limits), "how long a rehearsal may take", example: "5s"),
            PolicyKey(
                "staging", .path(\.staging), "the folder for private copies of plugins", example: "/run/switchboard"),
            PolicyKey(
                "limit.open", .duration(\.openLimit, limits), "how long copying, judging and opening may take",
                example: "30s"),
            PolicyKey("limit.start", .duration(\.startLimit, limits), "how long swb_start may take", example: "5s"),
            PolicyKey("limit.stop", .duration(\.stopLimit, limits), "how long swb_stop may take", example: "5s"),
            PolicyKey(
                "limit.health", .duration(\.healthLimit, limits), "how long swb_health may take", example: "500ms"),
            PolicyKey(
                "limit.drain", .duration(\.drainLimit, limits), "how long a swap waits for calls to leave",
                example: "10s"),
            PolicyKey(
                "limit.hand-over", .duration(\.handOverLimit, limits),
                "how long calls may be held while a state is handed over",
                example: "2s"),
            PolicyKey("limit.state", .size(\.stateLimit), "the largest state that is handed over", example: "64MiB"),
            PolicyKey("limit.reply", .size(\.replyLimit), "the longest reply of a message export", example: "16MiB"),
            PolicyKey(
                "probation", .duration(\.probation, .zero...day),
                "how long an old version stays ready after a swap; 0s: not at all",
                example: "2m"),
            PolicyKey(
                "watch.interval", .duration(\.watchInterval, .milliseconds(10)...day),
                "how often versions on probation and canaries are looked at", example: "1s"),
            PolicyKey(
                "errors.share", .share(\.errorShare), "the share of failed calls above which a version is taken back",
                example: "5%"),
            PolicyKey(
                "errors.calls", .count(\.errorCalls), "how many calls must have been made before the share counts",
                example: "100"),
        ] + budgets

    private static let budgets: [PolicyKey] = [
        PolicyKey(
            "budget.generations", .count(\.generations), "how many generations may be in memory", example: "5000"),
        PolicyKey(
            "budget.generations.warning", .count(\.generationsWarning),
            "above it a warning is said; half of the budget",
            example: "2500"),
        PolicyKey("budget.bytes", .size(\.bytes), "the address space that images may take", example: "8GiB"),
        PolicyKey(
            "budget.bytes.warning", .size(\.bytesWarning), "above it a warning is said; half of the budget",
            example: "4GiB"),
        PolicyKey("budget.mappings", .count(\.mappings), "how many mappings images may take", example: "40000"),
        PolicyKey(
            "budget.mappings.warning", .count(\.mappingsWarning), "above it a warning is said; half of the budget",
            example: "20000"),
    ]

    private static let day = Duration.seconds(86_400)
    private static let limits: ClosedRange<Duration> = .milliseconds(1)...day
}

extension PolicyKey {
    /// The values that a policy has for the key, as they stand in a text; empty where it has none.
    package func texts(in policy: HostPolicy) -> [String] {
        switch kind {
        case .duration(let field, _): policy[keyPath: field].map { [PolicyAmount.text($0)] } ?? []
        case .size(let field): policy[keyPath: field].map { [PolicyAmount.text(bytes: $0)] } ?? []
        case .count(let field): policy[keyPath: field].map { ["\($0)"] } ?? []
        case .share(let field): policy[keyPath: field].map { [PolicyAmount.text(share: $0)] } ?? []
        case .path(let field): policy[keyPath: field].map { [Self.text(path: $0)] } ?? []
        case .signatures: policy.signatures.map { [$0.rawValue] } ?? []
        case .rehearsal: policy.rehearsal.map { [$0.rawValue] } ?? []
        case .severity: policy.severities.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value.rawValue)" }
        case .folder: policy.folders.map(Self.text(path:))
        case .owner: policy.owners.map(\.description)
        }
    }

    /// A path as it reads back: blanks at a line's end mean nothing, so one at its own end needs a slash behind it.
    private static func text(path: String) -> String {
        path.hasSuffix(" ") || path.hasSuffix("\t") ? path + "/" : path
    }
}
