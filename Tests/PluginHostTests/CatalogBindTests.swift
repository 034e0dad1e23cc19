import Compatibility
import Testing

@testable import PluginHost

/// The design's registry rules, on the pure value: what can be bound.
@Suite struct CatalogBindTests {
    private static let digest = "0011223344556677"

    @Test(arguments: ["*", ">=1", "1 || 2", "^1 || ^2", ">0.9 <2.1", "0.x"])
    func typedRangeMustStayWithinOneLine(_ range: String) throws {
        var ledger = Ledger()
        try ledger.load("1.0.0")
        try ledger.load("0.5.0")
        guard
            case .invalid(let sentence) = #expect(
                throws: Catalog.Refusal.self,
                performing: {
                    try ledger.bindTyped(range)
                })
        else { Issue.record("not invalid"); return }
        #expect(sentence.contains("add") && sentence.contains("one line"))
        #expect(ledger.catalog.routes.isEmpty, "a refused binding leaves no route")
    }

    @Test(arguments: ["^1", "1", "1.x", "~1.0", ">=1.0.0 <2.0.0", "1.0.0", "^1.0 || ~1.5"])
    func typedRangeWithinOneLineIsBound(_ range: String) throws {
        var ledger = Ledger()
        try ledger.load("1.0.0")
        try ledger.bindTyped(range)
        #expect(try ledger.server(range) == "1.0.0")
    }

    @Test func messageRangeMaySpanLines() throws {
        var ledger = Ledger()
        try ledger.load("1.0.0")
        try ledger.bindMessage("*")
        #expect(try ledger.server("*") == "1.0.0")
    }

    @Test func typeMustBeThatOfTheManifest() throws {
        var ledger = Ledger()
        try ledger.load("1.0.0", exports: ["add \(Self.digest)", "plain", "say message"])
        try ledger.bindTyped("^1", "add", digest: Self.digest)
        for (symbol, digest, offered) in [
            ("add", "ffffffffffffffff", Self.digest), ("plain", Self.digest, nil), ("say", Self.digest, "message"),
        ] {
            guard
                case .type(let conflict) = #expect(
                    throws: Catalog.Refusal.self,
                    performing: {
                        try ledger.bindTyped("^1", symbol, digest: digest)
                    })
            else { Issue.record("not of another type"); return }
            #expect(conflict.offered.declared == offered && conflict.expected.declared == digest)
            #expect(conflict.isBinding && conflict.export == symbol && conflict.routes == ["p ^1"])
        }
        #expect(throws: Catalog.Refusal.self) { try ledger.bindMessage("^1", "add") }
        #expect(throws: Catalog.Refusal.self) { try ledger.bindMessage("^1", "plain") }
    }

    @Test func unknownExportIsNamedWithThoseThatExist() throws {
        var ledger = Ledger()
        try ledger.load("1.0.0")
        guard
            case .notFound(let sentence) = #expect(
                throws: Catalog.Refusal.self,
                performing: {
                    try ledger.bindTyped("^1", "subtract")
                })
        else { Issue.record("not notFound"); return }
        #expect(sentence.contains("subtract") && sentence.contains("add, say"))
    }

    @Test func rangeWithoutALoadedVersionIsNamedWithThoseThatExist() throws {
        var ledger = Ledger()
        try ledger.load("1.0.0")
        guard
            case .notFound(let sentence) = #expect(
                throws: Catalog.Refusal.self,
                performing: {
                    try ledger.bindTyped("^2")
                })
        else { Issue.record("not notFound"); return }
        #expect(sentence.contains("^2") && sentence.contains("loaded: 1.0.0"))
    }

    @Test func bindingOfAnUnloadedPluginIsRefused() throws {
        var ledger = Ledger()
        try ledger.load("1.0.0")
        try ledger.bindTyped("^1")
        _ = try ledger.catalog.unload("p", nil)
        #expect(throws: Catalog.Refusal.notFound("no plugin p is loaded")) { try ledger.bindTyped("^1") }
    }

    @Test func preReleaseServesOnlyRangesThatNameIt() throws {
        var ledger = Ledger()
        try ledger.load("1.3.0-rc.1")
        #expect(throws: Catalog.Refusal.self) { try ledger.bindTyped("^1") }
        try ledger.bindTyped("^1.3.0-rc")
        #expect(try ledger.server("^1.3.0-rc") == "1.3.0-rc.1")
    }
}
