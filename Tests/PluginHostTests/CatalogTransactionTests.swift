import Compatibility
import TestSupport
import Testing

@testable import PluginHost

/// The registry's rules on the pure value: several plugins swapped as one, old versions kept ready, and requirements.
@Suite struct CatalogTransactionTests {
    private var catalog = Catalog()
    private var lastNumber = 0

    private mutating func member(_ plugin: String, _ version: String, requires: String...) throws -> Catalog.Member {
        lastNumber += 1
        let lines =
            ["name = \(plugin)", "version = \(version)", "export = say message"] + requires.map { "requires = \($0)" }
        let manifest = try PluginManifest(parsing: lines.joined(separator: "\n") + "\n")
        return Catalog.Member(
            number: lastNumber, plugin: plugin, version: try SemanticVersion(version),
            image: ImageID(sha256: [UInt8](repeating: UInt8(lastNumber), count: 32)),
            exports: Dictionary(uniqueKeysWithValues: manifest.exports.map { ($0.symbol, $0) }),
            requires: manifest.requires, provides: manifest.provides)
    }

    private mutating func load(_ plugin: String, _ version: String, requires: String...) throws -> Int {
        var member = try member(plugin, version)
        let manifest = try PluginManifest(
            parsing: (["name = x", "version = 1.0.0", "export = say message"] + requires.map { "requires = \($0)" })
                .joined(separator: "\n") + "\n")
        member.requires = manifest.requires
        _ = try catalog.load(member)
        return member.number
    }

    private mutating func bind(_ plugin: String, _ range: String, _ arm: Catalog.Arm = .main) throws -> Catalog.RouteKey
    {
        try catalog.bind(plugin, VersionRange(range), "say", as: .message, arm: arm).0
    }

    /// The sentence of the conflict that a transition ends with; the catalog stays as it is.
    private func conflict(_ body: (inout Catalog) throws -> Void) throws -> String {
        var copy = catalog
        do { try body(&copy) } catch Catalog.Refusal.conflict(let sentence) { return sentence }
        throw TestSupportError("it was not refused")
    }

    @Test mutating func aTransactionMovesTheRoutesOfAllAndAllOldOnesLeave() throws {
        let old = [try load("a", "1.0.0"), try load("b", "1.0.0")]
        let keys = [try bind("a", "^1"), try bind("b", "^1")]
        let new = [try member("a", "1.1.0"), try member("b", "1.1.0")]
        let change = try catalog.swap(in: new)
        #expect(change.leaving == old)
        #expect(keys.map { catalog.routes[$0]?.server } == new.map(\.number))
    }

    @Test mutating func aTransactionThatOneRouteCannotFollowChangesNothing() throws {
        _ = [try load("a", "1.0.0"), try load("b", "1.0.0")]
        _ = [try bind("a", "^1"), try bind("b", "^1")]
        let before = catalog
        let first = try member("a", "1.1.0")
        let whole = try member("b", "1.1.0")
        let second = Catalog.Member(
            number: whole.number, plugin: whole.plugin, version: whole.version, image: whole.image, exports: [:])
        let sentence = try conflict { catalog in _ = try catalog.swap(in: [first, second]) }
        #expect(sentence.contains("route b ^1"))
        #expect(catalog.members == before.members && catalog.routes == before.routes)
    }

    @Test mutating func whatAnOldOneImportsFromAnotherOldOneStaysUntilItIsGone() throws {
        let (library, user) = (try load("b", "1.0.0"), try load("a", "1.0.0", requires: "b ^1"))
        _ = [try bind("a", "^1"), try bind("b", "^1")]
        let imported = try bind("b", "^1", .importer(user, of: "a"))
        let change = try catalog.swap(in: [try member("a", "1.1.0", requires: "b ^1"), try member("b", "1.1.0")])
        #expect(change.leaving == [user], "the old a is inside the old b")
        #expect(catalog.routes[imported]?.server == library)
        #expect(catalog.dropImports(of: user).leaving == [library])
        #expect(catalog.routes[imported] == nil)
    }

