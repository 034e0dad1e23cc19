import Compatibility
import ContractCompiler
import PluginHost

/// What one command line asks for: words checked, nothing looked up yet.
struct Invocation: Equatable {
    /// The host's socket where it was named.
    var socket: String?
    /// Whether programs read the output.
    var isJSON = false
    var command: Command

    enum Command: Equatable {
        /// The help of one command, or of all.
        case help(String?)
        case version
        case completions(Shell)
        case serve(plugins: [String], policy: String?)
        case load(file: String)
        case swap(SwapSource, SwapOptions)
        case revert(name: String)
        case commit(name: String)
        /// Shows all routes, those of a plugin, or one.
        case routes(plugin: String?, range: String?)
        case route(plugin: String, range: String, RouteChange)
        case unload(name: String, version: SemanticVersion?)
        case list(all: Bool, host: Bool)
        case call(target: String, export: String, text: String?, range: String?)
        case inspect(file: String)
        case check(files: [String], hostFacts: String?, rehearses: Bool, policy: String?)
        case compare(old: String, new: String, CompareOptions)
        case scan(folders: [String], policy: String?)
        case policy(file: String)
        case facts
        case contractSnapshot(HeaderRequest, output: String?, verified: String?)
        case contractDigest(HeaderRequest, header: String?)
        case contractDiff(HeaderRequest, HeaderRequest, declared: VersionStep?)
    }

    enum Shell: String, CaseIterable {
        case bash, zsh, fish
    }
}

/// A command line that means nothing: a sentence, and the command whose help would tell more.
struct UsageError: Error, Equatable {
    var message: String
    var command: String?
}

extension UsageError {
    init(operandsOf command: CommandGrammar, areTooFew: Bool) {
        let expected = command.operands.isEmpty ? "no operand" : command.operands
        self.init(
            message: "\(command.name.rawValue) has too \(areTooFew ? "few" : "many") operands: it takes \(expected)",
            command: command.name.rawValue)
    }
}

extension Invocation {
    /// Understands a command line without its program name; pure.
    init(parsing arguments: [String]) throws(UsageError) {
        // `help swap`, as many a tool has it, is `swap --help`.
        let arguments = arguments.first == "help" ? arguments.dropFirst() + ["--help"] : arguments
        let words = try CommandWords(arguments)
        if words.asksForHelp {
            self.init(command: .help(words.command?.name.rawValue))
            return
        }
        if words.has("--version") {
            self.init(isJSON: words.has("--json"), command: .version)
            return
        }
        guard let command = words.command else {
            throw UsageError(message: "a command is missing", command: nil)
        }
        guard command.count.contains(words.operands.count) else {
            throw UsageError(operandsOf: command, areTooFew: words.operands.count < command.count.lowerBound)
        }
        self.init(
            socket: words.value("--socket"), isJSON: words.has("--json") || words.value("--format") == "json",
            command: try Self.command(command.name, words))
    }

    private static func command(_ name: CommandName, _ words: CommandWords) throws(UsageError) -> Command {
        let operands = words.operands
        switch name {
        case .serve:
            return .serve(plugins: words.values("--plugins"), policy: words.value("--policy"))
        case .load:
            return .load(file: operands[0])
        case .swap:
            return .swap(try swapSource(words), try swapOptions(words))
        case .revert:
            return .revert(name: operands[0])
        case .commit:
            return .commit(name: operands[0])
        case .route:
            return try route(words)
        case .unload:
            let (name, version) = try plugin(operands[0], of: "unload")
            return .unload(name: name, version: version)
        case .list:
            return .list(all: words.has("--all"), host: words.has("--host"))
        case .call:
            return .call(
                target: operands[0], export: operands[1], text: operands.count > 2 ? operands[2] : nil,
                range: words.value("--range"))
        case .inspect:
            return .inspect(file: operands[0])
        case .check:
            guard !words.has("--rehearse") || !words.has("--host-facts") else {
                throw UsageError(
                    message:
                        "--rehearse runs the plugin here, and --host-facts asks for another host: give one of the two",
                    command: "check")
            }
            return .check(
                files: operands, hostFacts: words.value("--host-facts"), rehearses: words.has("--rehearse"),
                policy: words.value("--policy"))
        case .compare:
            return .compare(old: operands[0], new: operands[1], try compareOptions(words))
        case .scan:
            return .scan(folders: operands, policy: words.value("--policy"))
        case .policy:
            guard operands[0] == "check" else {
                throw UsageError(
                    message: "policy has no \"\(printable(operands[0]))\""
                        + suggestion(for: operands[0], among: ["check"], otherwise: "it is check"), command: "policy")
            }
            return .policy(file: operands[1])
        case .facts:
            return .facts
        case .contract:
            return try contract(words)
        case .completions:
            guard let shell = Shell(rawValue: operands[0]) else {
                let known = Shell.allCases.map(\.rawValue)
                throw UsageError(
                    message: "no completions for \"\(printable(operands[0]))\""
                        + suggestion(for: operands[0], among: known, otherwise: "it is bash, zsh or fish"),
                    command: "completions")
            }
            return .completions(shell)
        }
    }

    /// Reads `NAME` or `NAME@VERSION`.
    static func plugin(
        _ operand: String, of command: String
    ) throws(UsageError) -> (name: String, version: SemanticVersion?) {
        guard let at = operand.firstIndex(of: "@") else { return (operand, nil) }
        return (String(operand[..<at]), try version(operand[operand.index(after: at)...], of: command))
    }

    /// Reads a version.
    static func version(_ text: Substring, of command: String) throws(UsageError) -> SemanticVersion {
        do throws(SemanticVersionError) {
            return try SemanticVersion(String(text))
        } catch {
            throw UsageError(message: error.description, command: command)
        }
    }
}
