import Compatibility
import ELFReader
import Foundation
import Testing

struct PluginManifestTests {
    static let full = """
        # The spell checker.

        name = spell-check_2.x
        version = 1.4.0-rc.1+7
          export = check
        export=suggest message\r
        export = learn\t0123456789ABCDEF
        requires = dictionary ^2.1 || ^3
        requires = text-tools *
        provides = checker 1.4
        schema = 4294967295
        state = live-ok
        unload = clean
        x-homepage = https://example.org/?a=b
        abi = 0.1
        toolchain = swift 6.3.1
        """

    @Test func readsEveryKey() throws {
        let manifest = try PluginManifest(parsing: Self.full)
        #expect(manifest.name == "spell-check_2.x")
        #expect(manifest.version == "1.4.0-rc.1+7")
        #expect(manifest.exports.map(\.symbol) == ["check", "suggest", "learn"])
        #expect(manifest.exports.map(\.type) == [nil, .message, .contract("0123456789abcdef")])
        #expect(manifest.requires.map { "\($0.name) \($0.range)" } == ["dictionary ^2.1 || ^3", "text-tools *"])
        #expect(manifest.provides.map { "\($0.name) \($0.range)" } == ["checker 1.4"])
        #expect(manifest.schema == 4_294_967_295)
        #expect(manifest.savesStateWhileServing && manifest.vouchesForUnload)
        #expect(
            manifest.unknown.map { "\($0.line) \($0.key) \($0.value)" } == [
                "14 x-homepage https://example.org/?a=b"
            ])
        #expect(manifest.abi == ABIVersion(major: 0, minor: 1))
        #expect(manifest.toolchain?.description == "swift 6.3.1")
    }

    @Test func authorsTextNeedsNoABIAndNoToolchain() throws {
        let manifest = try PluginManifest(parsing: "name = a\nversion = 1.0.0\n")
        #expect(manifest.abi == nil && manifest.toolchain == nil && manifest.schema == nil)
        #expect(!manifest.savesStateWhileServing && !manifest.vouchesForUnload)
    }

    @Test func paddingIsIgnored() throws {
        let padded = Array("name = a\nversion = 1.0.0\n".utf8) + [UInt8](repeating: 0, count: 4000)
        #expect(try PluginManifest(parsing: padded).version == "1.0.0")
    }

    @Test func surviveJSON() throws {
        let manifest = try PluginManifest(parsing: Self.full)
        #expect(try JSONDecoder().decode(PluginManifest.self, from: JSONEncoder().encode(manifest)) == manifest)
    }

    /// Lines that follow `name = a` and `version = 1.0.0`, and the whole error.
    static let refused: [(String, String)] = [
        ("hello", "line 3: \"hello\" has no \"=\": write key = value, or start a comment with #"),
        ("= x", "line 3: \"\" is no key: write a key of lower-case letters, digits, dots and hyphens before the \"=\""),
        (
            "Name = x",
            "line 3: \"Name\" is no key: write a key of lower-case letters, digits, dots and hyphens before the \"=\""
        ),
        (
            "a b = x",
            "line 3: \"a b\" is no key: write a key of lower-case letters, digits, dots and hyphens before the \"=\""
        ),
        ("schema =", "line 3: schema has no value: write one, or drop the line"),
        ("name = b", "line 3: name is given twice, first in line 1: keep one of them"),
        (
            "abi = 0.1\n\nabi = 0.1",
            "line 5: abi is given twice, first in line 3: leave it out, it is filled in by the macro or the tool"
        ),
        (
            "toolchain = x\ntoolchain = y",
            "line 4: toolchain is given twice, first in line 3: leave it out, it is filled in by the macro or the tool"
        ),
        ("schema = -1", "line 3: schema cannot be \"-1\": write a number from 0 to 4294967295"),
        ("schema = +1", "line 3: schema cannot be \"+1\": write a number from 0 to 4294967295"),
        ("schema = 4294967296", "line 3: schema cannot be \"4294967296\": write a number from 0 to 4294967295"),
        ("state = live", "line 3: state cannot be \"live\": write state = live-ok, or drop the line"),
        ("unload = yes", "line 3: unload cannot be \"yes\": write unload = clean, or drop the line"),
        ("abi = 1", "line 3: abi cannot be \"1\": leave the line out, it is filled in by the macro or the tool"),
        (
            "abi = 0.100000",
            "line 3: abi cannot be \"0.100000\": leave the line out, it is filled in by the macro or the tool"
        ),
        (
            "export = 2fast",
            "line 3: \"2fast\" is no C identifier: write export = symbol, with at most 255 letters, digits and underscores"
        ),
        (
            "export = a-b",
            "line 3: \"a-b\" is no C identifier: write export = symbol, with at most 255 letters, digits and underscores"
        ),
        (
            "export = add text",
            "line 3: \"text\" is no type of an export: write export = add, export = add message, or the contract's 16 hex digits"
        ),
        (
            "export = add 0123456789abcde",
            "line 3: \"0123456789abcde\" is no type of an export: write export = add, export = add message, or the contract's 16 hex digits"
        ),
        (
            "export = add message now",
            "line 3: \"message now\" is no type of an export: write export = add, export = add message, or the contract's 16 hex digits"
        ),
        ("export = add\nexport = add message", "line 4: add is exported twice: keep one of them"),
        (
            "export = swb_start",
            "line 3: swb_start is a lifecycle function: drop the line, the host finds it by its name"
        ),
        ("requires = sums", "line 3: sums has no range: write requires = sums ^1.0, or * for any version"),
        (
            "requires = ../x ^1",
            "line 3: \"../x\" is no name of a plugin: write 1 to 64 letters, digits and ._- that start with a letter or a digit"
        ),
        (
            "provides = sums one",
            "line 3: \"one\" is no version range: expected a number, \"x\" or \"*\" at byte 0: write provides = sums ^1.0 for one"
        ),
        (
            "requires = sums ^1\nrequires = sums ^2",
            "line 4: requires names sums twice: write one line with both ranges"
        ),
        ("x = a\u{1b}[2Jb", "line 3: holds the control character U+1b: remove it"),
        ("x = a\0b", "line 3: holds the control character U+0: remove it"),
        ("# a\rb", "line 3: holds the control character U+d: remove it"),
        ("x = \(String(repeating: "y", count: 1025))", "line 3: x has 1025 bytes, the limit is 1024: shorten it"),
    ]

    @Test(arguments: refused)
    func refusesWithLineAndRemedy(_ lines: String, _ description: String) {
        let error = #expect(throws: ManifestError.self) {
            try PluginManifest(parsing: "name = a\nversion = 1.0.0\n\(lines)\n")
        }
        #expect(error?.description == description)
    }

    @Test(arguments: [
        ("", "no name is given: add name = your-plugin"), ("# nothing", "no name is given: add name = your-plugin"),
        ("name = a", "no version is given: add version = 1.0.0"),
        (String(repeating: "#", count: 16_385), "the manifest has 16385 bytes, the limit is 16384: shorten it"),
    ])
    func refusesTheWholeText(_ text: String, _ description: String) {
        let error = #expect(throws: ManifestError.self) { try PluginManifest(parsing: text) }
        #expect(error?.description == description)
        #expect(error?.line == nil)
    }

    @Test func refusesWhatIsNotUTF8() {
        let error = #expect(throws: ManifestError.self) {
            try PluginManifest(parsing: Array("name = a\nversion = ".utf8) + [0xff, 0xfe])
        }
        #expect(error?.description == "line 2: the bytes are not UTF-8: save the text as UTF-8")
    }

    @Test(arguments: [
        "/etc/passwd", "a/b", "..", ".hidden", "-rf", "_x", "a b", "é", "a\\b", String(repeating: "a", count: 65),
        "a@1",
    ])
    func refusesNamesThatCouldLeaveAFolder(_ name: String) {
        #expect(throws: ManifestError.self) { try PluginManifest(parsing: "name = \(name)\nversion = 1.0.0") }
    }

    @Test(arguments: ["a", "7zip", "A.b-c_d", String(repeating: "a", count: 64)])
    func acceptsNames(_ name: String) throws {
        #expect(try PluginManifest(parsing: "name = \(name)\nversion = 1.0.0").name == name)
    }

    @Test(arguments: [
        ("export = f", 1024, "more than 1024 exports: divide the plugin"),
        ("requires = p", 64, "more than 64 lines of requires: divide the plugin"),
        ("provides = p", 64, "more than 64 lines of provides: divide the plugin"),
        ("x", 64, "more than 64 unknown keys: drop what no host reads"),
    ])
    func everyCountHasALimit(_ line: String, _ limit: Int, _ description: String) throws {
        let suffix = line.hasPrefix("export") ? "" : line == "x" ? " = y" : " *"
        let head = "name = a\nversion = 1.0.0\n"
        let lines = (0...limit).map { "\(line)\($0)\(suffix)\n" }
        _ = try PluginManifest(
            parsing: head + lines.dropLast().joined(), limit: PluginManifest.sidecarLimit)
        let error = #expect(throws: ManifestError.self) {
            try PluginManifest(parsing: head + lines.joined(), limit: PluginManifest.sidecarLimit)
        }
        #expect(error?.description == "line \(limit + 3): \(description)")
    }

    /// 20,000 manifests, each a few edits away from a sound one: none traps, each is read or refused with a safe text.
    @Test func survivesMutations() {
        var random = SplitMix64(seed: 0xB0A7)
        let alphabet = Array("=#\n\r\t .-_0129afxzAZ^~|*".utf8) + [0, 0x1b, 0x7f, 0xc3, 0xe2, 0xff]
        var found = 0
        for _ in 0..<20_000 {
            var bytes = Array(Self.full.utf8)
            for _ in 0...random.next() % 4 { mutate(&bytes, alphabet, &random) }
            switch ManifestReading.read(from: bytes, limit: PluginManifest.noteLimit) {
            case .found(let manifest):
                found += 1
                #expect(PluginManifest.isName(manifest.name))
                #expect(manifest.exports.allSatisfy { PluginManifest.isSymbol($0.symbol) })
            case .malformed(let error):
                #expect(error.description == printable(error.description))
                #expect(error.description.utf8.count < 2048)
            case .absent, .ambiguous, .doubled: Issue.record("bytes are found or malformed")
            }
        }
        #expect(found > 1000 && found < 20_000)
    }
}

