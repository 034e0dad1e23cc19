/// The texts behind `--help`, from the grammar.
enum HelpText {
    /// The help of one command, or of all.
    static func text(of command: String?) -> String {
        guard let command = command.flatMap(Grammar.command) else { return overview }
        let operands = command.operands.isEmpty ? "" : " " + command.operands
        var lines = [
            "plugctl \(command.name.rawValue): \(command.summary)", "",
            "usage: plugctl \(command.name.rawValue)\(operands) [options]",
        ]
        lines += ["", command.story]
        if !command.options.isEmpty { lines += ["", "options:"] + rows(command.options) }
        if !command.details.isEmpty { lines += [""] + command.details }
        lines += ["", "everywhere:"] + rows(Grammar.globalOptions)
        lines += ["", command.examples.count == 1 ? "example:" : "examples:"]
        lines += command.examples.map { "  " + $0 }
        return lines.joined(separator: "\n") + "\n"
    }

    private static var overview: String {
        let width = Grammar.commands.map(\.name.rawValue.count).max() ?? 0
        var lines = [
            "plugctl: load, call and swap plugins in a running host", "", "usage: plugctl COMMAND [options]", "",
        ]
        lines += ["commands (plugctl COMMAND --help tells more):"]
        lines += Grammar.commands.map { "  \(padded($0.name.rawValue, to: width))  \($0.summary)" }
        lines += ["", "options:"] + rows(Grammar.globalOptions)
        lines += [
            "", "exit codes:",
            "  0 done   1 failure   2 usage   3 refused by the gates   4 not found   5 no host   6 plugin failed",
            "  7 timed out", "",
            "example:", "  plugctl call ./greeter.so greet World",
        ]
        return lines.joined(separator: "\n") + "\n"
    }

    private static func rows(_ options: [OptionGrammar]) -> [String] {
        let heads = options.map { option in option.value.map { "\(option.name) \($0)" } ?? option.name }
        let width = heads.map(\.count).max() ?? 0
        return zip(heads, options).map { "  \(padded($0, to: width))  \($1.summary)" }
    }
}

/// `text` with blanks behind it, `width` characters at least.
func padded(_ text: String, to width: Int) -> String {
    text + String(repeating: " ", count: max(0, width - text.count))
}
