import Glibc

/// Runs one command: its exit code where it has shown a result, a failure where it has none to show.
@MainActor
func run(_ command: Invocation.Command, in context: CommandContext) async throws -> Int32 {
    switch command {
    case .help(let name):
        try context.terminal.say(HelpText.text(of: name))
    case .version:
        try VersionCommand.run(in: context)
    case .completions(let shell):
        try context.terminal.say(Completions.script(for: shell))
    case .serve(let plugins, let policy):
        try await ServeCommand(folders: plugins, policy: policy).run(in: context)
    case .load(let file):
        try LoadCommand(file: file).run(in: context)
    case .swap(let source, let options):
        try SwapCommand(source: source, options: options).run(in: context)
    case .revert(let name):
        try RevertCommand(name: name).run(in: context)
    case .commit(let name):
        try CommitCommand(name: name).run(in: context)
    case .routes(let plugin, let range):
        try RouteCommand.show(plugin, range, in: context)
    case .route(let plugin, let range, let change):
        try RouteCommand.change(plugin, range, by: change, in: context)
    case .unload(let name, let version):
        try UnloadCommand(name: name, version: version).run(in: context)
    case .list(let all, let host):
        try ListCommand(all: all, host: host).run(in: context)
    case .call(let target, let export, let text, let range):
        try await CallCommand(target: target, export: export, text: text, range: range ?? "*").run(in: context)
    case .inspect(let file):
        try InspectCommand(file: file).run(in: context)
    case .check(let files, let hostFacts, let rehearses, let policy):
        return try CheckCommand(files: files, hostFacts: hostFacts, rehearses: rehearses, policy: policy)
            .run(in: context)
    case .compare(let old, let new, let options):
        return try CompareCommand(old: old, new: new, options: options).run(in: context)
    case .scan(let folders, let policy):
        try ScanCommand(folders: folders, policy: policy).run(in: context)
    case .policy(let file):
        return try PolicyCommand(file: file).run(in: context)
    case .facts:
        try FactsCommand().run(in: context)
    case .contractSnapshot(let header, let output, let verified):
        try ContractSnapshotCommand(header: header, output: output, verified: verified).run(in: context)
    case .contractDigest(let file, let header):
        try ContractDigestCommand(file: file, header: header).run(in: context)
    case .contractDiff(let old, let new, let declared):
        return try ContractDiffCommand(old: old, new: new, declared: declared).run(in: context)
    }
    return 0
}

/// Says why a command failed, for people and for programs: its exit code.
func report(_ failure: CommandFailure, isJSON: Bool, on terminal: Terminal) -> Int32 {
    if isJSON {
        // Lost where standard output is: standard error still has the sentence, and the exit code the kind.
        try? terminal.say(json: FailureJSON(error: failure))
    } else if let report = failure.report {
        try? terminal.say(ReportText.text(report, on: terminal, isBrief: true))  // as above
    }
    terminal.warn("error[\(failure.code)]: \(failure.message)")
    for line in failure.details { terminal.warn("  \(line)") }
    return failure.exit
}

/// The process's variables.
func environmentVariables() -> [String: String] {
    var variables: [String: String] = [:]
    // SAFETY: environ is a NULL-terminated array of C strings; nothing in this process changes it.
    var entry = unsafe environ
    while let text = unsafe entry.pointee {
        let parts = unsafe String(cString: text).split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        if parts.count == 2 { variables[String(parts[0])] = String(parts[1]) }
        unsafe entry += 1
    }
    return variables
}
