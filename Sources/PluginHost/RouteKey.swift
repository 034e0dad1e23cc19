extension Catalog.RouteKey: CustomStringConvertible, Comparable {
    /// "greeter ^1", and which arm: the route's name in errors.
    var description: String {
        switch arm {
        case .main: "\(plugin) \(range)"
        case .canary: "\(plugin) \(range) (canary)"
        case .label(let label): "\(plugin) \(range) (label \(label))"
        case .importer(let number, let importer): "\(plugin) \(range) (imported by \(importer), generation \(number))"
        }
    }

    /// The generation that imports through it.
    var importer: Int? {
        if case .importer(let number, _) = arm { number } else { nil }
    }

    var isImport: Bool { importer != nil }
    var main: Self { Self(plugin: plugin, range: range) }
    var canary: Self { Self(plugin: plugin, range: range, arm: .canary) }

    static func < (left: Self, right: Self) -> Bool {
        if (left.plugin, left.range) != (right.plugin, right.range) {
            return (left.plugin, left.range) < (right.plugin, right.range)
        }
        return left.arm != right.arm && left.description < right.description
    }
}
