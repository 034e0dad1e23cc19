import Compatibility
import ELFReader
import Testing

/// A manifest beside an image that has none: a foreign library.
struct SidecarTests {
    static let text = "name = adder\nversion = 1.2.0\nexport = add\n"
    static let file = FileFacts(path: "/plugins/adder.so.manifest", permissions: 0o644)

    static func foreign(_ text: String = text, _ change: (inout ELFImage) -> Void = { _ in }) -> Candidate {
        Sample.candidate { candidate, image in
            candidate.manifest = ManifestReading.read(from: [], sidecar: .read(file, Array(text.utf8)))
            candidate.manifestSource = .sidecar(file)
            change(&image)
        }
    }

    @Test func makesAPlugin() throws {
        var candidate = Self.foreign()
        candidate.signature = Sample.signature
        let report = GateReport.judge(candidate, host: Sample.host)
        #expect(report.findings.allSatisfy { $0.verdict == .passed })
        #expect(try report.approve().manifest.name == "adder")
        #expect(report.findings.first { $0.code == "abi.major" }?.plugin == "any: a foreign library")
    }

    @Test(arguments: [
        ("abi = 0.1", "abi"), ("toolchain = gcc 12", "toolchain"),
    ])
    func statesNoABIAndNoToolchain(_ line: String, _ key: String) {
        #expect(
            Sample.lines("manifest.malformed", Self.foreign(Self.text + line)) == [
                "refused manifest.malformed: sidecar line 4: \(key) stands beside a foreign library, which speaks no ABI of "
                    + "ours: drop the line"
            ])
    }

    @Test func isNeverPassedOver() {
        let reading = ManifestReading.read(
            from: [], sidecar: .unreadable(path: "/a.manifest", problem: "/a.manifest is not a regular file"))
        #expect(
            Sample.lines(
                "manifest.malformed",
                Sample.candidate {
                    $0.manifest = reading; _ = $1
                }
            ).first
                == "refused manifest.malformed: manifest: /a.manifest is not a regular file: put a readable text there, or "
                + "remove it")
    }

    @Test func besideANoteIsDoubled() {
        let notes = [ELFNote(owner: "Switchboard", type: 0x5357, descriptor: Array(Sample.manifestText.utf8))]
        let doubled = ManifestReading.doubled(sidecar: Self.file.path)
        #expect(ManifestReading.read(from: notes, sidecar: .read(Self.file, [])) == doubled)
        #expect(ManifestReading.read(from: notes, sidecar: .unreadable(path: Self.file.path, problem: "")) == doubled)
        #expect(ManifestReading.read(from: notes + notes, sidecar: .read(Self.file, [])) == doubled)
    }

    /// Whoever wrote the library does not read our warnings.
    @Test func surplusExportsAreOnlyNoted() {
        let candidate = Self.foreign { $0.symbols.append(Sample.function("extra")) }
        #expect(
            Sample.lines("exports.undeclared", candidate) == [
                "noted exports.undeclared: library exports extra beyond its sidecar, which nobody can call through the host"
            ])
    }

    @Test func declaredExportsMustBeThere() {
        let candidate = Self.foreign(Self.text + "export = ad\n")
        #expect(Sample.findings("exports.missing", candidate).map(\.verdict) == [.refused])
    }
}
