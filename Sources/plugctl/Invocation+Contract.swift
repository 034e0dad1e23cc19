import Compatibility
import ContractCompiler

extension Invocation {
    /// Reads `contract snapshot HEADER`, `contract digest FILE` or `contract diff OLD NEW`.
    static func contract(_ words: CommandWords) throws(UsageError) -> Command {
        let verbs = ["snapshot": ["--output", "--verify"], "digest": ["--header"], "diff": ["--declared"]]
        let verb = words.operands[0]
        guard let own = verbs[verb] else {
            throw UsageError(
                message: "contract has no \"\(printable(verb))\""
                    + suggestion(for: verb, among: verbs.keys.sorted(), otherwise: "it is snapshot, digest or diff"),
                command: "contract")
        }
        let foreign = words.given(of: verbs.values.flatMap(\.self)).first { !own.contains($0) }
        if let foreign { throw UsageError(message: "contract \(verb) has no \(foreign)", command: "contract") }
        let files = words.operands.dropFirst().map { request($0, words) }
        guard files.count == (verb == "diff" ? 2 : 1) else {
            throw UsageError(
                message: verb == "diff" ? "contract diff takes OLD and NEW" : "contract \(verb) takes one file",
                command: "contract")
        }
        switch verb {
        case "snapshot":
            guard words.value("--output") == nil || words.value("--verify") == nil else {
                throw UsageError(
                    message: "--output writes a snapshot and --verify reads one: give one of the two",
                    command: "contract")
            }
            return .contractSnapshot(files[0], output: words.value("--output"), verified: words.value("--verify"))
        case "digest":
            return .contractDigest(files[0], header: words.value("--header"))
        default:
            return .contractDiff(files[0], files[1], declared: try step(words, of: "contract"))
        }
    }

    private static func request(_ path: String, _ words: CommandWords) -> HeaderRequest {
        var request = HeaderRequest(path)
        request.includeFolders = words.values("--include")
        request.definitions = words.values("--define")
        request.standard = words.value("--std")
        request.target = words.value("--target")
        request.only = words.values("--only")
        request.except = words.values("--except")
        return request
    }
}
