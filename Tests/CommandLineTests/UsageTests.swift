import TestSupport
import Testing

@Suite struct UsageTests {
    @Test func helpOfOneCommand() throws {
        let help = try Plugctl.run("swap", "--help")
        #expect(
            help.stdout == """
                plugctl swap: put a new version in front while calls are running

                usage: plugctl swap NAME FILE | NAME@VERSION [options]

                If the new version does not start, the old one keeps serving.

                everywhere:
                  --socket PATH  the host's socket (else $SWITCHBOARD_SOCKET, else the user's own host)
                  --json         one JSON value on standard output, keys sorted
                  --help         this text
                  --version      the version of plugctl and of the plugin ABI

                examples:
                  plugctl swap greeter ./greeter-1.1.so
                  plugctl swap greeter@1.0.0

                """)
        #expect(help.exitCode == 0 && help.stderr.isEmpty)
    }

    @Test(arguments: [
        "serve", "load", "swap", "unload", "list", "call", "inspect", "check", "scan", "facts", "completions",
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
        (["swap", "greeter"], "swap needs a FILE, or a version: greeter@VERSION; see plugctl swap --help"),
        (
            ["unload", "greeter@1.x"],
            #""1.x" is no semantic version: expected a digit at byte 2; see plugctl unload --help"#
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

    @Test(arguments: [["list"], ["load", "x.so"], ["swap", "a", "x.so"], ["unload", "a"], ["call", "a", "b"]])
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
    }

    @Test(arguments: ["zsh", "fish"])
    func otherShellsHaveScripts(shell: String) throws {
        let script = try Plugctl.run("completions", shell)
        for command in ["serve", "unload", "inspect"] { #expect(script.stdout.contains(command)) }
        #expect(script.exitCode == 0 && script.stderr.isEmpty)
    }
}