    @Test mutating func aSwapOfTheImportedAloneMovesTheImport() throws {
        let (library, user) = (try load("b", "1.0.0"), try load("a", "1.0.0", requires: "b ^1"))
        let imported = try bind("b", "^1", .importer(user, of: "a"))
        let next = try member("b", "1.1.0")
        let change = try catalog.swap(in: next)
        #expect(change.leaving == [library])
        #expect(catalog.routes[imported]?.server == next.number)
    }

    @Test mutating func anOldVersionThatIsKeptReadyStaysAndCanComeBack() throws {
        let old = try load("a", "1.0.0")
        let key = try bind("a", "^1")
        let next = try member("a", "1.1.0")
        #expect(try catalog.swap(in: next, keepingReady: true).leaving == [])
        #expect(catalog.routes[key]?.server == next.number)
        #expect(catalog.members[old]?.isReady == true)
        let ready = try #require(catalog.members[old])
        #expect(try catalog.swap(in: ready).leaving == [next.number])
        #expect(catalog.routes[key]?.server == old)
        #expect(catalog.members[old]?.isCurrent == true && catalog.members[old]?.isReady == false)
    }

    @Test mutating func theEndOfReadinessLetsItGo() throws {
        let old = try load("a", "1.0.0")
        _ = try bind("a", "^1")
        _ = try catalog.swap(in: try member("a", "1.1.0"), keepingReady: true)
        #expect(catalog.endReadiness(of: [old]).leaving == [old])
    }

    @Test mutating func theNextSwapLetsGoOfWhatTheOneBeforeKeptReady() throws {
        let old = try load("a", "1.0.0")
        let second = try member("a", "1.1.0")
        _ = try catalog.swap(in: second, keepingReady: true)
        #expect(try catalog.swap(in: try member("a", "1.2.0"), keepingReady: true).leaving == [old])
        #expect(catalog.members[second.number]?.isReady == true)
    }

    @Test mutating func whatIsRequiredCannotBeUnloadedAndTheRefusalNamesWhoRequiresIt() throws {
        _ = [try load("b", "1.0.0"), try load("a", "1.0.0", requires: "b ^1")]
        let sentence = try conflict { catalog in _ = try catalog.unload("b", nil) }
        #expect(sentence.contains("a 1.0.0 requires b ^1"))
        _ = try catalog.unload("a", nil)
        #expect(try catalog.unload("b", nil).leaving.count == 1)
    }

    @Test mutating func anotherVersionThatSatisfiesTheRequirementLetsTheFirstGo() throws {
        _ = [try load("b", "1.0.0"), try load("b", "1.1.0"), try load("a", "1.0.0", requires: "b ^1")]
        #expect(try catalog.unload("b", SemanticVersion("1.0.0")).leaving.count == 1)
    }

    @Test mutating func aReplacedVersionStaysWhileItAloneSatisfiesARequirement() throws {
        let old = try load("b", "1.0.0")
        let user = try load("a", "1.0.0", requires: "b ~1.0")
        #expect(try catalog.swap(in: try member("b", "1.1.0")).leaving == [])
        #expect(try catalog.unload("a", nil).leaving == [old, user])
    }

    @Test mutating func aCycleIsRefusedAndPrinted() throws {
        _ = [
            try load("a", "1.0.0"), try load("b", "1.0.0", requires: "a ^1"), try load("c", "1.0.0", requires: "b ^1"),
        ]
        var next = try member("a", "1.1.0")
        next.requires = try PluginManifest(
            parsing: "name = x\nversion = 1.0.0\nexport = say message\nrequires = c ^1\n"
        ).requires
        let sentence = try conflict { catalog in _ = try catalog.swap(in: next) }
        #expect(sentence.contains("a requires c requires b requires a"))
    }

    @Test mutating func theEndOfAllFollowsTheImports() throws {
        let (library, user) = (try load("b", "1.0.0"), try load("a", "1.0.0", requires: "b ^1"))
        _ = try bind("b", "^1", .importer(user, of: "a"))
        #expect(catalog.unloadAll().leaving == [user])
        #expect(catalog.dropImports(of: user).leaving == [library])
    }
}
