import Glibc
import TestSupport
import Testing

/// manifest-tool as a build runs it: what it says, and the note that the compiler makes of what it writes.
struct ManifestToolTests {
    private static let good = "name = a\nversion = 1.0.0\nexport = f\n"

    @Test(arguments: [
        (
            "name = a\nversion = 1.0\nexport = f\n", 2,
            "\"1.0\" is no semantic version: expected a dot and the patch number at byte 3"
        ),
        (
            "name = a\nversion = 1.0.0\nexport f\n", 3,
            "\"export f\" has no \"=\": write key = value, or start a comment with #"
        ),
        (good + "\n  abi = 0.1\n", 5, "abi is filled in by the build: delete the line"),
        (good + "toolchain = swift 6.3.1", 4, "toolchain is filled in by the build: delete the line"),
        ("", 1, "no name is given: add name = your-plugin"),
    ])
    func complainsAsACompilerDoes(text: String, line: Int, complaint: String) throws {
        let folder = try TemporaryFolder()
        let manifest = try folder.write(text, to: "plugin.manifest")
        let run = try Self.run(manifest, folder.file("Note.swift"))
        #expect(run.stderr == "\(manifest):\(line): error: \(complaint)\n")
        #expect(run.exitCode == 1)
    }

    @Test func warnsOfAKeyThatNoHostKnows() throws {
        let folder = try TemporaryFolder()
        let manifest = try folder.write(Self.good + "exprt = g\n", to: "plugin.manifest")
        let run = try Self.run(manifest, folder.file("Note.swift"))
        #expect(run.stderr == "\(manifest):4: warning: no host of this ABI knows the key 'exprt'\n")
        #expect(run.exitCode == 0)
    }

    @Test func refusesAManifestThatNoNoteCanHold() throws {
        let folder = try TemporaryFolder()
        let manifest = try folder.write(Self.manifest(ofSize: 16_384), to: "plugin.manifest")
        let run = try Self.run(manifest, folder.file("Note.swift"))
        #expect(run.stderr == "\(manifest):1: error: the manifest has 16384 bytes, the limit is 16383: shorten it\n")
        #expect(run.exitCode == 1)
    }

    /// With the lines filled in, 16,340 bytes take all four `InlineArray`s that a note may need, and 4,064 leave the second
    /// one a few bytes; an author's last line may lack its newline.
    @Test(arguments: [manifest(ofSize: 16_340), manifest(ofSize: 4_064), good, String(good.dropLast())])
    func theNoteIsOnePieceAndHoldsTheWholeText(text: String) throws {
        let folder = try TemporaryFolder()
        let manifest = try folder.write(text, to: "plugin.manifest")
        let source = folder.file("Note.swift"), object = folder.file("plugin.so")
        #expect(try Self.run(manifest, source).exitCode == 0)
        let compiler = try Command.run([
            "swiftc", "-O", "-parse-as-library", "-strict-memory-safety", "-warnings-as-errors", "-emit-library",
            "-module-name", "Noted", source, "-o", object,
        ])
        #expect(compiler.exitCode == 0, "\(compiler.stderr)")
        let notes = try Command.run(["readelf", "--notes", "--wide", object])
        #expect(notes.stderr == "")
        #expect(notes.stdout.ranges(of: "Switchboard").count == 1)
        let lineEnd = text.hasSuffix("\n") ? "" : "\n"
        let file = String(decoding: try readFile(object), as: UTF8.self)
        #expect(file.contains(text + lineEnd + "abi = 0.1\ntoolchain = swift "))
    }

    /// A manifest of exactly so many bytes, most of them in comments.
    private static func manifest(ofSize size: Int) -> String {
        var text = good
        while text.utf8.count < size {
            text += "#" + String(repeating: "x", count: min(98, size - text.utf8.count - 2)) + "\n"
        }
        return text
    }

    private static func run(_ manifest: String, _ source: String) throws -> Command {
        // Beside the test program, whose own path the kernel knows.
        var buffer = [CChar](repeating: 0, count: 4096)
        let count = readlink("/proc/self/exe", &buffer, buffer.count)
        let program = String(decoding: buffer[..<max(count, 0)].map(UInt8.init(bitPattern:)), as: UTF8.self)
        return try Command.run([
            program.split(separator: "/").dropLast().map { "/" + $0 }.joined() + "/manifest-tool", manifest, source,
        ])
    }
}
