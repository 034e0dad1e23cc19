import Compatibility

/// How two releases are to be compared, and for whom.
struct CompareOptions: Equatable {
    /// The versions where the command line gives them.
    var declared: VersionStep?
    /// Annotations for GitHub Actions instead of a text.
    var annotates = false
    /// The file that annotations name; `nil` is the new side's.
    var annotated: String?
    var abidiff = AbidiffMode.auto
}

/// What is asked of abidiff.
enum AbidiffMode: String {
    /// Without it, or without its consent, the comparison fails.
    case yes
    case no
    /// Its verdict is shown where it can be had.
    case auto
}

extension Invocation {
    static func compareOptions(_ words: CommandWords) throws(UsageError) -> CompareOptions {
        var options = CompareOptions()
        options.declared = try step(words, of: "compare")
        options.annotates = words.value("--format") == "github"
        guard !options.annotates || !words.has("--json") else {
            throw UsageError(message: "--json and --format github: give one of the two", command: "compare")
        }
        options.annotated = words.value("--annotate")
        options.abidiff = words.value("--abidiff").flatMap(AbidiffMode.init) ?? .auto
        return options
    }

    /// Reads `--declared A..B`.
    static func step(_ words: CommandWords, of command: String) throws(UsageError) -> VersionStep? {
        guard let declared = words.value("--declared") else { return nil }
        do throws(VersionStepError) { return try VersionStep(declared) } catch {
            throw UsageError(message: "--declared: \(error)", command: command)
        }
    }
}
