import TestSupport
import Testing

/// The pairs of headers, built into libraries with debug information, as libabigail's `abidiff` sees them.
///
/// The table was measured with abidiff 2.2; others weigh some changes otherwise.
@Suite(
    .enabled("abidiff 2.2 is not installed: apt-get install abigail-tools (of Debian 12)") {
        (try? Command.run(["abidiff", "--version"]))?.stdout.hasPrefix("abidiff: 2.2") ?? false
    }
)
struct AbidiffTests {
    static let pairs = HeaderPair.all.filter { $0.abidiff != nil }

    @Test(arguments: pairs, [Fixture.Compiler.clang, .gcc])
    func exitsAsTheTableSays(pair: HeaderPair, compiler: Fixture.Compiler) throws {
        let folder = try TemporaryFolder()
        let old = try Self.build(pair.old, named: "old", compiler, into: folder)
        let new = try Self.build(pair.new, named: "new", compiler, into: folder)
        let verdict = try Command.run(["abidiff", old, new])
        #expect(verdict.exitCode == pair.abidiff, "\(verdict.stdout)\(verdict.stderr)")
    }

    private static func build(
        _ header: String, named name: String, _ compiler: Fixture.Compiler, into folder: TemporaryFolder
    ) throws -> String {
        let lines = header.split(separator: "\n").map { line in
            let isFunction = line.hasSuffix(");") && line.first?.isLetter == true && !line.hasPrefix("typedef")
            return isFunction ? line.dropLast() + " { __builtin_trap(); }" : line
        }
        return try Fixture.build(
            .text(lines.joined(separator: "\n") + "\n"), named: name, compiler: compiler,
            flags: ["-g", "-fvisibility=default", "-w"], into: folder)
    }
}
