import Compatibility
import Testing

@testable import PluginHost

/// The design's registry rules, on the pure value: swaps.
@Suite struct CatalogSwapTests {
    @Test func swapWithinALineMovesItsRoutesAndThePredecessorLeaves() throws {
        var ledger = Ledger()
        let old = try ledger.load("1.0.0")
        try ledger.bindTyped("^1")
        let (new, change) = try ledger.swap("1.1.0")
        #expect(change.leaving == [old])
        #expect(change.assignments.values.map { $0 } == [new])
        #expect(ledger.current == ["1.1.0"])
        #expect(ledger.loaded == ["1.1.0"])
    }

    @Test func swapToAnotherLineLeavesTheFirst() throws {
        var ledger = Ledger()
        try ledger.load("1.0.0")
        try ledger.bindTyped("^1")
        let (_, change) = try ledger.swap("2.0.0")
        #expect(change == Catalog.Change())
        #expect(ledger.current == ["1.0.0", "2.0.0"])
        #expect(try ledger.server("^1") == "1.0.0", "a typed binding on 1.x never reaches 2.0.0")
    }

    @Test func predecessorStaysForARouteThatTheNewVersionDoesNotSatisfy() throws {
        var ledger = Ledger()
        try ledger.load("1.0.0")
        try ledger.bindTyped("^1")
        try ledger.bindTyped("~1.0")
        let (_, change) = try ledger.swap("1.1.0")
        #expect(change.leaving == [])
        #expect(ledger.current == ["1.1.0"])
        #expect(try ledger.server("^1") == "1.1.0")
        #expect(try ledger.server("~1.0") == "1.0.0")
    }

    @Test func downgradePutsTheOlderVersionInFront() throws {
        var ledger = Ledger()
        let newer = try ledger.load("1.1.0")
        try ledger.bindTyped("^1")
        let (_, change) = try ledger.swap("1.0.0")
        #expect(change.leaving == [newer])
        #expect(try ledger.server("^1") == "1.0.0")
    }

    @Test func currentOlderVersionComesBeforeALoadedNewerOneAfterADowngrade() throws {
        var ledger = Ledger()
        try ledger.load("1.1.0")
        try ledger.bindTyped("^1")
        try ledger.bindTyped("^1.1")
        try ledger.swap("1.0.0")
        #expect(ledger.loaded == ["1.0.0", "1.1.0"])
        #expect(try ledger.server("^1") == "1.0.0")
        #expect(try ledger.server("^1.1") == "1.1.0")
    }

    @Test func sameVersionRebuiltTakesThePlaceOfTheOldBuild() throws {
        var ledger = Ledger()
        let old = try ledger.load("1.0.0")
        try ledger.bindTyped("^1")
        let (new, change) = try ledger.swap("1.0.0")
        #expect(change.leaving == [old])
        #expect(change.assignments.values.map { $0 } == [new])
        #expect(ledger.loaded == ["1.0.0"])
    }

    @Test func rebuildOfAVersionThatMerelyWaitsReplacesItToo() throws {
        var ledger = Ledger()
        let current = try ledger.load("1.0.0")
        let waiting = try ledger.load("1.1.0")
        try ledger.bindTyped("^1.1")
        let (_, change) = try ledger.swap("1.1.0")
        #expect(change.leaving == [current, waiting])
        #expect(ledger.loaded == ["1.1.0"])
    }

    @Test func swapOfALoadedVersionPutsItInFront() throws {
        var ledger = Ledger()
        let first = try ledger.load("1.0.0")
        let second = try ledger.load("1.1.0")
        try ledger.bindTyped("^1")
        let waiting = try #require(ledger.catalog.members[second])
        let change = try ledger.catalog.swap(in: waiting)
        #expect(change.leaving == [first])
        #expect(ledger.current == ["1.1.0"])
    }

    @Test func swapIntoAnEmptyPluginServes() throws {
        var ledger = Ledger()
        let (_, change) = try ledger.swap("1.0.0")
        #expect(change == Catalog.Change())
        #expect(ledger.current == ["1.0.0"])
    }

    @Test func swapThatLacksABoundExportIsRefusedWholeAndNamesRouteAndExport() throws {
        var ledger = Ledger()
        try ledger.load("1.0.0", exports: ["add"])
        try ledger.bindTyped("^1")
        let untouched = ledger.catalog
        guard
            case .conflict(let sentence) = #expect(
                throws: Catalog.Refusal.self,
                performing: {
                    try ledger.swap("1.1.0", exports: ["say message"])
                })
        else { Issue.record("not a conflict"); return }
        #expect(sentence.contains("route p ^1") && sentence.contains("add"))
        #expect(ledger.catalog.members == untouched.members, "refused whole")
        #expect(try ledger.server("^1") == "1.0.0")
        #expect(ledger.current == ["1.0.0"])
    }

    @Test func oneBrokenRouteRefusesTheSwapOfAllOthers() throws {
        var ledger = Ledger()
        try ledger.load("1.0.0", exports: ["add", "say message", "old"])
        try ledger.bindTyped("^1")
        try ledger.bindTyped("1.x", "old")
        #expect(throws: Catalog.Refusal.self) { try ledger.swap("1.1.0") }
        #expect(try ledger.server("^1") == "1.0.0")
        #expect(try ledger.server("1.x") == "1.0.0")
    }

    @Test func dropOfAnExportThatNobodyBoundIsNoReason() throws {
        var ledger = Ledger()
        try ledger.load("1.0.0", exports: ["add", "old"])
        try ledger.bindTyped("^1")
        try ledger.swap("1.1.0", exports: ["add"])
        #expect(try ledger.server("^1") == "1.1.0")
    }

    /// A version that stayed only for a route of its own is needed no more once that route moves on: it used to stay.
    @Test func versionThatStayedForARouteLeavesWhenAnotherServesIt() throws {
        var ledger = Ledger()
        try ledger.load("1.0.0")
        try ledger.bindTyped("~1.0")
        try ledger.swap("1.1.0")
        let (fresh, change) = try ledger.swap("1.0.1")
        #expect(try ledger.server("~1.0") == "1.0.1")
        #expect(ledger.catalog.members[fresh]?.isCurrent == true)
        #expect(change.leaving.count == 2, "1.1.0, and 1.0.0 at last")
        #expect(ledger.loaded == ["1.0.1"])
    }

    @Test func loadThatTakesOverTheLastRouteOfAReplacedVersionLetsItGo() throws {
        var ledger = Ledger()
        let replaced = try ledger.load("1.0.0")
        try ledger.bindTyped("~1.0")
        try ledger.swap("1.1.0")
        let change = try ledger.catalog.load(ledger.member("1.0.1"))
        #expect(change.leaving == [replaced])
        #expect(try ledger.server("~1.0") == "1.0.1")
        #expect(ledger.current == ["1.1.0"])
    }

    @Test func versionThatMerelyWaitsNeverLeavesByItself() throws {
        var ledger = Ledger()
        try ledger.load("1.0.0")
        try ledger.load("1.1.0")
        try ledger.swap("1.2.0")
        #expect(ledger.loaded == ["1.1.0", "1.2.0"], "loaded on purpose, served no route, and stays")
    }
}
