import Compatibility
import Testing

@testable import PluginHost

/// The registry's rules on the pure value: types of exports that are bound.
@Suite struct CatalogTypesTests {
    private static let (one, two) = ("0011223344556677", "8899aabbccddeeff")

    /// What `add` is in 1.0.0, where it is bound through ^1, and in 1.1.0; whether 1.1.0 may serve it.
    static let successions: [(String, String, Bool)] = [
        ("add", "add", true), ("add \(one)", "add \(one)", true), ("add message", "add message", true),
        ("add", "add \(one)", true), ("add \(one)", "add", false), ("add \(one)", "add \(two)", false),
        ("add", "add message", false), ("add message", "add", false), ("add message", "add \(one)", false),
        ("add \(one)", "add message", false),
    ]

    /// The conflict of types that a transition ends with; the catalog stays as it is.
    private func conflict(
        _ ledger: inout Ledger, sourceLocation: SourceLocation = #_sourceLocation,
        _ body: (inout Ledger) throws -> Void
    ) throws -> TypeConflict {
        let before = ledger.catalog
        let refusal = try #require(throws: Catalog.Refusal.self, sourceLocation: sourceLocation) { try body(&ledger) }
        #expect(
            ledger.catalog.members == before.members && ledger.catalog.routes == before.routes, "refused whole",
            sourceLocation: sourceLocation)
        guard case .type(let conflict) = refusal else {
            Issue.record("refused for another reason: \(refusal)", sourceLocation: sourceLocation)
            throw refusal
        }
        return conflict
    }

    @Test(arguments: successions)
    func swapKeepsTheTypesThatAreBound(_ before: String, _ after: String, _ isAllowed: Bool) throws {
        var ledger = Ledger()
        try ledger.load("1.0.0", exports: [before])
        _ = try ledger.catalog.bind("p", VersionRange("^1"), "add", as: nil)
        guard !isAllowed else {
            try ledger.swap("1.1.0", exports: [after])
            #expect(try ledger.server("^1") == "1.1.0")
            return
        }
        let conflict = try conflict(&ledger) { ledger in try ledger.swap("1.1.0", exports: [after]) }
        #expect(conflict.routes == ["p ^1"] && conflict.export == "add" && !conflict.isBinding)
        #expect(["add", conflict.expected.declared].compactMap(\.self).joined(separator: " ") == before)
        #expect(["add", conflict.offered.declared].compactMap(\.self).joined(separator: " ") == after)
        #expect(try ledger.server("^1") == "1.0.0")
    }

    /// A load puts a version on a bound route where nothing serves that any more.
    @Test(arguments: successions)
    func loadKeepsTheTypesThatAreBound(_ before: String, _ after: String, _ isAllowed: Bool) throws {
        var ledger = Ledger()
        try ledger.load("1.0.0", exports: [before])
        _ = try ledger.catalog.bind("p", VersionRange("^1"), "add", as: nil)
        _ = try ledger.catalog.unload("p", nil)
        guard !isAllowed else {
            try ledger.load("1.1.0", exports: [after])
            #expect(try ledger.server("^1") == "1.1.0")
            return
        }
        #expect(try conflict(&ledger) { try $0.load("1.1.0", exports: [after]) }.routes == ["p ^1"])
        #expect(try ledger.server("^1") == nil)
    }

    @Test func loadOfAVersionThatWaitsBesideIsNoReason() throws {
        var ledger = Ledger()
        try ledger.load("1.0.0", exports: ["add \(Self.one)"])
        try ledger.bindTyped("^1")
        try ledger.load("1.1.0", exports: ["add \(Self.two)"])
        #expect(try ledger.server("^1") == "1.0.0")
        let waiting = try #require(ledger.catalog.members.values.first { "\($0.version)" == "1.1.0" })
        _ = try conflict(&ledger) { _ = try $0.catalog.swap(in: waiting) }
        // Nor does it take over when the first goes: the route has nothing then.
        _ = try ledger.catalog.unload("p", SemanticVersion("1.0.0"))
        #expect(try ledger.server("^1") == nil)
    }

    /// What was offered is bound, whether or not the caller named it.
    @Test func anUntypedBindingHoldsTheVersionToTheTypeThatItOffered() throws {
        var ledger = Ledger()
        try ledger.load("1.0.0", exports: ["add"])
        try ledger.bindTyped("^1")
        try ledger.swap("1.1.0", exports: ["add \(Self.one)"])
        try ledger.swap("1.0.1", exports: ["add"])
        #expect(try ledger.server("^1") == "1.0.1", "nothing was promised, so it can go back")
        try ledger.swap("1.1.0", exports: ["add \(Self.one)"])
        try ledger.bindTyped("^1")
        #expect(
            try conflict(&ledger) { try $0.swap("1.2.0", exports: ["add \(Self.two)"]) }.expected.declared == Self.one)
        _ = try conflict(&ledger) { try $0.swap("1.0.1", exports: ["add"]) }
    }

    @Test func armsKeepTheTypesThatAreBound() throws {
        var ledger = Ledger()
        let range = try VersionRange("^1")
        try ledger.load("1.0.0", exports: ["add \(Self.one)"])
        try ledger.bindTyped("^1")
        try ledger.load("1.1.0", exports: ["add \(Self.two)"])
        let other = try SemanticVersion("1.1.0")
        for change: RouteChange in [.fix(other), .canary(other, basisPoints: 100), .label("beta", other)] {
            let conflict = try conflict(&ledger) { _ = try $0.catalog.change("p", range, by: change) }
            #expect(conflict.routes == ["p ^1"] && conflict.version == other)
        }
        let understudy = try ledger.member("3.0.0", exports: ["add \(Self.two)"], plugin: "understudy")
        _ = try ledger.catalog.load(understudy)
        let conflict = try conflict(&ledger) {
            _ = try $0.catalog.change("p", range, by: .fallback("understudy"))
        }
        #expect(conflict.plugin == "understudy" && conflict.routes == ["p ^1"])
    }

    /// The type that a stand-in offers counts, too, whatever the range says of its version.
    @Test func aStandInKeepsTheTypesThatAreBound() throws {
        var ledger = Ledger()
        try ledger.load("1.0.0", exports: ["add \(Self.one)"])
        try ledger.bindTyped("^1")
        _ = try ledger.catalog.load(ledger.member("3.0.0", exports: ["add \(Self.one)"], plugin: "understudy"))
        _ = try ledger.catalog.change("p", VersionRange("^1"), by: .fallback("understudy"))
        _ = try ledger.catalog.unload("p", nil)
        let next = try ledger.member("3.1.0", exports: ["add \(Self.two)"], plugin: "understudy")
        #expect(try conflict(&ledger) { _ = try $0.catalog.swap(in: next) }.routes == ["p ^1"])
    }

    /// The old importer goes on calling the old plugin, so it need not follow: this used to be refused.
    @Test func aTransactionMayChangeATypeThatOnlyAReplacedImporterHasBound() throws {
        var ledger = Ledger()
        try ledger.load("1.0.0", exports: ["add \(Self.one)"])
        let user = try ledger.member("1.0.0", plugin: "user")
        _ = try ledger.catalog.load(user)
        let arm = Catalog.Arm.importer(user.number, of: "user")
        let (key, _) = try ledger.catalog.bind("p", VersionRange("^1"), "add", as: nil, arm: arm)
        let next = try ledger.member("1.1.0", exports: ["add \(Self.two)"])
        #expect(try conflict(&ledger) { _ = try $0.catalog.swap(in: next) }.routes == ["\(key)"])
        #expect(ledger.catalog.bound(ahead: next, for: .swap, beside: []).map(\.route) == ["\(key)"])
        #expect(ledger.catalog.bound(ahead: next, for: .swap, beside: ["user"]) == [])
        _ = try ledger.catalog.swap(in: [next, ledger.member("1.1.0", plugin: "user")])
        #expect(ledger.catalog.routes[key]?.server == 1, "the old one stays with the old one")
    }

    @Test func theGatesHearOfTheRoutesThatTheVersionIsFor() throws {
        var ledger = Ledger()
        try ledger.load("1.0.0", exports: ["add \(Self.one)", "say message"])
        try ledger.bindTyped("^1")
        try ledger.bindTyped("~1.0")
        try ledger.bindMessage("*")
        let next = try ledger.member("1.1.0", exports: ["add \(Self.two)"])
        func routes(_ version: String, _ purpose: Candidate.Purpose) throws -> [String] {
            let member = try ledger.member(version)
            return ledger.catalog.bound(ahead: member, for: purpose, beside: []).map { "\($0.route): \($0.symbol)" }
        }
        #expect(
            ledger.catalog.bound(ahead: next, for: .swap, beside: []) == [
                .init(route: "p *", symbol: "say", type: .message),
                .init(route: "p ^1", symbol: "add", type: .contract(Self.one)),
            ])
        #expect(try routes("1.1.0", .load) == [], "it waits beside")
        #expect(try routes("1.0.1", .swap) == ["p *: say", "p ^1: add", "p ~1.0: add"])
        #expect(try routes("2.0.0", .load) == ["p *: say"])
        _ = try ledger.catalog.unload("p", nil)
        #expect(try routes("1.1.0", .load) == ["p *: say", "p ^1: add"])
    }
}
