public import Compatibility

/// Why the host could not do what it was asked.
public enum PluginHostError: Error, Sendable {
    /// The gates refused the image; the report has every finding.
    case refused(GateReport)
    /// There is no such file, plugin, version or export: a sentence.
    case notFound(String)
    /// The request itself is wrong (a name other than the manifest's, a range that spans lines): a sentence.
    case invalidRequest(String)
    /// The plugin failed: `step` is `start`, `call`, …; `detail` its code and words.
    case pluginFailed(plugin: String, step: String, detail: String)
    /// A time limit passed: `step` is `start`, `drain`, …; what is true now.
    case timedOut(plugin: String, step: String, detail: String)
    /// The swap would break a bound route, or pins are degraded, or the host is shut down: a sentence.
    case conflict(String)
    /// The system failed us: what was tried, on what, and its reason.
    case system(String)
}
