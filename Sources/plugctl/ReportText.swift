import Compatibility

/// A gate report as a table: gate, verdict, the plugin's value, the host's value, what to do; then why, in sentences.
enum ReportText {
    /// - Parameter isBrief: leaves out what does not forbid a load and nobody need mend, and counts it.
    static func text(_ report: GateReport, on terminal: Terminal, isBrief: Bool = false) -> String {
        let name = [report.plugin, report.version].compactMap(\.self).joined(separator: " ")
        let verdict = report.isAdmissible ? "admissible" : "refused"
        var text = "\(printable(report.path)): \(name.isEmpty ? "no readable manifest" : name): "
        text += terminal.paint(verdict, report.isAdmissible ? .green : .red) + "\n"
        text += "  image \(report.image), \(report.unloadClass.rawValue)"
        text += report.unloadReasons.isEmpty ? "\n" : " (\(report.unloadReasons.joined(separator: "; ")))\n"
        var table = Table(["GATE", "VERDICT", "PLUGIN", "HOST", "WHAT TO DO"])
        let hidden: [Finding.Verdict] = isBrief ? [.passed, .noted, .skipped] : []
        for finding in report.findings where !hidden.contains(finding.verdict) {
            table.add([
                Table.Cell(finding.code), Table.Cell(finding.verdict.rawValue, colour(of: finding.verdict)),
                Table.Cell(dash(finding.plugin)), Table.Cell(dash(finding.host)), Table.Cell(finding.remedy),
            ])
        }
        text += table.text(on: terminal, indent: 2)
        for finding in report.findings
        where [.refused, .warning, .noted].contains(finding.verdict) && !hidden.contains(finding.verdict) {
            text += "  \(finding.code): \(finding.statement)\n"
        }
        return isBrief ? text + rest(report, hidden) : text
    }

    /// "  41 passed, 3 skipped: plugctl check FILE shows them all, with the host's --policy as the host sees them".
    private static func rest(_ report: GateReport, _ hidden: [Finding.Verdict]) -> String {
        let counts = hidden.compactMap { verdict in
            let count = report.findings.count { $0.verdict == verdict }
            return count == 0 ? nil : "\(count) \(verdict.rawValue)"
        }
        return counts.isEmpty
            ? ""
            : "  \(counts.joined(separator: ", ")): plugctl check \(printable(report.path)) shows them all, "
                + "with the host's --policy as the host sees them\n"
    }

    private static func dash(_ value: String) -> String { value.isEmpty ? "-" : value }

    private static func colour(of verdict: Finding.Verdict) -> Terminal.Colour? {
        switch verdict {
        case .passed: .green
        case .warning: .yellow
        case .refused: .red
        case .noted, .skipped: nil
        }
    }
}
