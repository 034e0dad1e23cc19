import Glibc
import PluginHost

// A host that rehearses plugins starts itself again; that process goes no further.
Rehearsal.runIfRequested()

// Arguments in, exit code out; what happens in between is in the files named after the commands.
reserveStandardDescriptors()
let environment = environmentVariables()
let terminal = Terminal(environment: environment)
// Somebody who closes our output early (`plugctl list | head -1`) ends our writing, not the process.
signal(SIGPIPE, SIG_IGN)

// Also of a command line that means nothing: programs read why, too.
let words = CommandLine.arguments
let wantsJSON =
    words.contains("--json") || words.contains("--format=json")
    || zip(words, words.dropFirst()).contains { $0 == "--format" && $1 == "json" }
do {
    let invocation = try Invocation(parsing: Array(CommandLine.arguments.dropFirst()))
    let context = CommandContext(invocation, terminal: terminal, environment: environment)
    exit(try await run(invocation.command, in: context))
} catch {
    let failure = CommandFailure(error)
    exit(report(failure, isJSON: wantsJSON, on: terminal))
}
