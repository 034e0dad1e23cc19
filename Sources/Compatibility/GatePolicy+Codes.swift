// Which codes a policy may name, and what it can say of them.
extension GatePolicy {
    /// The codes whose refusals an operator may lower.
    public static let adjustableCodes: Set<String> = [
        "exports.undeclared", "requires.present", "file.writable", "file.owner", "file.folder",
    ]

    /// The codes whose gate can also warn or note, besides what it refuses: a policy may ignore that.
    static let advisoryCodes: Set<String> = [
        "contract.snapshot", "elf.constructors", "elf.ifunc", "elf.nodelete", "elf.unique", "exports.missing",
        "exports.undeclared",
        "imports.keys", "imports.signals", "imports.threads", "manifest.unknown-key", "needed.shadowed",
        "needed.unverified", "swift.module", "swift.static-runtime", "symbols.interposed", "toolchain.swift",
        "version.duplicate",
    ]

    /// Families of codes that one line of a policy decides, severities included.
    static let decidedByMode = [
        (prefix: "signature.", key: "signatures", words: "off, warn or require"),
        (prefix: "rehearsal.", key: "rehearsal", words: "off or require"),
    ]

    /// Every code that a finding can bear, in the order of a report: what a policy can name.
    public static var codes: [String] { Gate.all.flatMap(\.codes) }

    /// Whether a policy that lowers a code changes anything.
    static func canLower(_ code: String) -> Bool {
        adjustableCodes.contains(code) || advisoryCodes.contains(code)
    }

    /// Why no severity can be given to a code, and what to do instead; `nil` where one can.
    static func refusalOfSeverity(for code: String) -> (problem: String, remedy: String)? {
        let shown = printable(code, limit: 80)
        if let mode = decidedByMode.first(where: { code.hasPrefix($0.prefix) }) {
            return (
                "severity cannot change \(shown): the line \(mode.key) decides that",
                "drop the line, and write \(mode.key) = \(mode.words)"
            )
        }
        guard !codes.contains(code) else { return nil }
        let near = NearestName.nearest(to: code, among: codes)
        return (
            "no gate has the code \"\(shown)\"",
            near.map { "write \($0) if that was meant" } ?? "see plugctl check FILE for the codes"
        )
    }
}