struct ManifestReadingTests {
    static func note(_ text: String, owner: String = "Switchboard", type: UInt32 = 0x5357) -> ELFNote {
        ELFNote(owner: owner, type: type, descriptor: Array(text.utf8) + [0, 0])
    }

    @Test func findsExactlyOneNoteOfOurs() throws {
        let notes = [
            Self.note("\u{1}\u{2}", owner: "GNU", type: 3), Self.note("", type: 1),
            Self.note("name = a\nversion = 1.0.0"), Self.note("name", owner: "Switchboarder"),
        ]
        #expect(
            try ManifestReading.read(from: notes) == .found(PluginManifest(parsing: "name = a\nversion = 1.0.0")))
    }

    @Test func tellsAbsentFromAmbiguousFromMalformed() {
        #expect(ManifestReading.read(from: []) == .absent)
        #expect(ManifestReading.read(from: [Self.note("x", owner: "GNU")]) == .absent)
        let two = [Self.note("name = a\nversion = 1.0.0"), Self.note("name = a\nversion = 1.0.0")]
        #expect(ManifestReading.read(from: two) == .ambiguous(count: 2))
        guard case .malformed(let error) = ManifestReading.read(from: [Self.note("name = a\nversion 1")]) else {
            Issue.record("a malformed manifest was not reported as such")
            return
        }
        #expect(error.line == 2)
    }

    @Test func aNoteHasASmallerLimitThanASidecar() {
        let text = "name = a\nversion = 1.0.0\n" + String(repeating: "#\n", count: 10_000)
        guard case .malformed = ManifestReading.read(from: [Self.note(text)]) else {
            Issue.record("a note of 20,000 bytes was read")
            return
        }
        guard case .found = ManifestReading.read(from: Array(text.utf8), limit: PluginManifest.sidecarLimit) else {
            Issue.record("a sidecar of 20,000 bytes was not read")
            return
        }
    }
}
