import Compatibility
import Testing

@testable import PluginHost

/// What the lines of a report add up to, with plain data.
struct RehearsalReportTests {
    private func end(_ lines: [ReportLine], nonce: String = "nonce") -> RehearsalOutcome.End {
        var report = RehearsalReport(nonce: "nonce")
        for line in lines { report.take(ArraySlice(line.text(nonce).utf8)) }
        return report.outcome(nanoseconds: 1, limit: .seconds(1), output: .init()).end
    }

    private static let through: [ReportLine] = [
        .hello, .begin(.constructors), .done(.constructors), .finished, .exited(0, timedOut: false),
    ]

    /// Whoever kills the warden after the candidate's end, while it waits for what was left behind, hides nothing.
    @Test func onlyAWardenThatLivedToTheEndIsBelieved() {
        #expect(end(Self.through) == .lost)
        #expect(end(Self.through + [.swept(leftovers: 0, survivors: 0)]) == .finished)
        let failed: [ReportLine] = [.hello, .failed(.start, code: 5, words: "no"), .exited(0, timedOut: false)]
        #expect(end(failed) == .lost)
        #expect(end(failed + [.swept(leftovers: 0, survivors: 0)]) == .failed(.start, code: 5, words: "no"))
    }

    @Test func withoutTheNonceNothingWasSaid() {
        #expect(end(Self.through + [.swept(leftovers: 0, survivors: 0)], nonce: "0") == .lost)
    }
}
