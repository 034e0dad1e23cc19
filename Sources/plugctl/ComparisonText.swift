import Compatibility
import Contract

/// A comparison as a table: what changed, how grave it is, what it asks of the version, both sides, what to do; then why,
/// in sentences, and the verdict.
enum ComparisonText {
    static func text(_ report: ComparisonReport, on terminal: Terminal) -> String {
        let verdict = report.verdict
        let versions = verdict.declared.map { " \($0.old) to \($0.new)" } ?? ""
        let word = verdict.isCompatible ? "compatible" : "refused"
        var text = "\(printable(report.title))\(versions): "
        text += terminal.paint(word, verdict.isCompatible ? .green : .red) + "\n"
        if !report.findings.isEmpty {
            var table = Table(["CHANGE", "SEVERITY", "NEEDS", "ABOUT", "OLD", "NEW", "WHAT TO DO"])
            for finding in report.findings {
                table.add([
                    Table.Cell(finding.code), Table.Cell(finding.severity.rawValue, colour(of: finding.severity)),
                    Table.Cell(finding.bump?.rawValue ?? "never"), Table.Cell(dash(finding.subject)),
                    Table.Cell(dash(finding.old)), Table.Cell(dash(finding.new)), Table.Cell(finding.remedy),
                ])
            }
            text += table.text(on: terminal, indent: 2)
            for finding in report.findings {
                text += "  \(finding.code): \(finding.statement)\n"
                text += finding.outcomes.map { "    \($0)\n" }.joined()
            }
        }
        if let abidiff = report.abidiff { text += "  abidiff: \(printable(abidiff.sentence))\n" }
        return text + "  \(verdict.sentence)\n"
    }

    private static func dash(_ value: String) -> String { value.isEmpty ? "-" : value }

    private static func colour(of severity: ReleaseFinding.Severity) -> Terminal.Colour? {
        switch severity {
        case .breaking: .red
        case .additive: .green
        case .noted: nil
        }
    }
}
