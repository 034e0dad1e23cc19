import Compatibility
import PluginHost

/// Where the new version of a swap comes from.
enum SwapSource: Equatable {
    case file(name: String, file: String)
    /// One that is loaded already.
    case version(name: String, version: SemanticVersion)
    /// Several plugins as one.
    case together([NamedFile])

    /// One `NAME=FILE`.
    struct NamedFile: Equatable {
        let name: String
        let file: String
    }
}

extension Invocation {
    /// Reads `NAME FILE`, `NAME@VERSION` or `--together NAME=FILE…`.
    static func swapSource(_ words: CommandWords) throws(UsageError) -> SwapSource {
        let operands = words.operands
        if words.has("--together") {
            var files: [SwapSource.NamedFile] = []
            for operand in operands {
                let parts = operand.split(separator: "=", maxSplits: 1).map(String.init)
                guard parts.count == 2, !operand.hasPrefix("=") else {
                    throw UsageError(
                        message: "\"\(printable(operand))\" is no plugin with its file: --together takes NAME=FILE…",
                        command: "swap")
                }
                files.append(.init(name: parts[0], file: parts[1]))
            }
            return .together(files)
        }
        if operands.count == 2 { return .file(name: operands[0], file: operands[1]) }
        if operands.count > 2, let command = words.command { throw UsageError(operandsOf: command, areTooFew: false) }
        let (name, version) = try plugin(operands[0], of: "swap")
        guard let version else {
            throw UsageError(message: "swap needs a FILE, or a version: \(name)@VERSION", command: "swap")
        }
        return .version(name: name, version: version)
    }

    /// The options of a swap; the grammar has checked those that are words.
    static func swapOptions(_ words: CommandWords) throws(UsageError) -> SwapOptions {
        SwapOptions(
            probation: try seconds("--probation", words), drainLimit: try seconds("--drain-limit", words),
            onDrainTimeout: words.value("--on-drain-timeout").flatMap(DrainPolicy.init) ?? .wait,
            state: words.value("--state") == "discard" ? .discard : .handOver, isDryRun: words.has("--dry-run"))
    }

    private static func seconds(_ option: String, _ words: CommandWords) throws(UsageError) -> Duration? {
        guard let text = words.value(option) else { return nil }
        // Double's own grammar has infinities, hexadecimal digits and exponents besides.
        guard text.allSatisfy({ "0123456789.".contains($0) }), let seconds = Double(text), seconds <= 86_400 else {
            throw UsageError(
                message: "\(option) takes seconds from 0 to 86400, a day: \"\(printable(text))\" is none",
                command: "swap")
        }
        return .seconds(seconds)
    }
}
