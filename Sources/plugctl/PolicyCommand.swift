import Compatibility
import PluginHost

/// `policy check FILE`: what would be in force, and whether all that it names is there.
struct PolicyCommand {
    let file: String

    /// One key.
    private struct Row: Encodable {
        var key: String
        /// One for most keys; several, or none, for those that may be repeated.
        var values: [String]
        /// What the host has without the policy; `nil` where the policy does not name the key.
        var instead: [String]?
        var isDefault: Bool
    }

    private struct Checked: Encodable {
        var file: String
        var keys: [Row]
        var problems: [String]
    }

    /// 0 where a host would start with it, 4 where something that it names is not there, 2 where it is not to be used.
    func run(in context: CommandContext) throws -> Int32 {
        let file = try PolicyFile(file)
        let rows = Self.rows(file)
        let problems = file.problems
        try context.show(
            Checked(file: file.path, keys: rows, problems: problems.map(\.message)),
            Self.text(file.path, rows, on: context.terminal))
        for problem in problems { context.terminal.warn("error[\(problem.code)]: \(problem.message)") }
        return problems.first?.exit ?? 0
    }

    private static func rows(_ file: PolicyFile) -> [Row] {
        let defaults = HostConfiguration().inForce
        let inForce = file.configuration.inForce
        return PolicyKey.all.map { key in
            let given = key.texts(in: file.policy)
            let before = key.texts(in: defaults)
            // Folders are shown as they were written: what they resolve to is the file system's affair. What the host's
            // configuration does not hold is the policy's alone.
            let now = given.isEmpty || key.isRepeatable ? given : key.texts(in: inForce)
            let values = now.isEmpty ? (given.isEmpty ? key.texts(in: inForce) : given) : now
            return Row(
                key: key.name, values: values, instead: given.isEmpty ? nil : before, isDefault: given.isEmpty)
        }
    }

    private static func text(_ path: String, _ rows: [Row], on terminal: Terminal) -> String {
        let count = rows.count { !$0.isDefault }
        var table = Table(["KEY", "VALUE", "FROM"])
        for row in rows {
            let source =
                if let instead = row.instead {
                    instead.isEmpty ? "policy" : "policy, instead of \(instead.joined(separator: ", "))"
                } else { "default" }
            for (index, value) in (row.values.isEmpty ? ["-"] : row.values).enumerated() {
                table.add([
                    Table.Cell(index == 0 ? row.key : ""), Table.Cell(printable(value)),
                    Table.Cell(index == 0 ? source : ""),
                ])
            }
        }
        let head = count == 1 ? "1 key is decided" : "\(count) keys are decided"
        return "\(printable(path)): \(head), \(rows.count - count) left as the host has them\n"
            + table.text(on: terminal, indent: 2)
    }

    /// Every key with what it takes, what it decides, and an example: for `policy --help`.
    static var keyLines: [String] {
        let heads = PolicyKey.all.map { "\($0.name) = \($0.form)" }
        let width = heads.map(\.count).max() ?? 0
        var lines = ["keys (severity, folder and owner may stand on several lines; `#` starts a comment line):"]
        for (head, key) in zip(heads, PolicyKey.all) {
            lines.append("  \(padded(head, to: width))  \(key.summary); as \(key.example)")
        }
        return lines + [
            "", "A TIME is a whole number with ms, s, m or h, a SIZE one with B, KiB, MiB or GiB.",
        ]
    }
}
