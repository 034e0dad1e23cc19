public import Compatibility
import Glibc
import PluginLoading

/// Why the host could not do what it was asked.
///
/// What served before still serves.
public enum PluginHostError: Error, Sendable, CustomStringConvertible {
    /// The gates refused the image; the report has every finding.
    case refused(GateReport)
    /// An export is of another type than a caller binds, or a route has bound.
    case contractType(TypeConflict)
    /// There is no such file, plugin, version or export: a sentence.
    case notFound(String)
    /// The request itself is wrong (a name other than the manifest's, a range that spans lines): a sentence.
    case invalidRequest(String)
    /// The plugin failed: `step` is `open`, `start`, `health`, `state hand-over`, `call of …`; `detail` its code and words.
    case pluginFailed(plugin: String, step: String, detail: String)
    /// A time limit passed: `step` is `open`, `start`, `drain`; `detail` what is true now.
    case timedOut(plugin: String, step: String, detail: String)
    /// The request contradicts what is true now: a bound route, another load, a host that is shut down: a sentence.
    case conflict(String)
    /// What the plugins take would pass the host's budget: a sentence.
    case overBudget(String)
    /// The system failed us: what was tried, on what, and its reason.
    case system(String)

    /// Stable and greppable; refusals have the codes of their findings besides.
    public var code: String {
        switch self {
        case .refused: "refused"
        case .contractType: "contract.type"
        case .notFound: "not-found"
        case .invalidRequest: "invalid-request"
        case .pluginFailed: "plugin-failed"
        case .timedOut: "timed-out"
        case .conflict: "conflict"
        case .overBudget: "over-budget"
        case .system: "system"
        }
    }

    /// A sentence with both sides; of a refusal one line per failed gate.
    public var description: String {
        switch self {
        case .refused(let report):
            "\(report.path) is refused:\n" + report.refusals.map(\.sentence).joined(separator: "\n")
        case .contractType(let conflict): conflict.description
        case .notFound(let sentence), .invalidRequest(let sentence), .conflict(let sentence), .overBudget(let sentence),
            .system(let sentence):
            sentence
        case .pluginFailed(let plugin, let step, let detail): "\(plugin) failed in its \(step): \(detail)"
        case .timedOut(let plugin, let step, let detail): "\(plugin) timed out in its \(step): \(detail)"
        }
    }

    /// The step that failed or took too long, of the plugin's own errors.
    var step: String? {
        switch self {
        case .pluginFailed(_, let step, _), .timedOut(_, let step, _): step
        default: nil
        }
    }

    /// Why there is no host.
    static func noStart(_ error: any Error) -> PluginHostError { .system("the host cannot start: \(error)") }

    init(_ error: LoadingError, opening path: String) {
        switch error {
        case .unreadable(let cause):
            self = [ENOENT, ENOTDIR].contains(cause.code) ? .notFound("there is no file \(path)") : .system("\(cause)")
        case .notAFile: self = .notFound("\(error)")
        case .unread, .changedWhileCopying: self = .conflict("\(error)")
        case .refusedByLinker, .unresolved: self = .pluginFailed(plugin: path, step: "open", detail: "\(error)")
        case .noStagingFolder, .noSpace, .notSealed, .approvedAnotherImage, .notNovel, .system:
            self = .system("\(error)")
        }
    }

    init(_ failure: Generation.StartFailure, of plugin: String, _ version: SemanticVersion) {
        let name = "\(plugin) \(version)"
        switch failure {
        case .system: self = .system("\(name) was not started: \(failure.clause)")
        case .refused: self = .pluginFailed(plugin: name, step: "start", detail: failure.clause)
        case .threadStuck, .threadsAlive:
            self = .pluginFailed(plugin: name, step: "start", detail: failure.clause + "; its image stays in memory")
        case .timedOut:
            self = .timedOut(
                plugin: name, step: "start",
                detail: failure.clause + "; it was not published, and its image stays in memory")
        }
    }

    init(_ failure: LifecycleFailure, in step: String, of plugin: String, _ version: SemanticVersion) {
        let name = "\(plugin) \(version)"
        if case .timedOut = failure {
            self = .timedOut(plugin: name, step: step, detail: failure.clause)
        } else {
            self = .pluginFailed(plugin: name, step: step, detail: failure.clause)
        }
    }

    init(_ refusal: Catalog.Refusal) {
        switch refusal {
        case .conflict(let sentence): self = .conflict(sentence)
        case .type(let conflict): self = .contractType(conflict)
        case .notFound(let sentence): self = .notFound(sentence)
        case .invalid(let sentence): self = .invalidRequest(sentence)
        }
    }
}
