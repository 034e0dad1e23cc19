import TestSupport
import Testing

@Suite struct UsageTests {
    @Test func helpOfOneCommand() throws {
        let help = try Plugctl.run("swap", "--help")
        #expect(
            help.stdout == """
                plugctl swap: put a new version in front while calls are running

                usage: plugctl swap NAME FILE | NAME@VERSION | --together NAME=FILE… [options]

                If the new version does not start, or does not take the state, the old one keeps serving.
                On probation the old version stays ready: `plugctl revert` puts it back, `plugctl commit` retires it.

                options:
                  --together                               swap several plugins as one: all of them, or none
                  --probation SECONDS                      keep the old version ready for so long, 0 not at all (else as the host has it)
                  --drain-limit SECONDS                    wait so long for calls to leave the old version (else as the host has it)
                  --on-drain-timeout wait|resident|revert  then retire it later (the default), keep it in memory, or put it back
                  --state hand-over|discard                what becomes of the old version's state; handed over by default
                  --dry-run                                do everything but publish, tell, and undo it; calls are held all the same

                everywhere:
                  --socket PATH  the host's socket (else $SWITCHBOARD_SOCKET, else the user's own host)
                  --json         one JSON value on standard output, keys sorted
                  --help         this text
                  --version      the version of plugctl and of the plugin ABI

                examples:
                  plugctl swap greeter ./greeter-1.1.so
                  plugctl swap greeter@1.0.0
                  plugctl swap greeter ./greeter-1.1.so --probation 60 --on-drain-timeout revert
                  plugctl swap --together encode=./encode-2.so decode=./decode-2.so

                """)
        #expect(help.exitCode == 0 && help.stderr.isEmpty)
    }

    @Test(arguments: [
        "serve", "load", "swap", "revert", "commit", "route", "unload", "list", "call", "inspect", "check",
        "compare", "scan", "policy", "facts", "contract", "completions",
    ])
    func everyCommandIsInTheOverviewAndHasHelpWithAnExample(command: String) throws {
        #expect(try Plugctl.run("--help").stdout.contains("\n  \(command) "))
        for arguments in [[command, "--help"], [command, "-h"], ["help", command]] {
            let help = try Plugctl.run(arguments)
            #expect(help.stdout.contains("usage: plugctl \(command)") && help.stdout.contains("plugctl \(command) "))
            #expect(help.stdout.contains("\nexample"))
            #expect(help.exitCode == 0 && help.stderr.isEmpty)
        }
    }

    @Test func version() throws {
        let version = try Plugctl.run("--version")
        #expect(version.stdout == "plugctl 0.1.0 (plugin ABI 0.1)\n" && version.exitCode == 0)
        #expect(try Plugctl.run("--version", "--json").stdout == #"{"abi":"0.1","version":"0.1.0"}"# + "\n")
    }

    @Test(arguments: [
        ([], #"a command is missing; see plugctl --help"#),
        (["lost"], #"no command "lost": did you mean "list"? See plugctl --help"#),
        (["frobnicate"], #"no command "frobnicate"; see plugctl --help"#),
        (["laod", "x.so"], #"no command "laod": did you mean "load"? See plugctl --help"#),
        (["list", "--al"], #"list has no option "--al": did you mean "--all"? See plugctl list --help"#),
        (["--sokcet", "x", "list"], #"no option "--sokcet": did you mean "--socket"? See plugctl --help"#),
        (["serve", "--watch"], #"serve has no option "--watch"; see plugctl serve --help"#),
        (["list", "--socket"], "--socket needs a value: --socket PATH; see plugctl list --help"),
        (["list", "--socket="], "--socket needs a value: --socket PATH; see plugctl list --help"),
        (["list", "--json=yes"], "--json takes no value; see plugctl list --help"),
        (["load"], "load has too few operands: it takes FILE; see plugctl load --help"),
        (["load", "a", "b"], "load has too many operands: it takes FILE; see plugctl load --help"),
        (["list", "x"], "list has too many operands: it takes no operand; see plugctl list --help"),
        (
            ["swap", "a", "b", "c"],
            "swap has too many operands: it takes NAME FILE | NAME@VERSION | --together NAME=FILE…; see plugctl swap --help"
        ),
        (
            ["swap", "--together", "greeter"],
            #""greeter" is no plugin with its file: --together takes NAME=FILE…; see plugctl swap --help"#
        ),
        (
            ["swap", "--together", "=x.so"],
            #""=x.so" is no plugin with its file: --together takes NAME=FILE…; see plugctl swap --help"#
        ),
        (
            ["swap", "a", "b", "--probaton", "5"],
            #"swap has no option "--probaton": did you mean "--probation"? See plugctl swap --help"#
        ),
        (
            ["swap", "a", "b", "--probation", "-1"],
            #"--probation takes seconds from 0 to 86400, a day: "-1" is none; see plugctl swap --help"#
        ),
        (
            ["swap", "a", "b", "--drain-limit=1e3"],
            #"--drain-limit takes seconds from 0 to 86400, a day: "1e3" is none; see plugctl swap --help"#
        ),
        (
            ["swap", "a", "b", "--drain-limit", "86400.1"],
            #"--drain-limit takes seconds from 0 to 86400, a day: "86400.1" is none; see plugctl swap --help"#
        ),
        (
            ["swap", "a", "b", "--state", "discrad"],
            #"--state has no "discrad": did you mean "discard"? See plugctl swap --help"#
        ),
        (
            ["swap", "a", "b", "--on-drain-timeout", "never"],
            #"--on-drain-timeout has no "never": it is wait or resident or revert; see plugctl swap --help"#
        ),
        (["revert"], "revert has too few operands: it takes NAME; see plugctl revert --help"),
        (["comit", "a"], #"no command "comit": did you mean "commit"? See plugctl --help"#),
        (["route", "a", "*", "b"], "route has too many operands: it takes [NAME [RANGE]]; see plugctl route --help"),
        (["route", "a", "--follow"], "--follow changes one route: name its NAME and RANGE; see plugctl route --help"),
        (
            ["route", "a", "*", "--fix", "1.0.0", "--follow"],
            "route makes one change per call, not --fix and --follow; see plugctl route --help"
        ),
        (
            ["route", "a", "*", "--label", "x=1.0.0", "--label", "y=1.0.0"],
            "route makes one change per call, not --label and --label; see plugctl route --help"
        ),
        (["route", "a", "*", "--label", "x"], #"--label takes LABEL=VERSION: "x" is none; see plugctl route --help"#),
        (
            ["route", "a", "*", "--canary", "1.0.0"],
            #"--canary takes VERSION=PERCENT: "1.0.0" is none; see plugctl route --help"#
        ),
        (
            ["route", "a", "*", "--canary", "1.0.0=2.555"],
            #""2.555" is no share: it is 0 to 100 percent, with up to two decimals; see plugctl route --help"#
        ),
        (
            ["route", "a", "*", "--canary", "1.0.0=100.01"],
            #""100.01" is no share: it is 0 to 100 percent, with up to two decimals; see plugctl route --help"#
        ),
        (
            ["route", "a", "*", "--canary", "1.0.0=+5"],
            #""+5" is no share: it is 0 to 100 percent, with up to two decimals; see plugctl route --help"#
        ),
        (
            ["route", "a", "*", "--fix", "one"],
            #""one" is no semantic version: expected a digit at byte 0; see plugctl route --help"#
        ),
        (["swap", "greeter"], "swap needs a FILE, or a version: greeter@VERSION; see plugctl swap --help"),
        (
            ["unload", "greeter@1.x"],
            #""1.x" is no semantic version: expected a digit at byte 2; see plugctl unload --help"#
        ),
        (
            ["compare", "a.so", "b.so", "--declared", "1.3.0..1.2.0"],
            #"--declared: "1.3.0..1.2.0" is no step of versions: write the older version first; see plugctl compare --help"#
        ),
        (
            ["compare", "a.so", "b.so", "--format", "xml"],
            #"--format has no "xml": it is text or json or github; see plugctl compare --help"#
        ),
        (["completions", "bsh"], #"no completions for "bsh": did you mean "bash"? See plugctl completions --help"#),
        (["\u{1b}[31m"], #"no command "\u{1b}[31m"; see plugctl --help"#),
    ])
    func mistakes(arguments: [String], sentence: String) throws {
        let result = try Plugctl.run(arguments)
        #expect(result.stderr == "error[usage]: \(sentence)\n")
        #expect(result.stdout.isEmpty && result.exitCode == 2)
    }

    @Test func mistakesAsJSON() throws {
        let result = try Plugctl.run("laod", "--json")
        #expect(
            result.stdout
                == #"{"error":{"code":"usage","exit":2,"message":"no command \"laod\": did you mean \"load\"? See plugctl --help"}}"#
                + "\n")
        #expect(result.exitCode == 2)
    }

    @Test(arguments: [
        ["list"], ["load", "x.so"], ["swap", "a", "x.so"], ["swap", "--together", "a=x.so"], ["revert", "a"],
        ["commit", "a"], ["route"], ["route", "a", "*", "--follow"], ["unload", "a"], ["call", "a", "b"],
    ])
    func noHost(arguments: [String]) throws {
        let result = try Plugctl.run(arguments)
        #expect(result.stderr.hasPrefix("error[control.unreachable]: no host answers: cannot connect to /nonexistent"))
        #expect(result.stdout.isEmpty && result.exitCode == 5)
    }

    @Test func bashCompletes() throws {
        let script = try Plugctl.run("completions", "bash").stdout
        func complete(_ words: String) throws -> [Substring] {
            let count = words.split(separator: " ", omittingEmptySubsequences: false).count
            let line = words.hasSuffix(" ") ? words + "''" : words
            let program = """
                \(script)
                COMP_WORDS=(\(line)); COMP_CWORD=\(count - 1); _plugctl; echo "${COMPREPLY[@]}"
                """
            let result = try Command.run(["bash", "-c", program])
            #expect(result.stderr.isEmpty)
            return result.stdout.split(whereSeparator: \.isWhitespace)
        }
        #expect(try complete("plugctl un") == ["unload"])
        #expect(try complete("plugctl --so") == ["--socket"])
        #expect(try complete("plugctl --socket x li") == ["list"])
        #expect(try complete("plugctl list --a") == ["--all"])
        #expect(try complete("plugctl completions z").contains("zsh"))
        #expect(try complete("plugctl rev") == ["revert"])
        #expect(try complete("plugctl route --can") == ["--canary"])
        #expect(try complete("plugctl swap a b --on-drain-timeout re") == ["resident", "revert"])
    }

    @Test(arguments: ["zsh", "fish"])
    func otherShellsHaveScripts(shell: String) throws {
        let script = try Plugctl.run("completions", shell)
        for command in ["serve", "unload", "inspect"] { #expect(script.stdout.contains(command)) }
        #expect(script.exitCode == 0 && script.stderr.isEmpty)
    }
}
