import Compatibility
import PluginHost

/// `scan DIR…`: every plugin found, newest version first, with its verdict.
struct ScanCommand {
    let folders: [String]

    /// One plugin file.
    private struct Found: Encodable {
        var file: String
        var plugin: String?
        var version: String?
        var admissible: Bool
        var report: GateReport?
        var error: CommandFailure?
    }

    func run(in context: CommandContext) throws {
        let findings = try PluginFinder.find(in: folders)
        let facts = try HostFacts.current()
        let found = findings.plugins.map { judge($0.path, against: facts) }
        for problem in findings.problems { context.terminal.warn("warning: \(problem)") }
        try context.show(found, text(found, on: context.terminal))
    }

    private func judge(_ file: String, against facts: HostFacts) -> Found {
        do {
            let report = try PluginFiles.judge(file, against: facts)
            return Found(
                file: file, plugin: report.plugin, version: report.version, admissible: report.isAdmissible,
                report: report)
        } catch {
            return Found(file: file, admissible: false, error: error)
        }
    }

    private func text(_ found: [Found], on terminal: Terminal) -> String {
        if found.isEmpty { return "no plugins found\n" }
        var table = Table(["PLUGIN", "VERSION", "VERDICT", "FILE", "WHY"])
        for file in found {
            let reasons = file.report?.refusalCodes ?? file.error?.message ?? ""
            table.add([
                Table.Cell(file.plugin ?? "-"), Table.Cell(file.version ?? "-"),
                file.admissible ? Table.Cell("admissible", .green) : Table.Cell("refused", .red),
                Table.Cell(printable(file.file)), Table.Cell(reasons),
            ])
        }
        return table.text(on: terminal)
    }
}
