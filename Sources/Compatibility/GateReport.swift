/// All findings about one image, from all gates, and the way to the only key to dlopen.
public struct GateReport: Sendable {
    /// The judged file as the operator named it: not escaped, for programs.
    public let path: String
    /// The judged bytes.
    public let image: ImageID
    /// The manifest's name, where a manifest could be read.
    public let plugin: String?
    /// The manifest's version as written, but safe to show.
    public let version: String?
    /// Whether the image may be unmapped after use.
    public let unloadClass: UnloadClass
    /// The reasons for the class: the first 32, and how many more there are.
    public let unloadReasons: [String]
    /// In the order of the gates; at least one per gate.
    public let findings: [Finding]

    /// What was judged; `nil` in a report that was read from text, which is hearsay and approves nothing.
    let judged: Judged?

    /// What an approval passes on.
    struct Judged: Sendable {
        var identity: FileIdentity
        var manifest: PluginManifest?
        var purpose: Candidate.Purpose
    }

    /// Whether nothing forbids to load the image.
    public var isAdmissible: Bool { !findings.contains { $0.verdict == .refused } }
    /// The findings that forbid it.
    public var refusals: [Finding] { findings.filter { $0.verdict == .refused } }
    /// The codes of the findings that forbid it, each once: "elf.structure, manifest.malformed".
    public var refusalCodes: String {
        var codes: [String] = []
        for finding in refusals where !codes.contains(finding.code) { codes.append(finding.code) }
        return codes.joined(separator: ", ")
    }
    /// The findings that an author should know of.
    public var warnings: [Finding] { findings.filter { $0.verdict == .warning } }

    /// Runs all gates over a candidate.
    ///
    /// Pure; cost: one pass over the image's symbols.
    package static func judge(
        _ candidate: Candidate, host: HostFacts, policy: GatePolicy = GatePolicy()
    ) -> GateReport {
        var candidate = candidate.indexed
        let manifest = candidate.foundManifest
        let unload: (unloadClass: UnloadClass, reasons: [String], fact: String?)
        switch candidate.image {
        case .success(let image):
            unload = UnloadClass.classify(
                image, manifest: manifest, closure: candidate.closure, index: candidate.index)
        case .failure(let none): unload = (.resident, [none.reason], none.reason)
        }
        candidate.residence = unload.fact
        let findings = Gate.all.flatMap { $0.judge(candidate, host, policy) }
        return GateReport(
            path: candidate.path, image: candidate.id, plugin: manifest?.name,
            version: manifest.map { printable($0.version) }, unloadClass: unload.unloadClass,
            unloadReasons: shown(unload.reasons), findings: findings.map(policy.applied),
            judged: Judged(identity: candidate.identity, manifest: manifest, purpose: candidate.purpose))
    }

    /// The same with what was found out later: a rehearsal's findings.
    ///
    /// What was judged stays what it was, and can be approved if nothing of them forbids it.
    package func adding(_ findings: [Finding], policy: GatePolicy) -> GateReport {
        GateReport(
            path: path, image: image, plugin: plugin, version: version, unloadClass: unloadClass,
            unloadReasons: unloadReasons, findings: self.findings + findings.map(policy.applied), judged: judged)
    }

    /// The reasons made safe to show, and few enough: a file may need thousands of libraries.
    private static func shown(_ reasons: [String]) -> [String] {
        let limit = 32
        let rest = reasons.count > limit ? ["\(reasons.count - limit) more reasons"] : []
        return reasons.prefix(limit).map { printable($0, limit: 512) } + rest
    }
}

extension GateReport: Codable {
    private enum CodingKeys: String, CodingKey {
        case path, image, plugin, version, unloadClass, unloadReasons, findings
    }

    /// Reads a report to show; it approves nothing.
    public init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        path = try values.decode(String.self, forKey: .path)
        image = try values.decode(ImageID.self, forKey: .image)
        plugin = try values.decodeIfPresent(String.self, forKey: .plugin)
        version = try values.decodeIfPresent(String.self, forKey: .version)
        unloadClass = try values.decode(UnloadClass.self, forKey: .unloadClass)
        unloadReasons = try values.decode([String].self, forKey: .unloadReasons)
        findings = try values.decode([Finding].self, forKey: .findings)
        judged = nil
    }
}
