import Compatibility
import PluginLoading

/// One line of the audit log: what somebody wanted to bring into the process, and what became of it.
struct AuditEntry: Sendable {
    /// What was asked for.
    enum Action: String, Sendable {
        case load, swap
        /// A swap that is undone before it is published: the plugin runs all the same.
        case dryRun = "dry-run"
    }

    /// What came of it.
    enum Verdict: String, Sendable {
        /// Every gate let it pass: its constructors run next.
        case admitted
        /// Every gate let it pass, and a rehearsal is required: its constructors run in that next, and a line follows that
        /// says what came of it.
        case rehearsed
        /// The very image serves already; nothing was done.
        case unchanged
        /// Gates forbade it, or a rehearsal.
        case refused
        /// It did not come to a verdict; or, in a line behind `admitted`, it came to no service: `step` says where it failed.
        case failed
    }

    let action: Action
    /// As the request had it.
    let path: String
    /// Who asked at the control socket; `nil` for the application itself.
    let peer: UInt32?
    var image: ImageID?
    /// SHA-256 of the staged bytes.
    var digest: [UInt8] = []
    /// The helper libraries that come along, by the operator's paths, and SHA-256 of their staged bytes.
    var helpers: [(path: String, digest: [UInt8])] = []
    var plugin: String?
    var version: String?
    var verdict = Verdict.failed
    /// Of refusals and warnings, or of the failure.
    var codes: [String] = []
    /// Where the plugin failed, or took too long: "open", "start", "health", "state hand-over"; `nil` where no step did.
    var step: String?

    /// Takes over what the gates found.
    mutating func note(_ report: GateReport) {
        image = report.image
        plugin = report.plugin
        version = report.version
        let findings = report.isAdmissible ? report.warnings : report.refusals
        codes = findings.map(\.code).reduce(into: []) { codes, code in if !codes.contains(code) { codes.append(code) } }
    }

    /// Takes over why there is nothing to open.
    mutating func note(_ error: PluginHostError) {
        if case .refused(let report) = error {
            note(report)
            verdict = .refused
        } else {
            verdict = .failed
            if codes.isEmpty || codes == ["refused"] { codes = [error.code] }
            step = error.step
        }
    }

    /// The line behind the one that admitted the image: it came to no service all the same.
    func failing(_ error: PluginHostError) -> AuditEntry {
        var entry = self
        entry.codes = []
        entry.note(error)
        entry.verdict = .failed
        return entry
    }

    /// The line, in JSON (RFC 8259), pure ASCII, with its newline: at most about 10 KiB, and 1 KiB for each helper.
    ///
    /// - Parameter time: RFC 3339, UTC.
    func line(at time: String) -> [UInt8] {
        let fields: [(String, String)] = [
            ("time", Self.text(time, limit: 64)), ("action", Self.text(action.rawValue, limit: 64)),
            ("verdict", Self.text(verdict.rawValue, limit: 64)),
            ("codes", "[" + codes.prefix(64).map { Self.text($0, limit: 64) }.joined(separator: ",") + "]"),
            ("step", step.map { Self.text($0, limit: 256) } ?? "null"),
            ("plugin", plugin.map { Self.text($0, limit: 256) } ?? "null"),
            ("version", version.map { Self.text($0, limit: 256) } ?? "null"),
            ("image", image.map { Self.text($0.description, limit: 160) } ?? "null"),
            ("digest", Self.text(digest)),
            (
                "helpers",
                "["
                    + helpers.map { "{\"path\":\(Self.text($0.path, limit: 900)),\"digest\":\(Self.text($0.digest))}" }
                    .joined(separator: ",") + "]"
            ),
            ("path", Self.text(path, limit: 4096)), ("peer", peer.map { "\($0)" } ?? "null"),
        ]
        return Array(("{" + fields.map { "\"\($0)\":\($1)" }.joined(separator: ",") + "}\n").utf8)
    }

    /// A JSON string of about `limit` bytes at most; what is neither plain nor ASCII is escaped, so that nothing in a name
    /// can end the line, forge another, or move a terminal's cursor.
    private static func text(_ text: String, limit: Int) -> String {
        var result = "\""
        for scalar in text.unicodeScalars {
            guard result.utf8.count < limit else { return result + "\\u2026\"" }
            switch scalar {
            case "\"", "\\": result += "\\\(scalar)"
            case " "..."~": result.unicodeScalars.append(scalar)
            default: for unit in String(scalar).utf16 { result += "\\u" + hex(unit) }
            }
        }
        return result + "\""
    }

    private static func text(_ digest: [UInt8]) -> String {
        digest.isEmpty ? "null" : text("\(ImageID(sha256: digest))", limit: 160)
    }

    private static func hex(_ unit: UInt16) -> String {
        let digits = String(unit, radix: 16)
        return String(repeating: "0", count: 4 - digits.count) + digits
    }
}
