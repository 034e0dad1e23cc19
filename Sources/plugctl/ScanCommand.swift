import Compatibility
import PluginHost

/// `scan DIR… [--policy FILE]`: every plugin found, newest version first, with its verdict.
struct ScanCommand {
    let folders: [String]
    let policy: String?

    /// One plugin file, for programs.
    private struct Found: Encodable {
        var file: String
        var plugin: String?
        var version: String?
        var admissible: Bool
        var report: GateReport
    }

    /// One plugin file as it will be shown, once all of them are sorted: its report has some ten times the size.
    private enum Shown {
        case row([Table.Cell])
        case json(String)
    }

    func run(in context: CommandContext) throws {
        let rules = try policy.map { path throws(CommandFailure) in try PolicyFile(path).configuration }
        let facts = try HostFacts.current()
        let finder: PluginFinder<Shown> = try PluginFinder(
            in: folders, signatures: rules?.signatures ?? .init(), showsProgress: context.terminal.showsProgress
        ) { path, candidate in
            let report = GateReport.judge(
                candidate, host: facts.completed(for: candidate), policy: rules?.policy ?? .init())
            return context.isJSON ? .json(try Self.json(path, report)) : .row(Self.row(path, report))
        }
        for problem in finder.problems { context.terminal.warn("warning: \(problem)") }
        if context.isJSON {
            try say(finder.plugins.lazy.map(\.kept), on: context.terminal)
        } else {
            try context.terminal.say(Self.text(finder.plugins.map(\.kept), on: context.terminal))
        }
        if let passedOver = finder.passedOver { context.terminal.warn(passedOver) }
    }

    private static func json(_ path: String, _ report: GateReport) throws -> String {
        let found = Found(
            file: path, plugin: report.plugin, version: report.version, admissible: report.isAdmissible, report: report)
        return String(try jsonText(found).dropLast())
    }

    private static func row(_ path: String, _ report: GateReport) -> [Table.Cell] {
        [
            Table.Cell(report.plugin ?? "-"), Table.Cell(report.version ?? "-"),
            report.isAdmissible ? Table.Cell("admissible", .green) : Table.Cell("refused", .red),
            Table.Cell(printable(path)), Table.Cell(report.refusalCodes),
        ]
    }

    /// One JSON array, written piece by piece.
    private func say(_ found: some Sequence<Shown>, on terminal: Terminal) throws(CommandFailure) {
        var separator = "["
        for case .json(let text) in found {
            try terminal.say(separator + text)
            separator = ","
        }
        try terminal.say(separator == "[" ? "[]\n" : "]\n")
    }

    private static func text(_ found: [Shown], on terminal: Terminal) -> String {
        if found.isEmpty { return "no plugins found\n" }
        var table = Table(["PLUGIN", "VERSION", "VERDICT", "FILE", "WHY"])
        for case .row(let row) in found { table.add(row) }
        return table.text(on: terminal)
    }
}
