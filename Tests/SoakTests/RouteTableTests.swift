import Compatibility
import Testing

@testable import PluginHost

/// Load, swap and unload redirect exactly the routes that the rules name: in every state that a catalog of five
/// versions can be in, for every range and arm, against `Rules`.
@Suite(.timeLimit(.minutes(3))) struct RouteTableTests {
    @Test func everyChangeRedirectsExactlyTheRoutesThatTheRulesName() throws {
        var table = try RouteTable()
        try table.explore()
        #expect(table.differences.prefix(5) == [])
        // Fewer would mean that the walk ended early.
        #expect(table.states > 500 && table.changes > 10_000, "\(table.states) states, \(table.changes) changes")
        print(
            "routes: \(table.states) states, \(table.changes) changes, \(table.redirections) redirected routes, as the rules say"
        )
    }

    @Test func aRuleThatIsMistakenIsFound() throws {
        var table = try RouteTable()
        table.swapsAreMistaken = true
        try table.explore()
        #expect(!table.differences.isEmpty)
    }
}

/// A walk through all states, side by side in `Catalog` and in `Rules`.
private struct RouteTable {
    private static let versions: [Rules.Version] = [
        .init(0, 3, 0), .init(0, 3, 1), .init(1, 0, 0), .init(1, 1, 0), .init(2, 0, 0),
    ]
    private static let settings: [(Rules.Range, Rules.Setting)] = [
        (.any, .init()), (.caret(.init(0, 3, 0)), .init()), (.tilde(.init(1, 0, 0)), .init()),
        (.exactly(.init(1, 1, 0)), .init()), (.caret(.init(2, 0, 0)), .init()),
        (.from(.init(0, 3, 1), below: .init(2, 0, 0)), .init()), (.caret(.init(3, 0, 0)), .init()),
        (.caret(.init(1, 0, 0)), .init(arms: [.canary: .init(1, 1, 0), .label("a"): .init(1, 0, 0)])),
        (
            .from(.init(0, 3, 0), below: .init(3, 0, 0)),
            .init(fixed: .init(1, 0, 0), arms: [.label("b"): .init(2, 0, 0)])
        ),
    ]

    /// The same state twice.
    private struct Pair {
        var catalog: Catalog
        var rules: Rules
    }

    private enum Step: CaseIterable {
        case load, swap, swapKeepingReady, unload
    }

    /// Of the oracle: whether it forgets that a swap ends what was current.
    var swapsAreMistaken = false
    private(set) var states = 0
    private(set) var changes = 0
    private(set) var redirections = 0
    private(set) var differences: [String] = []
    private var members: [Rules.Version: Catalog.Member] = [:]

    init() throws {
        for version in Self.versions { members[version] = try member(version) }
    }

    /// Breadth first from the empty state, with every route there from the start.
    mutating func explore() throws {
        var start = Pair(catalog: Catalog(), rules: Rules())
        for (range, setting) in Self.settings {
            let parsed = try VersionRange("\(range)")
            start.rules.routes[.init(plugin: "p", range: range)] = setting
            for arm in [.main] + setting.arms.keys {
                let fixed = arm == .main ? setting.fixed : setting.arms[arm] ?? nil
                start.catalog.routes[Self.key(parsed.description, arm)] = .init(
                    range: parsed, fixed: try fixed.map { try SemanticVersion("\($0)") })
            }
        }
        var known: Set<Set<String>> = [[]]
        var queue = [start]
        while let pair = queue.popLast() {
            states += 1
            for version in Self.versions {
                for step in Step.allCases {
                    guard differences.count < 100, let next = try take(step, version, from: pair) else { continue }
                    if known.insert(Self.shape(of: next.rules)).inserted { queue.append(next) }
                }
            }
        }
    }

