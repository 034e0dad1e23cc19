import Compatibility
import PluginHost

extension Invocation {
    /// Reads what is to be shown, or the one change that is to be made.
    static func route(_ words: CommandWords) throws(UsageError) -> Command {
        let operands = words.operands
        let given = words.given(of: Grammar.command("route")?.options.map(\.name) ?? [])
        guard let option = given.first else {
            return .routes(plugin: operands.first, range: operands.count > 1 ? operands[1] : nil)
        }
        guard given.count == 1 else {
            throw usageError("route makes one change per call, not \(given.joined(separator: " and "))")
        }
        guard operands.count == 2 else { throw usageError("\(option) changes one route: name its NAME and RANGE") }
        return .route(plugin: operands[0], range: operands[1], try change(option, words.value(option) ?? ""))
    }

    private static func change(_ option: String, _ value: String) throws(UsageError) -> RouteChange {
        switch option {
        case "--canary":
            let (version, percent) = try pair(value, of: "--canary", "VERSION=PERCENT")
            guard let basisPoints = basisPoints(percent) else {
                throw usageError(
                    "\"\(printable(String(percent)))\" is no share: it is 0 to 100 percent, with up to two decimals")
            }
            return .canary(try self.version(version, of: "route"), basisPoints: basisPoints)
        case "--close-canary": return .closeCanary
        case "--label":
            let (label, version) = try pair(value, of: "--label", "LABEL=VERSION")
            return .label(String(label), try self.version(version, of: "route"))
        case "--remove-label": return .removeLabel(value)
        case "--fix": return .fix(try version(value[...], of: "route"))
        case "--follow": return .follow
        case "--fallback": return .fallback(value)
        case "--no-fallback": return .noFallback
        default: throw usageError("\(option) is no change of a route")
        }
    }

    private static func pair(
        _ value: String, of option: String, _ form: String
    ) throws(UsageError) -> (Substring, Substring) {
        let parts = value.split(separator: "=", maxSplits: 1)
        guard parts.count == 2 else {
            throw usageError("\(option) takes \(form): \"\(printable(value))\" is none")
        }
        return (parts[0], parts[1])
    }

    /// Hundredths of a percent, exactly: binary fractions have no 0.01.
    static func basisPoints(_ percent: Substring) -> Int? {
        let parts = percent.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.allSatisfy({ !$0.isEmpty && $0.allSatisfy { "0123456789".contains($0) } }),
            parts[0].count <= 3, let whole = Int(parts[0])
        else { return nil }
        var hundredths = 0
        if parts.count > 1 {
            guard parts[1].count <= 2, let decimals = Int(parts[1]) else { return nil }
            hundredths = parts[1].count == 1 ? decimals * 10 : decimals
        }
        let basisPoints = whole * 100 + hundredths
        return basisPoints <= 10_000 ? basisPoints : nil
    }

    private static func usageError(_ message: String) -> UsageError {
        UsageError(message: message, command: "route")
    }
}
