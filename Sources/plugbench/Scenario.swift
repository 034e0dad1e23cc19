/// What can be measured; a file each.
enum Scenario: String, CaseIterable {
    case call, nested, throughput, noinline, pin
    case lease
    case heldLease = "held-lease"
    case publish, visible, drain
    case load, judge, scan, bind
    case routes, plugins, growth

    /// A clause for `--list`.
    var summary: String {
        switch self {
        case .call: "a call through a binding, beside what others do; 1 and 2 threads"
        case .nested: "calls from inside calls, two and three levels deep"
        case .throughput: "calls that do not depend on each other"
        case .noinline: "a call behind a function that is not inlined"
        case .pin: "several calls under one pin"
        case .lease: "taking a lease and giving it back"
        case .heldLease: "a call on a lease that is held"
        case .publish: "putting a new target on a route"
        case .visible: "from publication until a caller on another CPU is in the new version"
        case .drain: "until no call is inside any more; also with a thread stuck in another plugin"
        case .load: "a gated load with each step's share, beside bare dlopen and dlsym"
        case .judge: "reading and judging one image, small and large; following its closure"
        case .scan: "reading and judging 1,000 plugin files, beside readelf -n over them"
        case .bind: "binding an export, on a route that is there and on a new one"
        case .routes: "calls and publications among 10,000 routes"
        case .plugins: "loading 1,000 plugins, and calling each in turn"
        case .growth: "each cost against the number of plugins, routes and exports"
        }
    }

    func run(_ arguments: Arguments) async throws -> [Row] {
        switch self {
        case .call: try CallScenario(arguments).rows()
        case .nested: try NestedScenario(arguments).rows()
        case .throughput: try ThroughputScenario(arguments).rows()
        case .noinline: try NoinlineScenario(arguments).rows()
        case .pin: try PinScenario(arguments).rows()
        case .lease: try await LeaseScenario(arguments).rows()
        case .heldLease: try await HeldLeaseScenario(arguments).rows()
        case .publish: try await PublishScenario(arguments).rows()
        case .visible: try await VisibleScenario(arguments).rows()
        case .drain: try await DrainScenario(arguments).rows()
        case .load: try await LoadScenario(arguments).rows()
        case .judge: try JudgeScenario(arguments).rows()
        case .scan: try ScanScenario(arguments).rows()
        case .bind: try await BindScenario(arguments).rows()
        case .routes: try await RoutesScenario(arguments).rows()
        case .plugins: try await PluginsScenario(arguments).rows()
        case .growth: try await GrowthScenario(arguments).rows()
        }
    }
}
