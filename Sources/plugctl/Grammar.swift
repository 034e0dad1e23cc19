/// One option of the command line.
struct OptionGrammar: Sendable {
    /// With its dashes: `--socket`.
    let name: String
    /// What its value is called, or the words that it may be, as `wait|revert`; `nil` for a switch.
    let value: String?
    /// A clause for the help text.
    let summary: String

    init(_ name: String, _ value: String? = nil, _ summary: String) {
        self.name = name
        self.value = value
        self.summary = summary
    }

    /// The words that its value may be; empty where it may be anything.
    var choices: [String] {
        guard let value, value.contains("|") else { return [] }
        return value.split(separator: "|").map(String.init)
    }
}

/// What plugctl does.
enum CommandName: String, Sendable {
    case serve, load, swap, revert, commit, route, unload, list, call, inspect, check, compare, scan, policy, facts
    case contract, completions
}

/// One command of the command line.
struct CommandGrammar: Sendable {
    let name: CommandName
    /// Its operands as written in the usage line.
    let operands: String
    /// How many operands it takes.
    let count: ClosedRange<Int>
    /// A clause for the list of commands.
    let summary: String
    /// What the clause leaves out, in sentences.
    let story: String
    let options: [OptionGrammar]
    /// Command lines that work as they stand.
    let examples: [String]
    /// Lines that the help shows besides.
    var details: [String] = []
}

/// The whole command line as data: parser, help, suggestions and completions all read this table.
enum Grammar {
    static let globalOptions = [
        OptionGrammar(
            "--socket", "PATH", "the host's socket (else $SWITCHBOARD_SOCKET, else the user's own host)"),
        OptionGrammar("--json", nil, "one JSON value on standard output, keys sorted"),
        OptionGrammar("--help", nil, "this text"),
        OptionGrammar("--version", nil, "the version of plugctl and of the plugin ABI"),
    ]

    private static let policyOption = OptionGrammar(
        "--policy", "FILE", "decide as this policy does; see plugctl policy")

