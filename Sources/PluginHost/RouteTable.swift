import Compatibility

/// The routes of a catalog, grouped by plugin: a change of one plugin visits and copies that plugin's alone.
struct RouteTable: Equatable {
    typealias Key = Catalog.RouteKey
    typealias Entry = Catalog.RouteEntry

    private var byPlugin: [String: [Key: Entry]] = [:]
    /// How many there are, of all plugins.
    private(set) var count = 0
    var isEmpty: Bool { count == 0 }

    subscript(key: Key) -> Entry? {
        get { byPlugin[key.plugin]?[key] }
        set {
            let had = byPlugin[key.plugin]?[key] != nil
            byPlugin[key.plugin, default: [:]][key] = newValue
            count += (newValue == nil ? 0 : 1) - (had ? 1 : 0)
        }
    }

    /// The routes of one plugin.
    func of(_ plugin: String) -> [Key: Entry] { byPlugin[plugin] ?? [:] }

    /// All of them.
    var all: some Sequence<(key: Key, value: Entry)> { byPlugin.values.lazy.joined() }
}

/// The generations of a catalog, grouped by plugin for the same reason.
struct MemberTable: Equatable {
    private var plugins: [Int: String] = [:]
    private var byPlugin: [String: [Int: Catalog.Member]] = [:]
    /// Those that a swap put another in place of: the ones that may have to leave.
    private(set) var superseded: Set<Int> = []

    subscript(number: Int) -> Catalog.Member? {
        get { plugins[number].flatMap { byPlugin[$0]?[number] } }
        set {
            if newValue?.isSuperseded == true { superseded.insert(number) } else { superseded.remove(number) }
            if let plugin = newValue?.plugin {
                plugins[number] = plugin
                byPlugin[plugin, default: [:]][number] = newValue
            } else if let plugin = plugins.removeValue(forKey: number) {
                byPlugin[plugin]?[number] = nil
                if byPlugin[plugin]?.isEmpty == true { byPlugin[plugin] = nil }
            }
        }
    }

    /// The generations of one plugin, in no order.
    func of(_ plugin: String) -> some Collection<Catalog.Member> { (byPlugin[plugin] ?? [:]).values }

    /// All of them, in no order.
    var values: some Sequence<Catalog.Member> { byPlugin.values.lazy.flatMap(\.values) }

    /// Their numbers.
    var numbers: some Collection<Int> { plugins.keys }

    /// The plugins that have any.
    var names: [String] { byPlugin.keys.sorted() }
}
