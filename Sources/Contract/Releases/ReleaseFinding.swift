package import Compatibility

/// One thing in which two releases of a plugin differ, or two contracts.
///
/// All texts are safe to show, whatever the plugins say.
package struct ReleaseFinding: Sendable, Equatable, Codable {
    /// Stable: `export.removed`.
    package let code: String
    /// How it counts.
    package let severity: Severity
    /// The least step of the version that it asks for; `nil` where no version is enough.
    package let bump: VersionBump?
    /// The export, constant or library that it is about; empty where it is about the release.
    package let subject: String
    /// The old side; empty where it has none.
    package let old: String
    /// The new side; empty where it has none.
    package let new: String
    /// What happened, a clause.
    package let statement: String
    /// What becomes of hosts that were built with the old contract: "survive: …", "break: …"; `nil` where no contract tells.
    package let callers: String?
    /// What becomes of plugins that were built with the old contract.
    package let plugins: String?
    /// What to do, an imperative; empty where nothing is to be done.
    package let remedy: String

    /// How a difference counts.
    package enum Severity: String, Sendable, Codable {
        /// Somebody who used the old release cannot use the new one as before.
        case breaking
        /// Something new beside what was there.
        case additive
        /// To be known.
        case noted
    }

    package init(
        _ code: String, _ severity: Severity, needs bump: VersionBump?, subject: String = "", old: String = "",
        new: String = "", _ statement: String, remedy: String = "", callers: String? = nil, plugins: String? = nil
    ) {
        self.code = code
        self.severity = severity
        self.bump = bump
        // The one place where a plugin's words enter a finding, as for the gates.
        self.subject = printable(subject)
        self.old = printable(old)
        self.new = printable(new)
        self.statement = printable(statement)
        self.remedy = printable(remedy)
        self.callers = callers.map { printable($0) }
        self.plugins = plugins.map { printable($0) }
    }

    /// What becomes of those that were built with the old contract, a line each; none where no contract tells.
    package var outcomes: [String] {
        [callers.map { "old callers \($0)" }, plugins.map { "old plugins \($0)" }].compactMap(\.self)
    }
}
