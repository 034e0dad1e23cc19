import Contract

/// A comparison as GitHub Actions' workflow commands: an annotation for each finding, and one for the verdict.
///
/// What asks for more than the version grew is an error, what breaks and is announced by the version a warning, the rest a
/// notice.
enum WorkflowCommands {
    static func text(_ report: ComparisonReport) -> String {
        let allowed = report.verdict.allowed
        var lines = report.findings.map { finding in
            let isForbidden = finding.bump.map { $0 > allowed } ?? true
            let level = isForbidden ? "error" : finding.severity == .breaking ? "warning" : "notice"
            let remedy = finding.remedy.isEmpty ? "" : ": \(finding.remedy)"
            let message = ([finding.statement + remedy] + finding.outcomes).joined(separator: "\n")
            return command(level, finding.code, message, report.place(of: finding))
        }
        if let abidiff = report.abidiff {
            lines.append(
                command(abidiff.state == .same ? "notice" : "warning", "abidiff", "abidiff: \(abidiff.sentence)", nil))
        }
        lines.append(
            command(
                report.verdict.isCompatible ? "notice" : "error",
                "\(report.title): \(report.verdict.isCompatible ? "compatible" : "refused")",
                report.verdict.sentence, report.annotated.map { ($0.path, nil) }))
        return lines.map { $0 + "\n" }.joined()
    }

    private static func command(
        _ level: String, _ title: String, _ message: String, _ place: (file: String, line: Int?)?
    ) -> String {
        var properties: [String] = []
        if let place {
            properties.append("file=\(escapedProperty(place.file))")
            if let line = place.line { properties.append("line=\(line)") }
        }
        properties.append("title=\(escapedProperty(title))")
        return "::\(level) \(properties.joined(separator: ","))::\(escaped(message))"
    }

    /// As actions/toolkit's `escapeData`: a message is one line.
    static func escaped(_ text: String) -> String {
        text.replacing("%", with: "%25").replacing("\r", with: "%0D").replacing("\n", with: "%0A")
    }

    /// As actions/toolkit's `escapeProperty`: a property ends at a comma or colon.
    static func escapedProperty(_ text: String) -> String {
        escaped(text).replacing(":", with: "%3A").replacing(",", with: "%2C")
    }
}
