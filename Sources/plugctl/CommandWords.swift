import Compatibility

/// A command line sorted into command, options and operands; every option is one that the grammar knows.
struct CommandWords {
    private(set) var command: CommandGrammar?
    private(set) var operands: [String] = []
    /// `--help` was met; nothing behind it was looked at.
    private(set) var asksForHelp = false
    private var options: [(name: String, value: String?)] = []

    /// Sorts the words: `--` ends the options, `--name=value` and `--name value` are the same, `-` is an operand.
    init(_ arguments: [String]) throws(UsageError) {
        var rest = arguments[...]
        var optionsHaveEnded = false
        while let word = rest.popFirst() {
            if word == "--" && !optionsHaveEnded {
                optionsHaveEnded = true
            } else if word.hasPrefix("-") && word != "-" && !optionsHaveEnded {
                try takeOption(word, &rest)
                if asksForHelp { return }
            } else if command == nil {
                try takeCommand(word)
            } else {
                operands.append(word)
            }
        }
    }

    func has(_ name: String) -> Bool { options.contains { $0.name == name } }

    /// The last value given.
    func value(_ name: String) -> String? { values(name).last }

    func values(_ name: String) -> [String] { options.filter { $0.name == name }.compactMap(\.value) }

    /// Those of `names` that were given, in their order, as often as they were.
    func given(of names: [String]) -> [String] { options.map(\.name).filter(names.contains) }

    /// The long form of a short option, whose value may follow at once: `--define=N=1` for `-DN=1`.
    private static func long(_ word: String) -> String {
        let names = ["-h": "--help", "-o": "--output", "-I": "--include", "-D": "--define"]
        guard let name = names[String(word.prefix(2))] else { return word }
        return word.count == 2 ? name : name + "=" + word.dropFirst(2)
    }

    private mutating func takeCommand(_ word: String) throws(UsageError) {
        command = Grammar.command(word)
        guard command == nil else { return }
        throw UsageError(
            message: "no command \"\(printable(word))\""
                + suggestion(for: word, among: Grammar.commands.map(\.name.rawValue)),
            command: nil)
    }

    private mutating func takeOption(_ word: String, _ rest: inout ArraySlice<String>) throws(UsageError) {
        let parts = Self.long(word).split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(
            String.init)
        let name = parts[0]
        let known = Grammar.globalOptions + (command?.options ?? [])
        guard let option = known.first(where: { $0.name == name }) else {
            let place = command.map { "\($0.name.rawValue) has no option" } ?? "no option"
            throw UsageError(
                message: "\(place) \"\(printable(name))\"" + suggestion(for: name, among: known.map(\.name)),
                command: command?.name.rawValue)
        }
        if name == "--help" { asksForHelp = true }
        guard option.value != nil else {
            guard parts.count == 1 else {
                throw UsageError(message: "\(name) takes no value", command: command?.name.rawValue)
            }
            options.append((name, nil))
            return
        }
        guard let value = parts.count > 1 ? parts[1] : rest.popFirst(), !value.isEmpty else {
            throw UsageError(
                message: "\(name) needs a value: \(name) \(option.value ?? "")", command: command?.name.rawValue)
        }
        guard option.choices.isEmpty || option.choices.contains(value) else {
            throw UsageError(
                message: "\(name) has no \"\(printable(value))\""
                    + suggestion(
                        for: value, among: option.choices,
                        otherwise: "it is \(option.choices.joined(separator: " or "))"),
                command: command?.name.rawValue)
        }
        options.append((name, value))
    }
}

/// ": did you mean …?" where something near is known, else `otherwise` behind a colon.
func suggestion(for word: String, among known: [String], otherwise: String = "") -> String {
    if let nearest = NearestName.nearest(to: word, among: known) { return ": did you mean \"\(nearest)\"?" }
    return otherwise.isEmpty ? "" : ": \(otherwise)"
}
