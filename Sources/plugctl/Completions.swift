/// Completion scripts, from the grammar.
enum Completions {
    static func script(for shell: Invocation.Shell) -> String {
        switch shell {
        case .bash: bash
        case .zsh: "#compdef plugctl\nautoload -U +X bashcompinit && bashcompinit\n" + bash
        case .fish: fish
        }
    }

    private static let commandNames = Grammar.commands.map(\.name.rawValue).joined(separator: " ")

    private static func options(_ command: CommandGrammar?) -> String {
        (Grammar.globalOptions + (command?.options ?? [])).map(\.name).joined(separator: " ")
    }

    /// zsh reads it too, through bashcompinit.
    private static var bash: String {
        var lines = [
            "_plugctl() {",
            "    local current=\"${COMP_WORDS[COMP_CWORD]}\" word command='' i",
            "    case \"${COMP_WORDS[COMP_CWORD - 1]}\" in",
        ]
        for option in Grammar.commands.flatMap(\.options) where !option.choices.isEmpty {
            let words = option.choices.joined(separator: " ")
            lines.append(
                "        \(option.name)) COMPREPLY=($(compgen -W '\(words)' -- \"$current\")); return ;;")
        }
        lines += [
            "    esac",
            "    for ((i = 1; i < COMP_CWORD; i++)); do",
            "        word=\"${COMP_WORDS[i]}\"",
            "        case \"$word\" in",
            "            --socket) ((i++)) ;;",
            "            -*) ;;",
            "            *) command=\"$word\"; break ;;",
            "        esac",
            "    done",
            "    local words",
            "    case \"$command\" in",
            "        '') words='\(commandNames) \(options(nil))' ;;",
        ]
        for command in Grammar.commands {
            let operands = [.completions: "bash zsh fish ", .policy: "check "][command.name] ?? ""
            lines.append("        \(command.name.rawValue)) words='\(operands)\(options(command))' ;;")
        }
        lines += [
            "    esac",
            "    COMPREPLY=($(compgen -W \"$words\" -- \"$current\"))",
            "    if [[ -n \"$command\" && \"$current\" != -* ]]; then",
            "        COMPREPLY+=($(compgen -f -- \"$current\"))",
            "    fi",
            "}",
            "complete -o filenames -F _plugctl plugctl",
        ]
        return lines.joined(separator: "\n") + "\n"
    }

    private static var fish: String {
        func line(_ option: OptionGrammar, _ condition: String) -> String {
            let choices = option.choices.isEmpty ? "" : " -f -a '\(option.choices.joined(separator: " "))'"
            let requiresValue = option.value == nil ? "" : " -r" + choices
            return
                "complete -c plugctl\(condition) -l \(option.name.dropFirst(2))\(requiresValue) -d '\(quoted(option.summary))'"
        }
        var lines = Grammar.globalOptions.map { line($0, "") }
        for command in Grammar.commands {
            lines.append(
                "complete -c plugctl -n __fish_use_subcommand -f -a \(command.name.rawValue) -d '\(quoted(command.summary))'"
            )
            lines += command.options.map { line($0, " -n '__fish_seen_subcommand_from \(command.name.rawValue)'") }
        }
        lines.append("complete -c plugctl -n '__fish_seen_subcommand_from completions' -f -a 'bash zsh fish'")
        lines.append("complete -c plugctl -n '__fish_seen_subcommand_from policy' -a 'check'")
        return lines.joined(separator: "\n") + "\n"
    }

    private static func quoted(_ text: String) -> String {
        text.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "\\'")
    }
}
