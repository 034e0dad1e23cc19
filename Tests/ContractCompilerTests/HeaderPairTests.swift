import Contract
import TestSupport
import Testing

/// What a comparison says of each pair of headers of Tests/Fixtures/contracts.
@Suite struct HeaderPairTests {
    /// The digest of an export moves only where the step is `major`, because a moved one is refused within a line.
    @Test(arguments: HeaderPair.all)
    func saysKindSurvivalAndBump(pair: HeaderPair) throws {
        let old = try contract(of: pair.old) { $0.includeFolders = [Fixture.includeFolder] }
        let new = try contract(of: pair.new) {
            $0.includeFolders = [Fixture.includeFolder]
            $0.target = pair.target
        }
        let diff = ContractDiff(old: old, new: new)
        let changes = diff.changes.map { "\($0.kind.rawValue) \($0.callers.verdict) \($0.plugins.verdict)" }
        #expect("\(diff.bump)" == pair.bump)
        #expect(changes == pair.changes, "\(diff.changes.map { "\($0)" }.joined(separator: "\n"))")

        let moved = old.exports.keys.contains { old.type(of: $0) != new.type(of: $0) }
        let isAboutExports = !pair.changes.allSatisfy { $0.hasPrefix("constant.") || $0.hasPrefix("callback.") }
        #expect(moved == (pair.bump == "major" && isAboutExports))
    }

    @Test func holdsThePairsThatWerePromised() {
        #expect(HeaderPair.all.count >= 60)
        #expect(HeaderPair.all.count { $0.abidiff != nil } >= 30)
        #expect(Set(HeaderPair.all.map(\.name)).count == HeaderPair.all.count, "a name is there twice")
        for pair in HeaderPair.all {
            #expect(pair.old != pair.new || pair.target != nil, "\(pair): nothing changes")
            #expect(["patch", "minor", "major"].contains(pair.bump), "\(pair): \(pair.bump)")
        }
    }

    /// abidiff says "nothing" or "something", and so do we: patch, or more.
    @Test(arguments: HeaderPair.all.filter { $0.abidiff != nil })
    func explainsEveryDifferenceOfOpinion(pair: HeaderPair) {
        let differs = (pair.abidiff == 0) != (pair.bump == "patch")
        #expect(differs == !pair.difference.isEmpty)
    }
}
