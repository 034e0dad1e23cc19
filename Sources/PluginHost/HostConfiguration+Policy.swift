public import Compatibility

extension HostConfiguration {
    /// The defaults, as a policy changes them.
    ///
    /// - Throws: as `apply`.
    public init(policy: HostPolicy) throws(PluginHostError) {
        self.init()
        try apply(policy)
    }

    /// Takes over what a policy decides; what it does not name stays.
    ///
    /// Looks up the names of owners and resolves the links of folders: both hold from now on, whatever becomes of them.
    ///
    /// - Throws: `invalidRequest` where the policy names an owner whom this system does not know; nothing is changed then.
    public mutating func apply(_ policy: HostPolicy) throws(PluginHostError) {
        let files = try FileRules(policy)
        if !files.folders.isEmpty { self.policy.files.folders = files.folders }
        if !files.owners.isEmpty { self.policy.files.owners = files.owners }
        self.policy.files.hostUser = files.hostUser
        self.policy.severities.merge(policy.severities) { _, new in new }
        signatures.mode = policy.signatures ?? signatures.mode
        signatures.keyFolder = policy.keys ?? signatures.keyFolder
        auditLog = policy.audit ?? auditLog
        contracts = policy.contracts ?? contracts
        rehearsal.mode = policy.rehearsal.map { $0 == .require ? .require : .off } ?? rehearsal.mode
        rehearsal.limit = policy.rehearsalLimit ?? rehearsal.limit
        stagingDirectory = policy.staging ?? stagingDirectory
        for (from, to) in Self.durations {
            if let value = policy[keyPath: from] { self[keyPath: to] = value }
        }
        for (from, to) in Self.numbers {
            if let value = policy[keyPath: from] { self[keyPath: to] = value }
        }
        errorRate.share = policy.errorShare ?? errorRate.share
        for (limit, warning, threshold) in Self.budgets {
            // A lower budget lowers its warning: above the budget it would never be said.
            if let value = policy[keyPath: limit] { self[keyPath: threshold] = .init(warning: value / 2, limit: value) }
            if let value = policy[keyPath: warning] { self[keyPath: threshold].warning = value }
        }
    }

    /// What is in force, as a policy that decides everything would say it.
    package var inForce: HostPolicy {
        var policy = HostPolicy()
        policy.severities = self.policy.severities
        policy.folders = self.policy.files.folders
        policy.owners = self.policy.files.owners.map { .name($0.name) }
        policy.signatures = signatures.mode
        policy.keys = signatures.keyFolder
        policy.audit = auditLog
        policy.contracts = contracts
        policy.rehearsal = rehearsal.mode == .require ? .require : .off
        policy.rehearsalLimit = rehearsal.limit
        policy.staging = stagingDirectory
        for (to, from) in Self.durations { policy[keyPath: to] = self[keyPath: from] }
        for (to, from) in Self.numbers { policy[keyPath: to] = self[keyPath: from] }
        policy.errorShare = errorRate.share
        for (limit, warning, threshold) in Self.budgets {
            policy[keyPath: limit] = self[keyPath: threshold].limit
            policy[keyPath: warning] = self[keyPath: threshold].warning
        }
        return policy
    }

    private typealias Field<Root, Value> = any WritableKeyPath<Root, Value> & Sendable

    private static let durations: [(Field<HostPolicy, Duration?>, Field<HostConfiguration, Duration>)] = [
        (\.openLimit, \.openLimit), (\.startLimit, \.startLimit), (\.stopLimit, \.stopLimit),
        (\.drainLimit, \.drainLimit), (\.healthLimit, \.healthLimit), (\.handOverLimit, \.handOverLimit),
        (\.probation, \.probation), (\.watchInterval, \.watchInterval),
    ]

    private static let numbers: [(Field<HostPolicy, Int?>, Field<HostConfiguration, Int>)] = [
        (\.replyLimit, \.replyLimit), (\.stateLimit, \.stateLimit), (\.errorCalls, \.errorRate.minimumCalls),
    ]

    private static let budgets:
        [(Field<HostPolicy, Int?>, Field<HostPolicy, Int?>, Field<HostConfiguration, Budget.Threshold>)] = [
            (\.generations, \.generationsWarning, \.budget.generations),
            (\.bytes, \.bytesWarning, \.budget.bytes), (\.mappings, \.mappingsWarning, \.budget.mappings),
        ]
}
