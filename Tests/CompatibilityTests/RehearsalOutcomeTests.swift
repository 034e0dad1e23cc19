import Testing

@testable import Compatibility

/// What each end of a rehearsal means, with plain data; real processes are in PluginHostTests.
struct RehearsalOutcomeTests {
    static let outcomes: [(outcome: RehearsalOutcome, verdicts: [String])] = [
        (RehearsalOutcome(), ["rehearsal.passed passed"]),
        (
            RehearsalOutcome(leftovers: 2, withoutState: "there is none"),
            ["rehearsal.passed passed", "rehearsal.state skipped", "rehearsal.leftovers warning"]
        ),
        (RehearsalOutcome(done: [], inside: .constructors, end: .signalled(11)), ["rehearsal.crashed refused"]),
        (RehearsalOutcome(done: [.constructors], inside: .start, end: .exited(0)), ["rehearsal.no-report refused"]),
        (RehearsalOutcome(done: [.constructors], inside: .start, end: .timedOut), ["rehearsal.hung refused"]),
        (RehearsalOutcome(done: [], end: .lost), ["rehearsal.no-report refused"]),
        (RehearsalOutcome(end: .failed(.health, code: 5, words: "ill")), ["rehearsal.failed refused"]),
        (
            RehearsalOutcome(end: .failed(.start, code: 5, words: ""), wantedImports: true),
            ["rehearsal.failed warning"]
        ),
        (
            RehearsalOutcome(end: .failed(.stop, code: nil, words: "a thread stays"), wantedImports: true),
            ["rehearsal.failed refused"]
        ),
    ]

    @Test(arguments: outcomes)
    func everyEndHasAVerdict(_ outcome: RehearsalOutcome, _ expected: [String]) {
        #expect(outcome.findings.map { "\($0.code) \($0.verdict.rawValue)" } == expected)
        #expect(outcome.findings.allSatisfy { RehearsalOutcome.codes.contains($0.code) })
        #expect(outcome.findings.allSatisfy { $0.verdict != .refused || (!$0.statement.isEmpty && !$0.remedy.isEmpty) })
    }

    /// Where it was is told also between two steps, when a thread of the plugin's own crashes.
    @Test(
        arguments: [
            ([], .constructors, "in its constructors"), ([.constructors, .start], .health, "in swb_health"),
            ([.constructors, .start], nil, "in its process, after swb_start"),
            ([], nil, "in its process, before its constructors"),
        ] as [([RehearsalOutcome.Step], RehearsalOutcome.Step?, String)])
    func placeIsTold(_ done: [RehearsalOutcome.Step], _ inside: RehearsalOutcome.Step?, _ place: String) {
        let outcome = RehearsalOutcome(done: done, inside: inside, end: .signalled(6))
        #expect(outcome.findings[0].statement.contains("was killed by SIGABRT (signal 6) \(place), and"))
    }

    @Test func onlyTheEndOfALongOutputIsShown() {
        let tail = Array(String(repeating: "x", count: 4000).utf8) + Array("\n out of paper \n\n".utf8)
        let outcome = RehearsalOutcome(
            done: [], inside: .start, end: .signalled(6), output: .init(tail: tail, count: 1_000_000))
        let statement = outcome.findings[0].statement
        #expect(statement.hasSuffix("out of paper") && statement.utf8.count < 600)
        #expect(statement.contains("; the last of the 1000000 bytes that it wrote: xxx"))
    }

    /// A report that the gates refused stays refused, and one that they passed is refused by a rehearsal.
    @Test func findingsJoinTheReport() throws {
        let judged = GateReport.judge(Sample.candidate(), host: Sample.host)
        let crashed = RehearsalOutcome(done: [], inside: .constructors, end: .signalled(11))
        #expect(try judged.adding(RehearsalOutcome().findings, policy: .init()).approve().manifest.name == "adder")
        let refusal = #expect(throws: GateRefusal.self) {
            let approval = try judged.adding(crashed.findings, policy: .init()).approve()
            _ = approval.version
        }
        #expect(refusal?.report.refusalCodes == "rehearsal.crashed")
        let strict = GatePolicy(severities: ["rehearsal.leftovers": .refuse])
        let untidy = RehearsalOutcome(leftovers: 1)
        #expect(judged.adding(untidy.findings, policy: strict).refusalCodes == "rehearsal.leftovers")
        #expect(judged.adding(untidy.findings, policy: .init()).isAdmissible)
    }
}
