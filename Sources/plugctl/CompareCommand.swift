import Compatibility
import Contract

/// `compare OLD NEW`: what changed between two releases of a plugin, and whether the version says so.
struct CompareCommand {
    let old: String
    let new: String
    let options: CompareOptions

    /// 0 where the new release may be called what it is called, 3 where not.
    func run(in context: CommandContext) throws -> Int32 {
        let report = try compare(context.environment)
        if context.isJSON {
            try context.terminal.say(json: report)
        } else if options.annotates {
            try context.terminal.say(WorkflowCommands.text(report))
        } else {
            try context.terminal.say(ComparisonText.text(report, on: context.terminal))
        }
        return report.verdict.isCompatible ? 0 : 3
    }

    private func compare(_ environment: [String: String]) throws -> ComparisonReport {
        let before = try ComparedFile(old, environment: environment)
        let after = try ComparedFile(new, environment: environment)
        var findings: [ReleaseFinding]
        var declared = options.declared.map { ReleaseVerdict.Declared(old: $0.old, new: $0.new) }
        var abidiff: AbidiffVerdict?
        let title: String
        switch (before, after) {
        case (.plugin(let before), .plugin(let after)):
            title = before.release.manifest.name
            findings = ReleaseComparison.findings(old: before.release, new: after.release)
            let own = ReleaseComparison.declared(old: before.release, new: after.release)
            if let declared {
                findings = ReleaseComparison.sorted(findings + ReleaseComparison.stray(from: own, to: declared))
            }
            declared = declared ?? own
            if options.abidiff != .no {
                let verdict = AbidiffVerdict(old: before, new: after, environment: environment)
                if options.abidiff == .yes {
                    findings = ReleaseComparison.sorted(findings + (try verdict.findings(beside: findings)))
                }
                abidiff = options.abidiff == .yes || verdict.state != .unknown ? verdict : nil
            }
        case (.contract(let before), .contract(let after)):
            title = after.header
            findings = ReleaseComparison.findings(old: before, new: after)
        case (.plugin, .contract), (.contract, .plugin):
            throw CommandFailure(
                UsageError(
                    message: "one of OLD and NEW is a plugin, the other a contract: give two of a kind",
                    command: "compare"))
        }
        return ComparisonReport(
            title: title, findings: findings,
            verdict: ReleaseVerdict(of: findings, declared: declared), abidiff: abidiff,
            annotated: options.annotated.map(AnnotatedFile.init))
    }
}
