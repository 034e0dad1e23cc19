import Compatibility
import PluginHost

/// `scan DIR… [--policy FILE]`: every plugin found, newest version first, with its verdict.
struct ScanCommand {
    let folders: [String]
    let policy: String?

    /// One plugin file.
    private struct Found: Encodable {
        var file: String
        var plugin: String?
        var version: String?
        var admissible: Bool
        var report: GateReport
    }

    func run(in context: CommandContext) throws {
        let rules = try policy.map { path throws(CommandFailure) in try PolicyFile(path).configuration }
        let facts = try HostFacts.current()
        let finder = try PluginFinder(
            in: folders, signatures: rules?.signatures ?? .init(), showsProgress: context.terminal.showsProgress)
        let found = finder.plugins.map { plugin in
            let report = GateReport.judge(
                plugin.candidate, host: facts.completed(for: plugin.candidate), policy: rules?.policy ?? .init())
            return Found(
                file: plugin.path, plugin: report.plugin, version: report.version, admissible: report.isAdmissible,
                report: report)
        }
        for problem in finder.problems { context.terminal.warn("warning: \(problem)") }
        try context.show(found, text(found, on: context.terminal))
        if let passedOver = finder.passedOver { context.terminal.warn(passedOver) }
    }

    private func text(_ found: [Found], on terminal: Terminal) -> String {
        if found.isEmpty { return "no plugins found\n" }
        var table = Table(["PLUGIN", "VERSION", "VERDICT", "FILE", "WHY"])
        for file in found {
            table.add([
                Table.Cell(file.plugin ?? "-"), Table.Cell(file.version ?? "-"),
                file.admissible ? Table.Cell("admissible", .green) : Table.Cell("refused", .red),
                Table.Cell(printable(file.file)), Table.Cell(file.report.refusalCodes),
            ])
        }
        return table.text(on: terminal)
    }
}
