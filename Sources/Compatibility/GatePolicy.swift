/// What an operator makes of findings, by gate code.
///
/// Warnings and notes can be made refusals or ignored everywhere. A refusal can be lowered only where `adjustableCodes` allows it:
/// behind the other codes stands a load that the dynamic linker would refuse anyway or that leaves the process in
/// undefined behaviour, and no policy can make that right.
public struct GatePolicy: Sendable, Codable, Equatable {
    /// How the findings of a code count; codes that are not named keep what their gate says.
    public var severities: [String: Severity]

    /// Where plugins may lie, and whose they may be.
    public var files: FileRules

    /// How a finding that is not "passed" counts.
    public enum Severity: String, Sendable, Codable, CaseIterable {
        /// Forbids loading.
        case refuse
        /// Is reported.
        case warn
        /// Is reported as skipped.
        case ignore
    }

    /// Creates a policy; the default keeps what the gates say.
    public init(severities: [String: Severity] = [:], files: FileRules = .init()) {
        self.severities = severities
        self.files = files
    }

    /// How functions count that an image exports beyond its manifest; a warning by default.
    public var undeclaredExports: Severity {
        get { severities["exports.undeclared"] ?? .warn }
        set { severities["exports.undeclared"] = newValue }
    }

    /// The finding as this policy counts it.
    func applied(to finding: Finding) -> Finding {
        guard let severity = severities[finding.code], [.noted, .warning, .refused].contains(finding.verdict) else {
            return finding
        }
        let isFixed = finding.verdict == .refused && !Self.adjustableCodes.contains(finding.code)
        let verdict: Finding.Verdict =
            switch severity {
            case .refuse: .refused
            case .warn: isFixed ? .refused : .warning
            case .ignore: isFixed ? .refused : .skipped
            }
        let statement =
            switch verdict {
            case .skipped: "ignored by policy: \(finding.statement)"
            case .refused where finding.verdict != .refused:
                "\(finding.statement) (this policy refuses that: severity = \(finding.code) refuse)"
            default: finding.statement
            }
        return Finding(
            finding.code, verdict, plugin: finding.plugin, host: finding.host, statement: statement,
            remedy: finding.remedy)
    }
}
