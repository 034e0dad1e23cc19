import Compatibility
import Testing

struct GatePolicyTests {
    @Test(arguments: [
        (nil as GatePolicy.Severity?, Finding.Verdict.warning), (.refuse, .refused), (.warn, .warning),
        (.ignore, .skipped),
    ])
    func movesAWarning(_ severity: GatePolicy.Severity?, _ verdict: Finding.Verdict) {
        let candidate = Sample.candidate { _, image in image.symbols.append(Sample.function("extra")) }
        let policy = GatePolicy(severities: severity.map { ["exports.undeclared": $0] } ?? [:])
        #expect(Sample.findings("exports.undeclared", candidate, policy: policy).map(\.verdict) == [verdict])
    }

    @Test(arguments: [
        (GatePolicy.Severity.refuse, Finding.Verdict.refused), (.warn, .warning), (.ignore, .skipped),
    ])
    func lowersAnAdjustableRefusal(_ severity: GatePolicy.Severity, _ verdict: Finding.Verdict) {
        let candidate = Sample.candidate { candidate, _ in candidate.permissions = 0o777 }
        let policy = GatePolicy(severities: ["file.writable": severity])
        #expect(Sample.findings("file.writable", candidate, policy: policy).map(\.verdict) == [verdict])
    }

    @Test(arguments: [GatePolicy.Severity.warn, .ignore])
    func neverLowersTheOthers(_ severity: GatePolicy.Severity) {
        let candidate = Sample.candidate(manifest: "name = a\nversion = x\nexport = nothing_like_it\nabi = 7.0\n") {
            $1.header.machine = 183
            $1.header.osABI = 9
            $1.segments = []
            $1.dynamic?.hasTextRelocations = true
        }
        let policy = GatePolicy(
            severities: Dictionary(uniqueKeysWithValues: GatePolicy.codes.map { ($0, severity) }))
        let with = GateReport.judge(candidate, host: Sample.host, policy: policy)
        let without = GateReport.judge(candidate, host: Sample.host)
        #expect(without.refusals.count == 7)
        #expect(with.refusals == without.refusals)
    }

    @Test func ignoredFindingsSayWhatWasIgnored() {
        let candidate = Sample.candidate { candidate, _ in candidate.permissions = 0o777 }
        let policy = GatePolicy(severities: ["file.writable": .ignore])
        #expect(
            Sample.findings("file.writable", candidate, policy: policy).map(\.statement) == [
                "ignored by policy: every user can change the file (mode 0777)"
            ])
    }

    /// Else an author who did nothing wrong could not tell who refuses.
    @Test func refusalsByPolicySayThatItIsThePolicy() {
        let candidate = Sample.candidate { candidate, _ in candidate.permissions = 0o775 }
        let policy = GatePolicy(severities: ["file.writable": .refuse])
        #expect(
            Sample.findings("file.writable", candidate, policy: policy).map(\.statement) == [
                "the file's group can change the file (mode 0775) (this policy refuses that: severity = file.writable refuse)"
            ])
    }

    @Test func passedFindingsStayPassed() {
        let policy = GatePolicy(severities: ["elf.machine": .refuse])
        #expect(Sample.findings("elf.machine", Sample.candidate(), policy: policy).map(\.verdict) == [.passed])
    }
}
