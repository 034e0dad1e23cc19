import Compatibility
import Contract

/// `compare OLD NEW`: what changed between two releases of a plugin, and whether the version says so.
struct CompareCommand {
    let old: String
    let new: String
    let options: CompareOptions

    /// 0 where the new release may be called what it is called, 3 where not.
    func run(in context: CommandContext) throws -> Int32 {
        let report = try compare()
        if context.isJSON {
            try context.terminal.say(json: report)
        } else if options.annotates {
            try context.terminal.say(WorkflowCommands.text(report))
        } else {
            try context.terminal.say(ComparisonText.text(report, on: context.terminal))
        }
        return report.verdict.isCompatible ? 0 : 3
    }

    private func compare() throws(CommandFailure) -> ComparisonReport {
        let (before, after) = (try PluginRelease(old), try PluginRelease(new))
        let findings = ReleaseComparison.findings(old: before.release, new: after.release)
        let declared =
            options.declared.map { ReleaseVerdict.Declared(old: $0.old, new: $0.new) }
            ?? ReleaseComparison.declared(old: before.release, new: after.release)
        return ComparisonReport(
            title: before.release.manifest.name, old: old, new: new, findings: findings,
            verdict: ReleaseVerdict(of: findings, declared: declared), annotated: options.annotated)
    }
}
