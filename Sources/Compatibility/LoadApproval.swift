/// The only key to dlopen: says that every gate let these bytes pass, and which file holds them.
///
/// Made by `GateReport.approve()` alone and consumed by the load, so one judgement opens one image once. The loader
/// compares `identity` with the staged file right before it opens it.
package struct LoadApproval: ~Copyable, Sendable {
    /// The staged file whose bytes were judged.
    package let identity: FileIdentity
    /// Names the judged bytes.
    package let image: ImageID
    /// The plugin's words, all of them checked.
    package let manifest: PluginManifest
    /// The manifest's version.
    package let version: SemanticVersion
    /// Whether the image may be unmapped after use.
    package let unloadClass: UnloadClass
    /// The reasons for the class, as in the report.
    package let unloadReasons: [String]
    /// What the gates warned of.
    package let warnings: [Finding]

    fileprivate init(
        _ report: GateReport, _ identity: FileIdentity, _ manifest: PluginManifest, _ version: SemanticVersion
    ) {
        self.identity = identity
        image = report.image
        self.manifest = manifest
        self.version = version
        unloadClass = report.unloadClass
        unloadReasons = report.unloadReasons
        warnings = report.warnings
    }
}

extension GateReport {
    /// Hands out the key, or throws the whole report.
    ///
    /// Also throws for a report that was read from text and for one that was made only to ask (`Purpose.check`), which
    /// judges a repeated version and missing required plugins more leniently than a load would be.
    package func approve() throws(GateRefusal) -> LoadApproval {
        guard isAdmissible, let judged, judged.purpose != .check, let manifest = judged.manifest,
            let version = try? SemanticVersion(manifest.version)  // its error is a finding of version.semver
        else { throw GateRefusal(report: self) }
        return LoadApproval(self, judged.identity, manifest, version)
    }
}

/// An image was not approved; the report has every finding.
public struct GateRefusal: Error, Sendable, CustomStringConvertible {
    /// Everything that the gates found.
    public let report: GateReport

    /// All refusals, one per line, code first.
    public var description: String {
        guard !report.isAdmissible else {
            return "\(printable(report.path)) was judged elsewhere or only to ask: judge the staged file for a load"
        }
        return report.refusals.map(\.sentence).joined(separator: "\n")
    }
}
