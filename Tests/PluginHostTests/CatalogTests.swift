import Compatibility
import Testing

@testable import PluginHost

/// The design's registry rules, on the pure value: load, bind, unload.
@Suite struct CatalogTests {
    @Test func firstOfALineBecomesCurrentAndTheSecondWaitsBesideIt() throws {
        var ledger = Ledger()
        try ledger.load("1.0.0")
        try ledger.load("1.2.0")
        #expect(ledger.current == ["1.0.0"])
        #expect(ledger.loaded == ["1.0.0", "1.2.0"])
    }

    @Test(arguments: [
        (["1.0.0", "2.0.0"], ["1.0.0", "2.0.0"]), (["0.3.0", "0.4.0"], ["0.3.0", "0.4.0"]),
        (["0.3.0", "0.3.9"], ["0.3.0"]), (["0.0.1", "0.0.2"], ["0.0.1", "0.0.2"]),
        (["2.0.0", "1.0.0"], ["1.0.0", "2.0.0"]), (["1.0.0-rc.1", "1.0.0"], ["1.0.0-rc.1"]),
    ])
    func eachLineHasItsOwnCurrentVersion(_ versions: [String], _ current: [String]) throws {
        var ledger = Ledger()
        for version in versions { try ledger.load(version) }
        #expect(ledger.current == current)
    }

    @Test func waitingVersionServesTheRoutesThatOnlyItSatisfies() throws {
        var ledger = Ledger()
        try ledger.load("1.0.0")
        try ledger.load("1.2.0")
        try ledger.bindTyped("^1")
        try ledger.bindTyped("^1.1")
        #expect(try ledger.server("^1") == "1.0.0")
        #expect(try ledger.server("^1.1") == "1.2.0")
    }

    @Test func loadingDoesNotMoveARouteThatACurrentVersionServes() throws {
        var ledger = Ledger()
        try ledger.load("1.0.0")
        try ledger.bindTyped("^1")
        let change = try ledger.catalog.load(ledger.member("1.5.0"))
        #expect(change == Catalog.Change())
        #expect(try ledger.server("^1") == "1.0.0")
    }

    @Test func messageRangeOverLinesTakesTheNewestCurrentVersion() throws {
        var ledger = Ledger()
        try ledger.load("1.0.0")
        try ledger.bindMessage(">=1")
        try ledger.load("2.0.0")
        #expect(try ledger.server(">=1") == "2.0.0")
        try ledger.load("2.1.0")
        #expect(try ledger.server(">=1") == "2.0.0", "2.1.0 is merely loaded")
    }

    @Test func newestCurrentVersionComesBeforeANewerLoadedOne() throws {
        var ledger = Ledger()
        try ledger.load("1.0.0")
        try ledger.load("1.9.0")
        try ledger.bindMessage("*")
        #expect(try ledger.server("*") == "1.0.0")
    }

    @Test func withoutACurrentVersionTheNewestLoadedOneServes() throws {
        var ledger = Ledger()
        try ledger.load("1.0.0")
        try ledger.load("1.1.0")
        try ledger.load("1.2.0")
        try ledger.bindTyped("^1.1")
        #expect(try ledger.server("^1.1") == "1.2.0")
    }

    @Test func sameVersionFromAnotherImageIsRefusedByLoadAndTheSentenceNamesSwap() throws {
        var ledger = Ledger()
        try ledger.load("1.0.0")
        let before = ledger.catalog.members
        let rebuilt = try ledger.member("1.0.0")
        guard
            case .conflict(let sentence) = #expect(
                throws: Catalog.Refusal.self,
                performing: {
                    try ledger.catalog.load(rebuilt)
                })
        else { Issue.record("not a conflict"); return }
        #expect(sentence.contains("p 1.0.0") && sentence.contains("swap"))
        #expect(ledger.catalog.members == before)
    }

    @Test func unloadFallsBackToWhatElseTheRangeAdmits() throws {
        var ledger = Ledger()
        let first = try ledger.load("1.0.0")
        let second = try ledger.load("1.2.0")
        try ledger.bindTyped("^1")
        let change = try ledger.catalog.unload("p", SemanticVersion("1.0.0"))
        #expect(change.leaving == [first])
        #expect(change.assignments.values.map { $0 } == [second])
        #expect(try ledger.server("^1") == "1.2.0")
        #expect(ledger.current == [], "unload puts nothing in front")
    }

    @Test func unloadNeverFallsBackToAVersionThatLacksABoundExport() throws {
        var ledger = Ledger()
        try ledger.load("1.2.0")
        try ledger.load("1.0.0", exports: ["say message"])
        try ledger.bindTyped("^1")
        _ = try ledger.catalog.unload("p", SemanticVersion("1.2.0"))
        #expect(try ledger.server("^1") == nil)
    }

    @Test func unloadOfAllLeavesRoutesEmptyAndALaterLoadServesThemAgain() throws {
        var ledger = Ledger()
        let numbers = [try ledger.load("1.0.0"), try ledger.load("2.0.0")]
        try ledger.bindTyped("^1")
        let change = try ledger.catalog.unload("p", nil)
        #expect(change.leaving == numbers)
        #expect(try ledger.server("^1") == nil)
        let fresh = try ledger.load("1.0.0")
        #expect(fresh == 3, "a version that comes back is a fresh generation")
        #expect(try ledger.server("^1") == "1.0.0")
    }

    @Test func unloadNamesWhatIsLoadedWhereTheVersionIsNot() throws {
        var ledger = Ledger()
        try ledger.load("1.0.0")
        guard
            case .notFound(let sentence) = #expect(
                throws: Catalog.Refusal.self,
                performing: {
                    try ledger.catalog.unload("p", SemanticVersion("1.0.1"))
                })
        else { Issue.record("not notFound"); return }
        #expect(sentence.contains("1.0.1") && sentence.contains("loaded: 1.0.0"))
        #expect(throws: Catalog.Refusal.notFound("no plugin q is loaded; loaded: p")) {
            try ledger.catalog.unload("q", nil)
        }
        #expect(ledger.loaded == ["1.0.0"])
    }

    @Test func pluginsOfOtherNamesDoNotTouchEachOther() throws {
        var ledger = Ledger()
        try ledger.load("1.0.0")
        try ledger.bindTyped("^1")
        let other = try ledger.member("1.5.0", plugin: "q")
        let change = try ledger.catalog.swap(in: other)
        #expect(change == Catalog.Change())
        #expect(try ledger.server("^1") == "1.0.0")
    }

    @Test func unloadAllEmptiesEveryRoute() throws {
        var ledger = Ledger()
        let number = try ledger.load("1.0.0")
        try ledger.bindTyped("^1")
        let change = ledger.catalog.unloadAll()
        #expect(change.leaving == [number])
        #expect(change.assignments.count == 1)
        #expect(change.assignments.values.allSatisfy { $0 == nil })
        #expect(try ledger.server("^1") == nil)
    }
}
