/// What the soak asks the host for.
enum Operation: Sendable, CustomStringConvertible {
    /// How a swap is done.
    enum Manner: String, CaseIterable, Sendable {
        case plain, onProbation, discardingState, dryRun
    }

    /// Who is inside the route's old version for as long as the swap takes.
    enum Guest: String, CaseIterable, Sendable {
        case call, lease
    }

    /// A change of a route's arms, in the words of `Rules`.
    enum Change: Sendable {
        case canary(Rules.Version, share: Int), closeCanary
        case label(String, Rules.Version), removeLabel(String)
        case fix(Rules.Version), follow
        case fallback(String), noFallback
    }

    case load(Build)
    case swap(Build, Manner)
    case swapToLoaded(String, Rules.Version, Manner)
    case swapTogether([Build], Manner)
    /// With a guest inside, whom it does not outlast; `takesBack`: then the old version is put back.
    case swapAround(Guest, Build, takesBack: Bool)
    case revert(String)
    case commit(String)
    case unload(String, Rules.Version?)
    case change(Rules.Route, Change)
    /// Gives whatever serves the route a number to remember.
    case remember(Rules.Route, Int)
    /// Lets the threads go that plugins left behind.
    case wakeSleepers

    /// The word for the statistics.
    var name: String { String(describing: self).prefix { $0 != " " && $0 != "(" }.description }

    var description: String {
        switch self {
        case .load(let build): "load \(build)"
        case .swap(let build, let manner): "swap \(build), \(manner)"
        case .swapToLoaded(let plugin, let version, let manner): "swapToLoaded \(plugin) \(version), \(manner)"
        case .swapTogether(let builds, let manner): "swapTogether \(builds), \(manner)"
        case .swapAround(let guest, let build, let takesBack):
            "swapAround a \(guest): \(build)\(takesBack ? ", to be taken back" : "")"
        case .revert(let plugin): "revert \(plugin)"
        case .commit(let plugin): "commit \(plugin)"
        case .unload(let plugin, let version): "unload \(plugin) \(version.map { "\($0)" } ?? "in all versions")"
        case .change(let route, let change): "change \(route): \(change)"
        case .remember(let route, let number): "remember \(number) through \(route)"
        case .wakeSleepers: "wakeSleepers"
        }
    }

    /// What is likely to come next: a swap on probation is often decided before the next one decides it.
    static func random(
        after previous: Operation?, using random: inout some RandomNumberGenerator
    ) -> Operation {
        let isRevert = Bool.random(using: &random)
        let undecided: String? =
            switch previous {
            case .swap(let build, .onProbation): build.plugin
            case .swapToLoaded(let plugin, _, .onProbation), .revert(let plugin): plugin
            case .swapTogether(let builds, .onProbation): builds[0].plugin
            default: nil
            }
        guard let undecided, Bool.random(using: &random) else { return any(using: &random) }
        return isRevert ? .revert(undecided) : .commit(undecided)
    }

    /// Any of them, with a weight for what changes most.
    private static func any(using random: inout some RandomNumberGenerator) -> Operation {
        func pick<Element>(_ some: [Element], _ random: inout some RandomNumberGenerator) -> Element {
            some[Int.random(in: some.indices, using: &random)]
        }
        let plugin = pick(["alpha", "alpha", "alpha", "alpha", "beta", "threaded", "vouched"], &random)
        let build = pick(Build.of(plugin), &random)
        let manner = pick(Manner.allCases, &random)
        switch Int.random(in: 0..<100, using: &random) {
        case 0..<14: return .load(build)
        case 14..<36: return .swap(build, manner)
        case 36..<42: return .swapToLoaded(plugin, build.version, manner == .dryRun ? .plain : manner)
        case 42..<49:
            let version = Int.random(in: 0..<3, using: &random)
            return .swapTogether(
                [Build.of("left")[version], Build.of("right")[version]],
                Bool.random(using: &random) ? .onProbation : .plain)
        case 49..<57:
            return .swapAround(
                pick(Guest.allCases, &random), pick(Build.of("alpha"), &random), takesBack: .random(using: &random))
        case 57..<60: return .revert(pick([plugin, "left", "right"], &random))
        case 60..<62: return .commit(pick([plugin, "left", "right"], &random))
        case 62..<72: return .unload(plugin, Int.random(in: 0..<4, using: &random) == 0 ? nil : build.version)
        case 72..<88:
            let version = pick(Build.of("alpha"), &random).version
            return .change(
                Call.alpha,
                pick(
                    [
                        .canary(version, share: pick([0, 100, 5_000, 10_000, 10_001], &random)), .closeCanary,
                        .label("blue", version), .removeLabel("blue"), .fix(version), .follow, .follow,
                        .fallback(pick(["beta", "beta", "alpha", "nobody"], &random)), .noFallback,
                    ], &random))
        case 88..<97:
            return .remember(
                pick([Call.alpha, Call.everyAlpha, Call.beta], &random), Int.random(in: 1...9999, using: &random))
        default: return .wakeSleepers
        }
    }
}
