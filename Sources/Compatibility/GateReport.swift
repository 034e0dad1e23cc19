/// All findings about one image, from all gates, and the way to the only key to dlopen.
public struct GateReport: Sendable, Codable {
    /// The judged file as the operator named it.
    public let path: String
    /// The judged bytes.
    public let image: ImageID
    /// The manifest's name and version as written, where a manifest could be read.
    public let plugin: String?
    public let version: String?
    /// Whether the image may be unmapped after use, and every reason.
    public let unloadClass: UnloadClass
    public let unloadReasons: [String]
    /// In the order of the gates; at least one per gate.
    public let findings: [Finding]
    /// Whether nothing forbids to load the image.
    public var isAdmissible: Bool { !findings.contains { $0.verdict == .refused } }
    /// The findings that forbid it.
    public var refusals: [Finding] { findings.filter { $0.verdict == .refused } }
    /// The findings that an author should know of.
    public var warnings: [Finding] { findings.filter { $0.verdict == .warning } }
}

/// What one gate found.
public struct Finding: Sendable, Codable, Equatable {
    /// The gate's stable code: `elf.machine`.
    public let code: String
    public let verdict: Verdict
    /// The plugin's side, "AArch64"; empty where there is none.
    public let plugin: String
    /// The host's side, "x86-64"; empty where there is none.
    public let host: String
    /// What to do, a sentence; empty where nothing is to be done.
    public let remedy: String

    /// How a finding counts.
    public enum Verdict: String, Sendable, Codable {
        case passed, warning, refused
    }
}
