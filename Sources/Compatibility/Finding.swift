/// What one gate found.
///
/// All texts are safe to show, whatever names the plugin chose.
public struct Finding: Sendable, Codable, Equatable {
    /// The gate's stable code: `elf.machine`.
    public let code: String
    /// How it counts.
    public let verdict: Verdict
    /// The plugin's side, "AArch64"; empty where there is none.
    public let plugin: String
    /// The host's side, "x86-64"; empty where there is none.
    public let host: String
    /// Both sides in a clause, "plugin is AArch64, this host is x86-64"; empty where the gate passed.
    public let statement: String
    /// What to do, an imperative; empty where nothing is to be done.
    public let remedy: String

    /// How a finding counts.
    public enum Verdict: String, Sendable, Codable {
        /// Judged, nothing to say.
        case passed
        /// Judged, loadable, and nothing is wrong: a property with a consequence that an operator may want to know.
        case noted
        /// Judged, loadable, and the author should know.
        case warning
        /// Judged, not to be loaded.
        case refused
        /// Not judged; the statement says why.
        case skipped
    }

    init(
        _ code: String, _ verdict: Verdict, plugin: String = "", host: String = "", statement: String = "",
        remedy: String = ""
    ) {
        self.code = code
        self.verdict = verdict
        // The one place where a plugin's words enter a finding: whatever they hold, they cannot forge output.
        self.plugin = printable(plugin)
        self.host = printable(host)
        self.statement = printable(statement)
        self.remedy = printable(remedy)
    }
}

extension Finding: CustomStringConvertible {
    /// "elf.machine: plugin is AArch64, this host is x86-64: build the plugin for x86-64".
    public var sentence: String {
        [code, statement.isEmpty ? verdict.rawValue : statement, remedy].filter { !$0.isEmpty }.joined(separator: ": ")
    }

    /// The sentence.
    public var description: String { sentence }
}
