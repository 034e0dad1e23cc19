import Compatibility
import Glibc
import TestSupport
import Testing

/// Every bad plugin with the whole text of its refusal, compared with `Tests/Fixtures/refusals.txt`.
///
/// After a change of texts: `SWITCHBOARD_REWRITE=1 swift test --filter BadPluginTests` writes the file anew; read its
/// difference as an author of plugins would.
@Suite struct BadPluginTests {
    @Test(arguments: BadPlugin.all) func isRefusedInTheseWords(_ plugin: BadPlugin) throws {
        let report = try plugin.report()
        #expect(!report.isAdmissible)
        #expect(report.refusals.allSatisfy { !$0.statement.isEmpty && !$0.remedy.isEmpty && !$0.plugin.isEmpty })
        #expect(try Refusals.text(of: report) == Refusals.sections.get()[plugin.name])
    }

    @Test func everySectionHasItsPlugin() throws {
        let names = BadPlugin.all.map(\.name)
        #expect(Set(names).count == names.count)
        #expect(Set(try Refusals.sections.get().keys) == Set(names))
        #expect(names.count >= 60)
    }

    /// What is damaged is sound before, so that each damage is what is refused.
    @Test func theDamagedFileIsSoundBefore() throws {
        let sound = BadPlugin(name: "none") { try $0.write(try BadPlugin.soundFile(), to: "sound.so") }
        #expect(try sound.report().refusals == [])
    }

    /// A gate that can refuse and that no bad plugin shows doing so is one that nobody has seen working.
    @Test func everyCodeThatRefusesHasABadPlugin() throws {
        let shown = Set(
            try Refusals.sections.get().values.flatMap { section in
                section.split(separator: "\n").filter { !$0.hasPrefix(" ") }.map(String.init)
            })
        #expect(shown.isSubset(of: GatePolicy.codes), "a code that no gate has")
        #expect(shown.isDisjoint(with: Self.neverRefusing), "it refuses after all")
        #expect(Set(GatePolicy.codes).subtracting(shown).subtracting(Self.neverRefusing) == [])
    }

    /// Codes that at most warn or note, whatever the plugin is.
    private static let neverRefusing: Set<String> = [
        "contract.snapshot", "elf.constructors", "elf.ifunc", "elf.nodelete", "elf.unique", "exports.undeclared",
        "imports.keys",
        "imports.signals", "imports.threads", "manifest.unknown-key", "needed.shadowed",
        "swift.module", "swift.static-runtime", "symbols.interposed",
    ]
}

/// The file of expected texts: per plugin a heading `== name`, then its refusals.
private enum Refusals {
    static let path = "\(Fixture.sourceFolder)/refusals.txt"

    /// The texts by the plugins' names, rewritten before they are read where the environment says so.
    static let sections: Result<[String: String], any Error> = Result {
        if getenv("SWITCHBOARD_REWRITE") != nil { try rewrite() }
        var sections: [String: String] = [:]
        var name: String?
        for line in String(decoding: try readFile(path), as: UTF8.self).split(
            separator: "\n", omittingEmptySubsequences: false)
        {
            if line.hasPrefix("== ") {
                name = String(line.dropFirst(3))
                sections[name ?? ""] = ""
            } else if let name, !line.isEmpty {
                sections[name, default: ""] += line + "\n"
            }
        }
        return sections
    }

    /// All refusals as a person reads them: what each gate saw, what the host has, why that is refused, what to do.
    static func text(of report: GateReport) throws -> String {
        let text = report.refusals.map { finding in
            "\(finding.code)\n    plugin  \(finding.plugin)\n"
                + (finding.host.isEmpty ? "" : "    host    \(finding.host)\n")
                + "    why     \(finding.statement)\n    do      \(finding.remedy)\n"
        }
        return try normalised(
            text.joined(), in: report.path.split(separator: "/").dropLast().map { "/" + $0 }.joined())
    }

    private static func rewrite() throws {
        var text = """
            The whole text of each refusal, one section per bad plugin of Tests/PluginHostTests/BadPluginTests.swift, which also
            says how to write this file anew. <clang> stands for the version of the clang that built the test, and
            <the linker's folders> for where it looks for libraries, <folder> for where the file lies.

            """
        for plugin in BadPlugin.all { text += "\n== \(plugin.name)\n\(try self.text(of: plugin.report()))" }
        guard let file = fopen(path, "w") else { throw TestSupportError("fopen \(path): errno \(errno)") }
        defer { fclose(file) }
        fputs(text, file)
    }

    /// What differs between machines that build this: the compiler's version, in its long and its short form, and where
    /// the system has its libraries and the test its files.
    private static func normalised(_ text: String, in folder: String) throws -> String {
        let text = replaced(text, folder, by: "<folder>")
        let clang = try HostFacts.current().clangVersion
        let short = clang.split(separator: " ").first.map(String.init) ?? clang
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false).map { line -> String in
            let parts = line.split(separator: " none of: ", maxSplits: 1)
            if let end = line.firstRange(of: " left"), line.contains("bytes"),
                let number = line[..<end.lowerBound].split(separator: " ").last(where: { Int($0) != nil })
            {
                return String(line.replacing(" \(number) ", with: " <so many> "))
            }
            return parts.count == 2 ? parts[0] + " none of: <the linker's folders>" : String(line)
        }
        let plain = replaced(lines.joined(separator: "\n"), clang, by: "<clang>")
        return replaced(plain, "clang \(short)", by: "clang <clang>")
    }

    private static func replaced(_ text: String, _ old: String, by new: String) -> String {
        text.split(separator: old, omittingEmptySubsequences: false).joined(separator: new)
    }
}
