/// The registry's rules, written a second time from the design's words: what `Catalog` decides is compared with this, and
/// so is every answer of the soak.
///
/// It shares no type and no step with the product: lines, ranges and arms are its own, and who serves is looked up anew
/// each time instead of being kept.
struct Rules {
    /// A release, compared part by part.
    struct Version: Hashable, Comparable, CustomStringConvertible {
        let major: Int, minor: Int, patch: Int

        init(_ major: Int, _ minor: Int, _ patch: Int) { (self.major, self.minor, self.patch) = (major, minor, patch) }

        var description: String { "\(major).\(minor).\(patch)" }
        /// What caret ranges hold together: 1.x.y, 0.3.x.
        var line: [Int] { major > 0 ? [major] : minor > 0 ? [0, minor] : [0, 0, patch] }

        static func < (left: Self, right: Self) -> Bool {
            [left.major, left.minor, left.patch].lexicographicallyPrecedes([right.major, right.minor, right.patch])
        }
    }

    /// The kinds of ranges that a caller may write.
    enum Range: Hashable, CustomStringConvertible {
        case any
        /// Its line, not below it.
        case caret(Version)
        /// Its major and minor, not below it.
        case tilde(Version)
        case exactly(Version)
        case from(Version, below: Version)

        func admits(_ version: Version) -> Bool {
            switch self {
            case .any: true
            case .caret(let first): version.line == first.line && version >= first
            case .tilde(let first): (version.major, version.minor) == (first.major, first.minor) && version >= first
            case .exactly(let only): version == only
            case .from(let first, let end): version >= first && version < end
            }
        }

        var description: String {
            switch self {
            case .any: "*"
            case .caret(let first): "^\(first)"
            case .tilde(let first): "~\(first)"
            case .exactly(let only): "=\(only)"
            case .from(let first, let end): ">=\(first) <\(end)"
            }
        }
    }

    /// One loaded copy of a version.
    struct Generation: Hashable {
        let number: Int
        let plugin: String
        let version: Version
        var isCurrent = false
        /// A swap put another in its place.
        var isSuperseded = false
        /// The swap that did so is on probation.
        var isReady = false
    }

    /// Where callers come in.
    struct Route: Hashable, CustomStringConvertible {
        let plugin: String
        let range: Range

        var description: String { "\(plugin) \(range)" }
    }

    /// Which part of a route's callers.
    enum Arm: Hashable {
        case main, canary
        case label(String)
    }

    /// What is set on one route.
    struct Setting: Hashable {
        var fixed: Version?
        /// Makes the arm exist; what it is fixed to, while it is.
        var arms: [Arm: Version?] = [:]
        /// Of 10,000.
        var canaryShare = 0
        var fallback: String?
    }

    private(set) var generations: [Int: Generation] = [:]
    var routes: [Route: Setting] = [:]

    // MARK: Who serves

    /// "A route serves the newest current version that it admits, else the newest loaded one"; before that what it is
    /// fixed to, after that its fallback.
    func server(of route: Route, _ arm: Arm = .main) -> Generation? {
        let setting = routes[route] ?? Setting()
        let admitted = generations.values.filter { $0.plugin == route.plugin && route.range.admits($0.version) }
        for wanted in [arm == .main ? nil : setting.arms[arm] ?? nil, setting.fixed] {
            if let wanted, let found = Self.newest(of: admitted.filter({ $0.version == wanted })) { return found }
        }
        if let own = Self.newest(of: admitted.filter(\.isCurrent)) ?? Self.newest(of: admitted) { return own }
        let others = generations.values.filter { $0.plugin == setting.fallback }
        return Self.newest(of: others.filter(\.isCurrent)) ?? Self.newest(of: others)
    }

    /// The one in front of a version's line.
    func current(of plugin: String, inLineOf version: Version) -> Generation? {
        generations.values.first { $0.isCurrent && $0.plugin == plugin && $0.version.line == version.line }
    }

    /// The generation that a version's name means: the newest copy.
    func loaded(_ plugin: String, _ version: Version) -> Generation? {
        Self.newest(of: generations.values.filter { $0.plugin == plugin && $0.version == version })
    }

    /// Of two copies of one version, the one that was put back comes before the one that it took over from.
    private static func newest(of some: [Generation]) -> Generation? {
        some.max { ($0.version, $0.isSuperseded ? 0 : 1, $0.number) < ($1.version, $1.isSuperseded ? 0 : 1, $1.number) }
    }

    // MARK: What changes it

    /// "`load` makes current only where nothing current is admitted", which is: its line has no current version.
    mutating func load(_ number: Int, _ plugin: String, _ version: Version) {
        let isFirst = current(of: plugin, inLineOf: version) == nil
        generations[number] = Generation(number: number, plugin: plugin, version: version, isCurrent: isFirst)
        letGo()
    }

    /// "`swap` makes its version current and its predecessor in that line not"; a copy of the same version is one too.
    mutating func swap(in newcomers: [(number: Int, plugin: String, version: Version)], keepingReady: Bool = false) {
        for newcomer in newcomers {
            for old in generations.values
            where old.plugin == newcomer.plugin && old.version.line == newcomer.version.line
                && (old.isCurrent || old.isReady || old.version == newcomer.version)
            {
                generations[old.number]?.isCurrent = false
                generations[old.number]?.isSuperseded = true
                generations[old.number]?.isReady = keepingReady && old.isCurrent
            }
            generations[newcomer.number] = Generation(
                number: newcomer.number, plugin: newcomer.plugin, version: newcomer.version, isCurrent: true)
        }
        letGo()
    }

    /// Takes a version out, or all of the plugin's.
    mutating func unload(_ plugin: String, _ version: Version?) {
        for leaver in generations.values where leaver.plugin == plugin && (version ?? leaver.version) == leaver.version
        {
            generations[leaver.number] = nil
        }
        letGo()
    }

    /// The end of a probation.
    mutating func endReadiness(of numbers: [Int]) {
        for number in numbers { generations[number]?.isReady = false }
        letGo()
    }

    /// What was replaced stays while some arm of a route has nothing better, or while it is kept ready.
    mutating func letGo() {
        var serving: Set<Int> = []
        for (route, setting) in routes {
            for arm in [.main] + setting.arms.keys { serving.insert(server(of: route, arm)?.number ?? 0) }
        }
        for old in generations.values where old.isSuperseded && !old.isReady && !serving.contains(old.number) {
            generations[old.number] = nil
        }
    }
}