    /// One change on both sides; `nil` where both refuse it.
    private mutating func take(_ step: Step, _ version: Rules.Version, from pair: Pair) throws -> Pair? {
        guard var newcomer = members[version] else { return nil }
        newcomer = Catalog.Member(
            number: (pair.rules.generations.keys.max() ?? 0) + 1, plugin: "p", version: newcomer.version,
            image: newcomer.image, exports: newcomer.exports)
        var next = pair
        let isLoaded = pair.rules.loaded("p", version) != nil
        let change: Catalog.Change
        do throws(Catalog.Refusal) {
            switch step {
            case .load: change = try next.catalog.load(newcomer)
            case .swap: change = try next.catalog.swap(in: newcomer)
            case .swapKeepingReady: change = try next.catalog.swap(in: newcomer, keepingReady: true)
            case .unload: change = try next.catalog.unload("p", newcomer.version)
            }
        } catch {
            // A version is loaded once, and unloaded only where it is there; a swap may always be made.
            let isRight = step == .load ? isLoaded : step == .unload && !isLoaded
            if !isRight { differences.append("\(step) \(version) in \(Self.shape(of: pair.rules)): refused: \(error)") }
            return nil
        }
        switch step {
        case .load: next.rules.load(newcomer.number, "p", version)
        case .unload: next.rules.unload("p", version)
        case .swap where swapsAreMistaken: next.rules.load(newcomer.number, "p", version)
        case .swap, .swapKeepingReady:
            next.rules.swap(in: [(newcomer.number, "p", version)], keepingReady: step == .swapKeepingReady)
        }
        changes += 1
        compare(change, pair, next, "\(step) \(version) in \(Self.shape(of: pair.rules).sorted())")
        return next
    }

    /// What was redirected, who leaves, who is there afterwards, and who of them is current.
    private mutating func compare(_ change: Catalog.Change, _ before: Pair, _ after: Pair, _ what: String) {
        var expected: [Catalog.RouteKey: Int?] = [:]
        for (route, setting) in before.rules.routes {
            for arm in [.main] + setting.arms.keys {
                let server = after.rules.server(of: route, arm)?.number
                if server == before.rules.server(of: route, arm)?.number { continue }
                expected[Self.key("\(route.range)", arm)] = .some(server)
            }
        }
        redirections += expected.count
        if change.assignments != expected {
            differences.append("\(what): redirected \(change.assignments), the rules say \(expected)")
        }

        let newcomers = Set(after.catalog.members.values.map(\.number)).subtracting(before.rules.generations.keys)
        let gone = Set(before.rules.generations.keys).union(newcomers).subtracting(after.rules.generations.keys)
        if Set(change.leaving) != gone { differences.append("\(what): \(change.leaving) leave, the rules say \(gone)") }

        let members = Set(after.catalog.members.values.map { "\($0.number) \($0.isCurrent) \($0.isReady)" })
        let loaded = Set(after.rules.generations.values.map { "\($0.number) \($0.isCurrent) \($0.isReady)" })
        if members != loaded { differences.append("\(what): \(members) are loaded, the rules say \(loaded)") }
    }

    private static func key(_ range: String, _ arm: Rules.Arm) -> Catalog.RouteKey {
        switch arm {
        case .main: .init(plugin: "p", range: range)
        case .canary: .init(plugin: "p", range: range, arm: .canary)
        case .label(let label): .init(plugin: "p", range: range, arm: .label(label))
        }
    }

    /// What tells two states apart, whatever the generations' numbers: those are only an order among equals.
    private static func shape(of rules: Rules) -> Set<String> {
        let ranks = rules.generations.keys.sorted()
        return Set(
            rules.generations.values.map { one in
                let twins = ranks.filter { rules.generations[$0]?.version == one.version }
                return "\(one.version) #\(twins.firstIndex(of: one.number) ?? 0)"
                    + (one.isCurrent ? " current" : "") + (one.isSuperseded ? " superseded" : "")
                    + (one.isReady ? " ready" : "")
            })
    }

    private func member(_ version: Rules.Version) throws -> Catalog.Member {
        let manifest = try PluginManifest(parsing: "name = p\nversion = \(version)\nexport = say message\n")
        return Catalog.Member(
            number: 0, plugin: "p", version: try SemanticVersion("\(version)"),
            image: ImageID(sha256: [UInt8](repeating: 1, count: 32)),
            exports: Dictionary(uniqueKeysWithValues: manifest.exports.map { ($0.symbol, $0) }))
    }
}
