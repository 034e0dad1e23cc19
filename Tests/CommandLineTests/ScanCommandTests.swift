import FoundationEssentials
import Glibc
import TestSupport
import Testing

/// `scan`, over many files and over bad ones.
@Suite struct ScanCommandTests {
    private let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
    }

    /// Fifty files of one build, each with a version of its own in its bytes.
    @Test func manyPluginsAreShownNewestFirst() throws {
        let bytes = try readFile(greeter("1.0.10", into: folder))
        unlink(folder.file("greeter-1.0.10.so"))
        let place = try #require(bytes.indices.first { bytes[$0...].starts(with: Array("version = 1.0.10".utf8)) })
        for number in 10..<60 {
            var copy = bytes
            copy.replaceSubrange((place + 14)..<(place + 16), with: Array("\(number)".utf8))
            try folder.write(copy, to: "greeter-\(number % 7)-\(number).so")
        }
        let scanned = try Plugctl.run("scan", folder.path)
        let rows = scanned.stdout.split(separator: "\n").dropFirst().map { $0.split(separator: " ") }
        #expect(rows.map { String($0[1]) } == (10..<60).reversed().map { "1.0.\($0)" })
        #expect(rows.allSatisfy { $0[0] == "greeter" && $0[2] == "admissible" })
        #expect(scanned.exitCode == 0 && scanned.stderr.isEmpty, "no counter where no terminal is")
    }

    /// Written piece by piece, and one JSON array all the same, in the order of the table.
    @Test func forProgramsThereIsOneArray() throws {
        #expect(try Plugctl.run("scan", folder.path, "--json").stdout == "[]\n")
        let files = try ["1.0.0", "1.1.0"].map { try greeter($0, into: folder) }
        let bad = try Fixture.build(.file("refused_version.c"), named: "bad", into: folder)
        let scanned = try Plugctl.run("scan", folder.path, "--json")
        #expect(scanned.stdout.hasSuffix("}]\n") && scanned.stdout.split(separator: "\n").count == 1)
        let found = try JSONDecoder().decode([Found].self, from: Data(scanned.stdout.utf8))
        #expect(found.map(\.file) == [files[1], files[0], bad])
        #expect(found.map(\.version).prefix(2) == ["1.1.0", "1.0.0"])
        #expect(found.map(\.admissible) == [true, true, false])
    }

    private struct Found: Decodable {
        var file: String
        var version: String?
        var admissible: Bool
    }

    /// A plugin whose copying broke off would be missed only when it is called.
    @Test func brokenSharedObjectsAreNotPassedOverSilently() throws {
        let good = try greeter("1.0.0", into: folder)
        let bytes = try readFile(good)
        let cut = try folder.write(Array(bytes.prefix(300)), to: "cut.so.1.2")
        let plain = try Fixture.build("int foreign;", named: "foreign", into: folder)
        try folder.write(Array(bytes.prefix(300)), to: "no-name-of-ours")
        try folder.write("INPUT(libx.so)", to: "script.so")
        try folder.write("", to: "empty.so")
        let scanned = try Plugctl.run("scan", folder.path)
        #expect(scanned.stdout.split(separator: "\n").count == 2 && scanned.exitCode == 0)
        let line = "1 file without a manifest, 1 unreadable: \(cut), \(plain)\n"
        #expect(scanned.stderr == line)
        let host = try RunningHost("--plugins", folder.path)
        #expect(host.greeting.hasSuffix(", 1 plugin loaded"))
        #expect(try host.standardError() == line)
        #expect(host.end() == 0)
    }

    @Test func aForeignLibraryWithASidecarIsAPlugin() throws {
        let library = try Fixture.build(
            "__attribute__((visibility(\"default\"))) int answer(void) { return 42; }", named: "libforeign",
            into: folder)
        rename(library, folder.file("libforeign.so.3"))
        try folder.write("name = foreign\nversion = 3.1.0\nexport = answer\n", to: "libforeign.so.3.manifest")
        let scanned = try Plugctl.run("scan", folder.path)
        let row = scanned.stdout.split(separator: "\n").last?.split(separator: " ").map(String.init)
        #expect(row == ["foreign", "3.1.0", "admissible", folder.file("libforeign.so.3")])
        #expect(scanned.stderr.isEmpty)
        let inspected = try Plugctl.run("inspect", folder.file("libforeign.so.3"))
        #expect(
            inspected.stdout.contains(
                "manifest of \(folder.file("libforeign.so.3")).manifest\n    name = foreign\n    version = 3.1.0\n"))
    }

    /// On a terminal the files are counted, and the counter is erased before the result stands there.
    @Test(.enabled("script(1) of util-linux makes a terminal") { access("/usr/bin/script", X_OK) == 0 })
    func aTerminalSeesACounterThatGoesAway() throws {
        _ = try greeter("1.0.0", into: folder)
        let command = "\(Plugctl.path) scan \(folder.path) 2>&1 >/dev/null"
        let seen = try Command.run(
            ["script", "-qec", command, "/dev/null"], environment: ["TERM": "xterm", "NO_COLOR": ""])
        #expect(seen.stdout == "\r0 of 2 files\r\u{1b}[K")
        let plain = try Command.run(
            ["script", "-qec", command, "/dev/null"], environment: ["TERM": "xterm", "NO_COLOR": "1"])
        #expect(plain.stdout.isEmpty)
    }
}
