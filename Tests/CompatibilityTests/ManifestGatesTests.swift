import Compatibility
import ELFReader
import Testing

/// Gates over the plugin's words: manifest, ABI, version, requirements; and over the file's mode.
struct ManifestGatesTests {
    static func with(_ reading: ManifestReading) -> Candidate {
        Sample.candidate { candidate, _ in candidate.manifest = reading }
    }

    static func lines(_ candidate: Candidate) -> [String] {
        GateReport.judge(candidate, host: Sample.host).findings
            .filter { $0.code.hasPrefix("manifest.") }.map { "\($0.verdict) \($0.sentence)" }
    }

    @Test func passesOneManifest() {
        #expect(
            Self.lines(Sample.candidate()) == [
                "passed manifest.absent: passed", "passed manifest.ambiguous: passed",
                "passed manifest.malformed: passed", "passed manifest.unknown-key: passed",
            ])
        #expect(Sample.findings("manifest.malformed", Sample.candidate()).first?.plugin == "adder 1.2.0")
    }

    @Test func refusesAbsence() {
        #expect(
            Self.lines(Self.with(.absent)) == [
                "refused manifest.absent: plugin has no manifest: include switchboard.h and add "
                    + "SWB_MANIFEST(\"name = …\\n\" \"version = 1.0.0\\n\" \"export = …\\n\"); to one C file; in Swift, "
                    + "use ManifestPlugin; beside a foreign library, put a file of its name and .manifest",
                "skipped manifest.ambiguous: not judged: no manifest could be read",
                "skipped manifest.malformed: not judged: no manifest could be read",
                "skipped manifest.unknown-key: not judged: no manifest could be read",
            ])
    }

    @Test func refusesTwoManifests() {
        #expect(
            Self.lines(Self.with(.ambiguous(count: 2))) == [
                "passed manifest.absent: passed",
                "refused manifest.ambiguous: plugin has 2 manifests: keep SWB_MANIFEST in one of the linked objects",
                "skipped manifest.malformed: not judged: nothing says which one is meant",
                "skipped manifest.unknown-key: not judged: nothing says which one is meant",
            ])
    }

    /// A note and a sidecar, whatever the sidecar holds: its author meant another library.
    @Test func refusesANoteWithASidecar() {
        #expect(
            Self.lines(Self.with(.doubled(sidecar: "/plugins/adder.so.manifest"))) == [
                "passed manifest.absent: passed",
                "refused manifest.ambiguous: plugin has a manifest of its own, and /plugins/adder.so.manifest lies beside "
                    + "it: remove the sidecar: it is for libraries that have no manifest",
                "skipped manifest.malformed: not judged: nothing says which one is meant",
                "skipped manifest.unknown-key: not judged: nothing says which one is meant",
            ])
    }

    @Test func refusesAMalformedManifest() {
        let reading = ManifestReading.read(from: Array("name = a\nversion 1.0.0".utf8), limit: 100)
        #expect(
            Self.lines(Self.with(reading))[2]
                == "refused manifest.malformed: manifest line 2: \"version 1.0.0\" has no \"=\": write key = value, or "
                + "start a comment with #")
    }

    @Test func gatesOfAMissingManifestDoNotPass() {
        let report = GateReport.judge(Self.with(.absent), host: Sample.host)
        #expect(report.refusals.map(\.code) == ["manifest.absent"])
        let skipped = report.findings.filter { $0.verdict == .skipped }.map(\.code)
        #expect(
            skipped == [
                "toolchain.swift", "manifest.ambiguous", "manifest.malformed", "manifest.unknown-key", "abi.major",
                "abi.minor", "version.semver", "exports.missing", "exports.undeclared", "contract.snapshot",
                "contract.type", "requires.present", "version.duplicate", "signature.missing", "signature.malformed",
                "signature.key", "signature.library",
                "signature.content", "signature.comment", "needed.unverified",
            ])
    }

    @Test func warnsOfUnknownKeys() {
        let candidate = Sample.candidate(manifest: Sample.manifestText + "\nexprot = sub\nx-team = audio\n")
        #expect(
            Sample.lines("manifest.unknown-key", candidate) == [
                "warning manifest.unknown-key: manifest line 6 has the key exprot, unknown to this host: write export "
                    + "if that was meant",
                "warning manifest.unknown-key: manifest line 7 has the key x-team, unknown to this host: ignore this if "
                    + "a newer host reads it",
            ])
    }

    static let abis: [(String, Int, Int, Finding.Verdict, Finding.Verdict)] = [
        ("abi = 0.1", 0, 1, .passed, .passed), ("abi = 0.2", 0, 1, .passed, .refused),
        ("abi = 0.1", 0, 2, .passed, .refused), ("abi = 1.0", 0, 1, .refused, .skipped),
        ("abi = 0.1", 1, 0, .refused, .skipped), ("abi = 1.0", 1, 3, .passed, .passed),
        ("abi = 1.4", 1, 3, .passed, .refused), ("abi = 1.3", 1, 3, .passed, .passed), ("", 0, 1, .refused, .skipped),
    ]

    @Test(arguments: abis)
    func comparesABIs(
        _ line: String, _ major: Int, _ minor: Int, _ majorVerdict: Finding.Verdict, _ minorVerdict: Finding.Verdict
    ) {
        var host = Sample.host
        host.abi = ABIVersion(major: major, minor: minor)
        let candidate = Sample.candidate(manifest: "name = a\nversion = 1.0.0\n\(line)\n")
        #expect(Sample.findings("abi.major", candidate, host: host).map(\.verdict) == [majorVerdict])
        #expect(Sample.findings("abi.minor", candidate, host: host).map(\.verdict) == [minorVerdict])
    }

    @Test func namesBothABIs() {
        func line(_ code: String, _ abi: String) -> [String] {
            Sample.lines(code, Sample.candidate(manifest: "name = a\nversion = 1.0.0\n\(abi)\n"))
        }
        #expect(
            line("abi.major", "") == [
                "refused abi.major: manifest has no abi line, this host speaks ABI 0.1: let SWB_MANIFEST or "
                    + "ManifestPlugin fill it in"
            ])
        #expect(
            line("abi.major", "abi = 1.0") == [
                "refused abi.major: plugin speaks ABI 1.0, this host speaks ABI 0.1: use a newer host, or build the "
                    + "plugin against this host's switchboard.h"
            ])
        #expect(
            line("abi.minor", "abi = 0.2") == [
                "refused abi.minor: plugin speaks ABI 0.2, this host speaks ABI 0.1: it is newer: use a newer host, or "
                    + "build the plugin against this host's switchboard.h"
            ])
        #expect(
            line("abi.minor", "abi = 0.0") == [
                "refused abi.minor: plugin speaks ABI 0.0, this host speaks ABI 0.1: it is older, and 0.x versions "
                    + "break each other: build the plugin against this host's switchboard.h"
            ])
    }

    @Test func refusesAVersionThatIsNone() {
        let candidate = Sample.candidate(manifest: "name = adder\nversion = v1.2\nabi = 0.1\n")
        #expect(
            Sample.lines("version.semver", candidate) == [
                "refused version.semver: \"v1.2\" is no semantic version: expected a digit at byte 0: write version = "
                    + "1.0.0 for one"
            ])
        #expect(Sample.findings("version.duplicate", candidate).map(\.verdict) == [.skipped])
        #expect(Sample.findings("version.semver", Sample.candidate()).map(\.verdict) == [.passed])
    }

    static let duplicates: [(String, [UInt8], Candidate.Purpose, Finding.Verdict)] = [
        ("1.2.0", [9], .load, .refused), ("1.2.0+other", [9], .load, .refused), ("1.2.0", [9], .swap, .warning),
        ("1.2.0", [9], .check, .warning), ("1.2.0", [1, 2, 3, 4, 5, 6, 7, 8], .load, .passed),
        ("1.2.1", [9], .load, .passed),
    ]

    @Test(arguments: duplicates)
    func judgesDuplicates(
        _ version: String, _ image: [UInt8], _ purpose: Candidate.Purpose, _ verdict: Finding.Verdict
    ) throws {
        var host = Sample.host
        host.loaded = [
            .init(name: "adder", version: try SemanticVersion(version), image: ImageID(buildID: image)),
            .init(name: "other", version: try SemanticVersion("1.2.0"), image: ImageID(buildID: [7])),
        ]
        let candidate = Sample.candidate { candidate, _ in candidate.purpose = purpose }
        #expect(Sample.findings("version.duplicate", candidate, host: host).map(\.verdict) == [verdict])
    }

    @Test func namesBothImagesOfADuplicate() throws {
        var host = Sample.host
        host.loaded = [.init(name: "adder", version: try SemanticVersion("1.2.0"), image: ImageID(buildID: [9]))]
        #expect(
            Sample.lines("version.duplicate", Sample.candidate(), host: host) == [
                "refused version.duplicate: adder 1.2.0 is loaded already from build-id:09, this is "
                    + "build-id:0102030405060708: raise the version in the manifest, or swap instead of load"
            ])
    }

    @Test func comparesRequirements() throws {
        let text = Sample.manifestText + "\nrequires = sums ^1.2\nrequires = text *\n"
        var host = Sample.host
        for version in ["2.0.0", "0.9.0"] {
            host.loaded.append(
                .init(name: "sums", version: try SemanticVersion(version), image: ImageID(buildID: [1])))
        }
        let candidate = Sample.candidate(manifest: text)
        #expect(
            Sample.lines("requires.present", candidate, host: host) == [
                "refused requires.present: plugin requires sums ^1.2, this host has sums 0.9.0, 2.0.0: load a sums in "
                    + "that range first",
                "refused requires.present: plugin requires text *, this host has no text: load a text in that range "
                    + "first",
            ])
        let check = Sample.candidate(manifest: text) { candidate, _ in candidate.purpose = .check }
        #expect(Sample.findings("requires.present", check, host: host).map(\.verdict) == [.warning, .warning])
        host.loaded.append(.init(name: "sums", version: try SemanticVersion("1.3.0"), image: ImageID(buildID: [1])))
        #expect(Sample.findings("requires.present", candidate, host: host).map(\.verdict) == [.passed, .refused])
        #expect(Sample.findings("requires.present", Sample.candidate()).map(\.verdict) == [.passed])
    }

    /// Another plugin may stand for the one that is required: with the lowest version that it says it provides.
    @Test(arguments: [
        ("^1.4", "^1.2", true), ("1.4.0", "^1.2", true), ("^1.4", "^1.5", false), ("^2", "^1.2", false),
        ("1.4.0-rc.1", ">=1.4.0-rc.0", true), ("*", ">=0.0.0", true), (">2 <1", "*", false),
    ])
    func looksUpWhatIsProvided(_ provided: String, _ required: String, _ isPresent: Bool) throws {
        var host = Sample.host
        host.loaded.append(
            .init(
                name: "abacus", version: try SemanticVersion("7.0.0"), image: ImageID(buildID: [1]),
                provides: [.init(name: "sums", range: try VersionRange(provided))]))
        let candidate = Sample.candidate(manifest: Sample.manifestText + "\nrequires = sums \(required)\n")
        let verdicts = Sample.findings("requires.present", candidate, host: host).map(\.verdict)
        #expect(verdicts == [isPresent ? .passed : .refused])
    }

    @Test(arguments: [
        (UInt32(0o755), Finding.Verdict.passed, "0755"), (0o644, .passed, "0644"), (0o4, .passed, "0004"),
        (0o775, .warning, "0775"), (0o777, .refused, "0777"), (0o646, .refused, "0646"), (0o100664, .warning, "0664"),
    ])
    func judgesTheMode(_ permissions: UInt32, _ verdict: Finding.Verdict, _ plugin: String) {
        let findings = Sample.findings(
            "file.writable", Sample.candidate { candidate, _ in candidate.permissions = permissions })
        #expect(findings.map(\.verdict) == [verdict])
        #expect(findings.map(\.plugin) == [plugin])
    }

    @Test func saysWhoCanChangeTheFile() {
        #expect(
            Sample.lines("file.writable", Sample.candidate { candidate, _ in candidate.permissions = 0o666 }) == [
                "refused file.writable: every user can change the file (mode 0666): chmod o-w the file, and find out "
                    + "who wrote to it"
            ])
        #expect(
            Sample.lines("file.writable", Sample.candidate { candidate, _ in candidate.permissions = 0o664 }) == [
                "warning file.writable: the file's group can change the file (mode 0664): chmod g-w the file"
            ])
    }
}
