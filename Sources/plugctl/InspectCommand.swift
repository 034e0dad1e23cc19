import Compatibility

/// `inspect FILE`: the manifest and the ELF facts.
struct InspectCommand {
    let file: String

    func run(in context: CommandContext) throws {
        let report = InspectReport(file: file, try PluginFiles.facts(file))
        try context.show(report, Self.text(report))
    }

    static func text(_ report: InspectReport) -> String {
        func list(_ values: [String]) -> String {
            values.isEmpty ? "-" : values.map { printable($0) }.joined(separator: ", ")
        }
        func rows(_ values: [String]) -> String { values.map { "    \(printable($0))\n" }.joined() }
        var lines = [
            ("file", printable(report.file)),
            ("kind", "\(report.fileClass) \(report.type), \(report.machine)"),
            ("soname", list([report.soname].compactMap(\.self))),
            ("needed", list(report.needed)),
            ("runpath", list([report.runpath].compactMap(\.self))),
            ("build-id", report.buildID ?? "-"),
            ("versions", list(report.versionNeeds.map { "\($0.library): \($0.versions.joined(separator: " "))" })),
            ("flags", list(report.flags)),
            ("TLS", report.tls.map { "\($0.memorySize) bytes" } ?? "-"),
            ("Swift", report.swift.usesRuntime ? list(report.swift.libraries + report.swift.sections) : "-"),
            ("unloading", "\(report.unloadClass.rawValue): \(list(report.unloadReasons))"),
        ]
        lines += report.problems.map { ("broken", printable($0)) }
        var text = lines.map { padded($0.0, to: 11) + $0.1 + "\n" }.joined()
        text += manifestText(report.manifest, from: report.manifestSource)
        text += "exports (\(report.exports.count))\n" + rows(report.exports)
        text += "imports (\(report.imports.count))\n" + rows(report.imports)
        text +=
            "notes (\(report.notes.count))\n"
            + rows(report.notes.map { "\($0.owner) type \($0.type), \($0.size) bytes" })
        return text
    }

    private static func manifestText(_ reading: ManifestReading, from source: String?) -> String {
        let place = source == "note" ? "" : source.map { " of \(printable($0))" } ?? ""
        switch reading {
        case .absent: return "manifest   none: not a plugin of ours\n"
        case .ambiguous(let count): return "manifest   \(count) notes, one is allowed\n"
        case .doubled(let sidecar):
            return "manifest   one in the file and one in \(printable(sidecar)), one is allowed\n"
        case .malformed(let error): return "manifest   malformed: \(printable("\(error)"))\n"
        case .found(let manifest):
            var rows = ["name = \(manifest.name)", "version = \(manifest.version)"]
            rows += manifest.exports.map { "export = \($0.symbol)" + ($0.type.map { " \($0)" } ?? "") }
            rows += manifest.requires.map { "requires = \($0.name) \($0.range)" }
            rows += manifest.provides.map { "provides = \($0.name) \($0.range)" }
            if let schema = manifest.schema { rows.append("schema = \(schema)") }
            if manifest.savesStateWhileServing { rows.append("state = live-ok") }
            if manifest.vouchesForUnload { rows.append("unload = clean") }
            if let abi = manifest.abi { rows.append("abi = \(abi)") }
            if let toolchain = manifest.toolchain { rows.append("toolchain = \(toolchain)") }
            rows += manifest.unknown.map { "\($0.key) = \($0.value)" }
            return "manifest\(place)\n" + rows.map { "    \(printable($0))\n" }.joined()
        }
    }
}
