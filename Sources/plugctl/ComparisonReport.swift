import Compatibility
import Contract

/// What `compare` shows; its JSON keys are a contract.
struct ComparisonReport {
    /// The plugin's name, or the contract's header.
    var title: String
    var findings: [ReleaseFinding]
    var verdict: ReleaseVerdict
    /// What abidiff says; `nil` where nobody asked it.
    var abidiff: AbidiffVerdict?
    /// The file of the caller's repository that annotations name.
    var annotated: AnnotatedFile?
}

extension ComparisonReport: Encodable {
    private enum Keys: String, CodingKey {
        case plugin, oldVersion, newVersion, findings, compatible, needs, verdict, abidiff
    }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: Keys.self)
        try container.encode(title, forKey: .plugin)
        try container.encode(verdict.declared?.old, forKey: .oldVersion)
        try container.encode(verdict.declared?.new, forKey: .newVersion)
        try container.encode(findings, forKey: .findings)
        try container.encode(verdict.isCompatible, forKey: .compatible)
        try container.encode(verdict.needed, forKey: .needs)
        try container.encode(verdict.sentence, forKey: .verdict)
        try container.encode(abidiff, forKey: .abidiff)
    }
}

extension ComparisonReport {
    /// Where an annotation about a finding goes; `nil` where no file of the repository is known.
    func place(of finding: ReleaseFinding) -> (file: String, line: Int?)? {
        annotated.map { ($0.path, $0.line(naming: finding.subject)) }
    }
}
