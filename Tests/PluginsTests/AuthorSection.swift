import TestSupport

/// The README's section for authors of plugins, taken apart: its files, its commands, and its workflow.
struct AuthorSection {
    /// Its fenced blocks in their order.
    let blocks: [Block]

    struct Block {
        /// `c`, `sh`, `console`, `yaml`.
        let language: String
        /// Without the fences, with a newline at the end.
        let text: String

        /// The file that the block is, where its first line says so: `/* greeter.h: … */`, `# build: …`.
        var fileName: String? {
            guard language == "c" || language == "sh", let line = text.split(separator: "\n").first,
                let match = line.wholeMatch(of: /(?:\/\*|#) ([A-Za-z0-9._-]+): .*/)
            else { return nil }
            return String(match.1)
        }

        /// A command after each `$ `, and what is printed below it.
        var dialogue: [(command: String, output: String)] {
            var result: [(command: String, output: String)] = []
            for line in text.split(separator: "\n", omittingEmptySubsequences: false).dropLast() {
                if line.hasPrefix("$ ") {
                    result.append((String(line.dropFirst(2)), ""))
                } else if !result.isEmpty {
                    result[result.count - 1].output += line + "\n"
                }
            }
            return result
        }

        /// The steps of a workflow that run commands, by their names.
        var steps: [(name: String, commands: String)] {
            var result: [(name: String, commands: String)] = []
            var isInside = false
            for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
                if line.hasPrefix("      - name: ") {
                    result.append((String(line.dropFirst(14)), ""))
                } else if line.hasPrefix("        run: ") {
                    let value = line.dropFirst(13)
                    isInside = value == "|"
                    if !isInside { result[result.count - 1].commands = Self.unquoted(value) + "\n" }
                } else if isInside && line.hasPrefix("          ") {
                    result[result.count - 1].commands += line.dropFirst(10) + "\n"
                } else {
                    isInside = false
                }
            }
            return result
        }

        /// The job's variables that are plain values.
        var variables: [String: String] {
            var result: [String: String] = [:]
            for line in text.split(separator: "\n") {
                guard let match = line.wholeMatch(of: #/      ([A-Z]+): ([^$]+)/#) else { continue }
                result[String(match.1)] = String(match.2)
            }
            return result
        }

        /// YAML's single quotes: '' within is one.
        private static func unquoted(_ value: Substring) -> String {
            guard value.count >= 2, value.hasPrefix("'"), value.hasSuffix("'") else { return String(value) }
            return String(value.dropFirst().dropLast()).replacing("''", with: "'")
        }
    }

    static let repository = #filePath.split(separator: "/", omittingEmptySubsequences: false).dropLast(3)
        .joined(separator: "/")

    init() throws {
        let readme = String(decoding: try readFile(Self.repository + "/README.md"), as: UTF8.self)
        let section = readme.split(separator: "\n## ").first { $0.hasPrefix("A plugin\n") }
        guard let section else { throw TestSupportError("README.md has no section \"A plugin\"") }
        // Text and blocks take turns.
        let parts = section.split(separator: "```", omittingEmptySubsequences: false)
        blocks = parts.enumerated().filter { $0.offset % 2 == 1 }.map { _, part in
            let lines = part.split(separator: "\n", maxSplits: 1, omittingEmptySubsequences: false)
            return Block(language: String(lines[0]), text: lines.count > 1 ? String(lines[1]) : "")
        }
    }

    /// The one workflow.
    func workflow() throws -> Block {
        guard let block = blocks.first(where: { $0.language == "yaml" }) else {
            throw TestSupportError("the author section has no workflow")
        }
        return block
    }
}

/// A shell in an author's folder: this checkout as SWITCHBOARD, the plugctl that was built with the tests on PATH, and git
/// without anybody's settings.
struct AuthorShell {
    let folder: String
    var variables: [String: String] = [:]

    /// Runs commands as a script that ends with the first failure; both outputs in one.
    func run(_ commands: String, shell: [String] = ["bash", "-euo", "pipefail"]) throws -> Command {
        let plugctl = BuiltProgram.path("plugctl")
        let programs = plugctl.split(separator: "/").dropLast().map { "/" + $0 }.joined()
        let who = ["NAME": "author", "EMAIL": "author@localhost"]
        var environment = [
            "SWITCHBOARD": AuthorSection.repository, "PLUGCTL": plugctl, "GIT_CONFIG_GLOBAL": "/dev/null",
            "GIT_CONFIG_NOSYSTEM": "1",
        ]
        for role in ["AUTHOR", "COMMITTER"] { for (key, value) in who { environment["GIT_\(role)_\(key)"] = value } }
        return try Command.run(
            ["env", "-C", folder] + shell + ["-c", "exec 2>&1; PATH='\(programs)':$PATH\n" + commands],
            environment: environment.merging(variables) { $1 })
    }
}
