import FoundationEssentials
import TestSupport
import Testing

/// The measurements' own command line; what they measure differs on every machine and is no matter for a test.
@Suite struct PlugbenchTests {
    private func plugbench(_ arguments: String...) throws -> Command {
        let folder = Plugctl.path.split(separator: "/").dropLast().map { "/" + $0 }.joined()
        return try Command.run([folder + "/plugbench"] + arguments)
    }

    @Test func everyScenarioIsListedWithAClause() throws {
        let list = try plugbench("--list")
        #expect(list.exitCode == 0 && list.stderr.isEmpty)
        let lines = list.stdout.split(separator: "\n").map { $0.split(separator: " ", maxSplits: 1) }
        #expect(lines.allSatisfy { $0.count == 2 })
        #expect(lines.map { String($0[0]) }.starts(with: ["call", "nested", "throughput", "noinline"]))
    }

    @Test func aMistypedScenarioIsToldTheNearestOne() throws {
        let refusal = try plugbench("drian")
        #expect(refusal.exitCode == 2 && refusal.stdout.isEmpty)
        #expect(
            refusal.stderr.hasPrefix(
                "error[bench.usage]: there is no scenario or option 'drian', did you mean drain?; plugbench "))
    }

    /// A whole scenario, from compiling its sample to unloading it.
    @Test func eachRowIsAnObjectThatNamesItsBaseline() throws {
        let bind = try plugbench("bind", "--json", "--include", Fixture.includeFolder)
        #expect(bind.exitCode == 0 && bind.stderr.isEmpty)
        let rows = try bind.stdout.split(separator: "\n").map {
            try JSONDecoder().decode(Row.self, from: Array($0.utf8).withUnsafeBytes { Data($0) })
        }
        #expect(rows.map(\.way).first == "dlsym" && rows.count == 3)
        #expect(
            rows.allSatisfy { $0.scenario == "bind" && $0.base == "dlsym" && $0.nanoseconds > 0 && $0.pairs == 300 })
    }

    private struct Row: Decodable {
        let scenario: String
        let way: String
        let base: String
        let nanoseconds: Double
        let pairs: Int
    }
}
