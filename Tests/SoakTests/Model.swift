/// What the host should be like: which build answers which call at this moment, and how each operation should end.
///
/// The rules of who serves are `Rules`; here is what a host adds to them: the numbers that plugins remember, what is on
/// probation, and what a failing plugin does to a request.
struct Model {
    /// How an operation should end, and what may be seen until it has.
    struct Prediction {
        /// "done", "unchanged", "absent", or the error's code.
        var outcome: String
        /// Between before and after.
        var meanwhile: [Model] = []
        var after: Model
        /// What the guest inside should answer.
        var guest: Answer?
    }

    /// One plugin of a swap on probation.
    struct Decision {
        let plugin: String
        let line: [Int]
        let new: Int
        /// What was in front before; `nil` where nothing was, or the new one already.
        let old: Int?
    }

    var rules = Rules()
    var builds: [Int: Build] = [:]
    var memories: [Int: Int] = [:]
    var probations: [[Decision]] = []
    var lastNumber = 0
    /// The self-test's: this model predicts that `load` takes the place of what is current.
    var isMistaken = false

    /// The routes that callers have bound.
    mutating func bind(_ routes: [Rules.Route]) {
        for route in routes where rules.routes[route] == nil { rules.routes[route] = .init() }
    }

    // MARK: What calls answer

    func answer(_ question: Question) -> Answer {
        switch question {
        case .number(let route): rules.server(of: route).map { .number(builds[$0.number]?.number ?? 0) } ?? .absent
        case .text(let route, let arm): text(of: rules.server(of: route, arm))
        case .keyed(let route, let key):
            text(of: rules.server(of: route, isCanary(key, route) ? .canary : .main))
        case .pair(let first, let second):
            if case .number(let first) = answer(.number(first)), case .number(let second) = answer(.number(second)) {
                .text("\(first) \(second)")
            } else {
                .absent
            }
        }
    }

    func text(of generation: Rules.Generation?) -> Answer {
        guard let generation, let build = builds[generation.number] else { return .absent }
        return .text(
            "\(build.plugin) \(build.version) build \(build.number) remembers \(memories[generation.number] ?? 0)")
    }

    /// The documented hash of `ArmKey`: one step of SplitMix64, scaled to 10,000.
    private func isCanary(_ key: UInt64, _ route: Rules.Route) -> Bool {
        guard let setting = rules.routes[route], setting.arms[.canary] != nil else { return false }
        var mixed = key &+ 0x9e37_79b9_7f4a_7c15
        mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
        mixed ^= mixed >> 31
        return mixed.multipliedFullWidth(by: 10_000).high < UInt64(setting.canaryShare)
    }

    /// What `list` should show of those in service: "alpha 1.0.0 current", sorted.
    var listed: [String] {
        rules.generations.values.map {
            "\($0.plugin) \($0.version) \($0.isCurrent ? "current" : $0.isReady ? "ready" : "loaded")"
        }.sorted()
    }
}