    static let commands = [
        CommandGrammar(
            name: .serve, operands: "", count: 0...0, summary: "run a host with a control socket",
            story: "Ends cleanly on SIGTERM and SIGINT. A plugin that cannot be loaded is reported and left out.",
            options: [
                OptionGrammar("--plugins", "DIR", "load every plugin found there; may be repeated"),
                policyOption,
            ],
            examples: ["plugctl serve --plugins ./plugins", "plugctl serve --policy /etc/switchboard/policy"]),
        CommandGrammar(
            name: .load, operands: "FILE", count: 1...1, summary: "gate, load and start a plugin in the host",
            story: "It becomes current where nothing current is admitted, else it waits beside what is current.",
            options: [], examples: ["plugctl load ./greeter.so"]),
        CommandGrammar(
            name: .swap, operands: "NAME FILE | NAME@VERSION | --together NAME=FILE…", count: 1...Int.max,
            summary: "put a new version in front while calls are running",
            story: """
                If the new version does not start, or does not take the state, the old one keeps serving.
                On probation the old version stays ready: `plugctl revert` puts it back, `plugctl commit` retires it.
                """,
            options: [
                OptionGrammar("--together", nil, "swap several plugins as one: all of them, or none"),
                OptionGrammar(
                    "--probation", "SECONDS",
                    "keep the old version ready for so long, 0 not at all (else as the host has it)"
                ),
                OptionGrammar(
                    "--drain-limit", "SECONDS",
                    "wait so long for calls to leave the old version (else as the host has it)"),
                OptionGrammar(
                    "--on-drain-timeout", "wait|resident|revert",
                    "then retire it later (the default), keep it in memory, or put it back"),
                OptionGrammar(
                    "--state", "hand-over|discard", "what becomes of the old version's state; handed over by default"),
                OptionGrammar(
                    "--dry-run", nil, "do everything but publish, tell, and undo it; calls are held all the same"),
            ],
            examples: [
                "plugctl swap greeter ./greeter-1.1.so", "plugctl swap greeter@1.0.0",
                "plugctl swap greeter ./greeter-1.1.so --probation 60 --on-drain-timeout revert",
                "plugctl swap --together encode=./encode-2.so decode=./decode-2.so",
            ]),
        CommandGrammar(
            name: .revert, operands: "NAME", count: 1...1, summary: "put back what was in front before the last swap",
            story: """
                Works while the swap is on probation; the plugins of one transaction go back together.
                The old version goes on with the state that it had: what the new one changed since is lost.
                """,
            options: [], examples: ["plugctl revert greeter"]),
        CommandGrammar(
            name: .commit, operands: "NAME", count: 1...1, summary: "end the probation of the last swap",
            story: "What was in front before is drained and retired.",
            options: [], examples: ["plugctl commit greeter"]),
        CommandGrammar(
            name: .route, operands: "[NAME [RANGE]]", count: 0...2, summary: "show routes, or change the arms of one",
            story: """
                Without an option it shows all routes, those of a plugin, or one.
                Each option is a change of the route NAME RANGE, one per call; calls under way stay where they are.
                """,
            options: [
                OptionGrammar(
                    "--canary", "VERSION=PERCENT", "so many of the keyed calls go to a loaded version (0.01 steps)"),
                OptionGrammar("--close-canary", nil, "keyed calls go where the others go"),
                OptionGrammar("--label", "LABEL=VERSION", "bindings made for the label reach a loaded version"),
                OptionGrammar("--remove-label", "LABEL", "bindings made for the label reach what the others reach"),
                OptionGrammar("--fix", "VERSION", "stay on a loaded version, whatever becomes current"),
                OptionGrammar("--follow", nil, "follow what is current again"),
                OptionGrammar("--fallback", "PLUGIN", "that plugin stands in where no version of NAME is admissible"),
                OptionGrammar("--no-fallback", nil, "nobody stands in"),
            ],
            examples: [
                "plugctl route", "plugctl route greeter '^1' --canary 1.1.0=2.5",
                "plugctl route greeter '^1' --close-canary",
            ]),
        CommandGrammar(
            name: .unload, operands: "NAME[@VERSION]", count: 1...1, summary: "drain and retire a plugin",
            story: "Says whether the image was unmapped or stays resident, and why.",
            options: [], examples: ["plugctl unload greeter", "plugctl unload greeter@1.0.0"]),
        CommandGrammar(
            name: .list, operands: "", count: 0...0, summary: "show what the host has loaded",
            story: "One row per generation; below, who is still inside those that are to leave.",
            options: [
                OptionGrammar("--all", nil, "also what was retired and stays in memory"),
                OptionGrammar("--host", nil, "also the host's facts and protection mode, and what its plugins take"),
            ],
            examples: ["plugctl list --all", "plugctl list --host --json"]),
        CommandGrammar(
            name: .call, operands: "NAME|FILE EXPORT [TEXT]", count: 2...3, summary: "call a message export",
            story: """
                With a NAME the host calls it; with a FILE (it exists, has a slash, or ends in .so) the plugin is gated, \
                loaded and called in this process, without a host. TEXT "-" reads standard input.
                """,
            options: [OptionGrammar("--range", "RANGE", "the versions that may answer; * by default")],
            examples: ["plugctl call greeter greet World", "echo World | plugctl call ./greeter.so greet -"]),
        CommandGrammar(
            name: .inspect, operands: "FILE", count: 1...1, summary: "show a file's manifest and ELF facts",
            story: "Reads the file only; nothing in it runs.",
            options: [], examples: ["plugctl inspect ./greeter.so --json"]),
        CommandGrammar(
            name: .check, operands: "FILE…", count: 1...Int.max, summary: "judge files by all gates",
            story: """
                Reads the files only; nothing in them runs, unless it is rehearsed: with --rehearse, or a policy that requires \
                it. Exits with 3 if one is refused.
                A rehearsal loads, starts and stops a private copy in a process of its own: what kills or hangs that is refused.
                """,
            options: [
                OptionGrammar("--host-facts", "FILE", "judge against this host, as `plugctl facts` wrote it"),
                policyOption,
                OptionGrammar("--rehearse", nil, "also load, start and stop each file in a process of its own"),
            ],
            examples: [
                "plugctl check ./greeter.so", "plugctl check --host-facts production.json ./greeter.so",
                "plugctl check --rehearse ./greeter.so",
            ]),
        CommandGrammar(
            name: .compare, operands: "OLD NEW", count: 2...2,
            summary: "compare two releases of a plugin, or of its contract",
            story: """
                Says what of OLD somebody relies on is gone, what is new, and how much the version must grow for it.
                OLD and NEW are two plugins (FILE.contract beside one is its contract), or two snapshots or headers.
                Exits with 3 if the version did not grow enough, or something breaks and no version is known.
                """,
            options: [
                OptionGrammar("--declared", "A..B", "the versions of OLD and NEW (else as the manifests say)"),
                OptionGrammar("--format", "text|json|github", "for people, programs, or annotations of GitHub Actions"),
                OptionGrammar("--annotate", "FILE", "the file of your repository that the annotations are for"),
                OptionGrammar(
                    "--abidiff", "yes|no|auto",
                    "also ask abidiff: auto shows its verdict where it has one, yes demands its consent"),
            ],
            examples: [
                "plugctl compare ./greeter-1.0.so ./greeter-1.1.so",
                "plugctl compare old.contract greeter.contract --declared 1.0.0..1.1.0",
            ]),
        CommandGrammar(
            name: .scan, operands: "DIR…", count: 1...Int.max, summary: "find plugins in folders, newest first",
            story: "A bad file is shown or counted, never an error.",
            options: [policyOption], examples: ["plugctl scan /usr/lib/greeter/plugins"]),
        CommandGrammar(
            name: .policy, operands: "check FILE", count: 2...2, summary: "show what a policy decides",
            story: """
                A policy is a text of `key = value` lines, given to serve, check and scan with --policy FILE.
                Shows every value that would be in force, and exits with 2 where a line is wrong, or the keys or the audit \
                log are not to be used as they are, with 4 where a file or folder that it names is not there.
                """,
            options: [], examples: ["plugctl policy check /etc/switchboard/policy"], details: PolicyCommand.keyLines),
        CommandGrammar(
            name: .facts, operands: "", count: 0...0,
            summary: "write this host's facts as JSON, for check --host-facts",
            story: "Run it where plugins will be loaded, and give its output to the machine that builds them.",
            options: [], examples: ["plugctl facts > production.json"]),
        CommandGrammar(
            name: .contract, operands: "snapshot HEADER | digest FILE | diff OLD NEW", count: 2...3,
            summary: "write, show and compare the types of a C header's exports",
            story: """
                The compiler's own view of a header, by clang: the type of each export, with all structs and enums it reaches.
                snapshot writes it as a text to be kept beside the header, digest what a manifest says of each export, \
                diff what changed between two, and the version that needs. A FILE, OLD or NEW is a header or a snapshot.
                Exits with 3 where a header cannot be a contract, a snapshot is not as written, or a version step is too small.
                """,
            options: [
                OptionGrammar("--output", "FILE", "snapshot: write there, not to standard output; also -o"),
                OptionGrammar("--verify", "FILE", "snapshot: exit with 3 where that snapshot is not the header's"),
                OptionGrammar(
                    "--header", "FILE", "digest: also write a C header with the digests and asserts of the layouts"),
                OptionGrammar(
                    "--declared", "A..B", "diff: exit with 3 where the step from version A to B is too small"),
                OptionGrammar("--include", "DIR", "a folder for #include; may be repeated; also -I"),
                OptionGrammar("--define", "NAME[=V]", "a macro; may be repeated; also -D"),
                OptionGrammar("--std", "STANDARD", "as c11 or c++17; else gnu17, or gnu++17 for .hpp, .hh and .hxx"),
                OptionGrammar("--target", "TRIPLE", "lay out for this target, not for the compiler's own"),
                OptionGrammar("--only", "EXPORT", "take this export and no other; may be repeated"),
                OptionGrammar("--except", "NAME", "leave this export or constant out; may be repeated"),
            ],
            examples: [
                "plugctl contract snapshot greeter.h -o greeter.contract",
                "plugctl contract snapshot greeter.h --verify greeter.contract",
                "plugctl contract digest greeter.contract --header greeter_types.h",
                "plugctl contract diff greeter-1.2.0.contract greeter.h --declared 1.2.0..1.3.0",
            ]),
        CommandGrammar(
            name: .completions, operands: "bash|zsh|fish", count: 1...1,
            summary: "write a completion script for a shell",
            story: "Source it from the shell's start-up file.",
            options: [], examples: ["source <(plugctl completions bash)"]),
    ]

    static func command(_ name: String) -> CommandGrammar? {
        commands.first { $0.name.rawValue == name }
    }
}
