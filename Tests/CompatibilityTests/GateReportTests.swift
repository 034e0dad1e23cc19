import Compatibility
import ELFReader
import Foundation
import Testing

struct GateReportTests {
    @Test func approvesWhatPassesEveryGate() throws {
        let signed = Sample.candidate { candidate, _ in candidate.signature = Sample.signature }
        let report = GateReport.judge(signed, host: Sample.host)
        #expect(report.findings.allSatisfy { $0.verdict == .passed })
        #expect(report.unloadClass == .unloadable && report.unloadReasons == [])
        let approval = try report.approve()
        #expect(approval.identity == FileIdentity(device: 1, inode: 2, size: 3))
        #expect(approval.image.description == "build-id:0102030405060708")
        #expect(approval.manifest.name == "adder")
        #expect(approval.version.description == "1.2.0")
        #expect(approval.unloadClass == .unloadable)
        #expect(approval.warnings == [])
    }

    @Test func everyCodeHasAFindingAndNoOtherCodeExists() {
        let codes = GateReport.judge(Sample.candidate(), host: Sample.host).findings.map(\.code)
        #expect(codes == GatePolicy.codes)
        #expect(Set(codes).count == codes.count)
        #expect(GatePolicy.adjustableCodes.isSubset(of: codes))
    }

    /// A file may need thousands of libraries; the reply that carries the report must stay small.
    @Test func reasonsForAnUnloadClassAreFew() {
        let candidate = Sample.candidate {
            $0.closure = nil
            $1.dynamic?.needed = (0..<1000).map { "lib\($0).so" }
        }
        let report = GateReport.judge(candidate, host: Sample.host)
        #expect(report.unloadClass == .resident)
        #expect(report.unloadReasons.count == 33 && report.unloadReasons.last == "968 more reasons")
    }

    /// A file wrong in four ways names all four.
    @Test func refusalListsAllRefusedGatesCodeFirst() {
        let candidate = Sample.candidate(manifest: "name = adder\nversion = 1.2.0\nexport = sub\nabi = 1.0\n") {
            $0.permissions = 0o666
            $1.header.machine = 183
        }
        let report = GateReport.judge(candidate, host: Sample.host)
        let refusal = #expect(throws: GateRefusal.self) {
            let approval = try report.approve()
            _ = approval.version
        }
        #expect(
            refusal?.description == """
                elf.machine: plugin is AArch64, this host is x86-64: build the plugin for x86-64
                abi.major: plugin speaks ABI 1.0, this host speaks ABI 0.1: use a newer host, or build the plugin \
                against this host's switchboard.h
                exports.missing: manifest declares sub, which the file does not define: define it with SWB_EXPORT, as C \
                and under this very name, or drop the line
                file.writable: every user can change the file (mode 0666): chmod o-w the file, and find out who wrote \
                to it
                """)
    }

    @Test func reportSurvivesJSONButApprovesNothingAfterwards() throws {
        let report = GateReport.judge(Sample.candidate(), host: Sample.host)
        let decoded = try JSONDecoder().decode(GateReport.self, from: JSONEncoder().encode(report))
        #expect(decoded.findings == report.findings)
        #expect(decoded.isAdmissible && decoded.plugin == "adder" && decoded.version == "1.2.0")
        let refusal = #expect(throws: GateRefusal.self) {
            let approval = try decoded.approve()
            _ = approval.version
        }
        #expect(
            refusal?.description
                == "/plugins/adder.so was judged elsewhere or only to ask: judge the staged file for a load")
    }

    @Test func aCheckApprovesNothing() {
        let report = GateReport.judge(
            Sample.candidate { candidate, _ in candidate.purpose = .check }, host: Sample.host)
        #expect(report.isAdmissible)
        #expect(throws: GateRefusal.self) {
            let approval = try report.approve()
            _ = approval.version
        }
    }

    /// An author's control characters cannot reach a terminal, wherever they were put.
    @Test func noTextOfAReportCarriesControlCharacters() throws {
        let evil = "x\u{1b}[2J\u{7}\n\u{202e}"
        let manifest = try Sample.manifest("name = a\nversion = 1\u{202e}\ntoolchain = swift 6.3.1")
        let candidate = Sample.candidate { candidate, image in
            image.problems = [ELFProblem(place: evil, detail: evil)]
            image.dynamic?.needed = [evil, "libswift\(evil)"]
            image.symbols += [Sample.function(evil), DynamicSymbol(name: "swift_\(evil)", sectionIndex: 0)]
            image.versionNeeds = [VersionNeed(library: evil, versions: ["GLIBC_\(evil)"])]
            image.sections = .known(comments: ["clang version \(evil)"], swiftSections: ["swift5_\(evil)"])
            candidate.manifest = .found(manifest)
        }
        let report = GateReport.judge(candidate, host: Sample.host)
        let texts =
            report.findings.flatMap { [$0.plugin, $0.host, $0.statement, $0.remedy, $0.sentence] }
            + report.unloadReasons + [report.version ?? ""]
        for text in texts {
            #expect(text == printable(text), "\(text)")
        }
        #expect(texts.contains { $0.contains("\\u{1b}") })
    }
}
