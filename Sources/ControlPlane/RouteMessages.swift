import Compatibility
public import PluginHost

/// The parameters of `routes`, which may be left out: all routes, those of one plugin, or one.
struct RoutesParameters: Codable, Sendable {
    var plugin: String?
    var range: String?

    private enum Keys: String, CodingKey, CaseIterable {
        case plugin, range
    }

    init(plugin: String?, range: String?) {
        self.plugin = plugin
        self.range = range
    }

    init(from decoder: any Decoder) throws {
        let values = try decoder.container(strictlyKeyedBy: Keys.self)
        plugin = try values.decodeIfPresent(String.self, forKey: .plugin)
        range = try values.decodeIfPresent(String.self, forKey: .range)
        guard range == nil || plugin != nil else {
            throw DecodingError.dataCorruptedError(
                forKey: .range, in: values, debugDescription: "a range says something beside a \"plugin\" only")
        }
    }
}

/// The parameters of `route`: the change's name, and what that change takes.
struct RouteParameters: Codable, Sendable {
    let plugin: String
    let range: String
    let change: RouteChange

    private enum Keys: String, CodingKey, CaseIterable {
        case plugin, range, change, version, basisPoints, label, fallback
    }

    /// What can be changed.
    private enum Name: String, CaseIterable {
        case canary, closeCanary, label, removeLabel, fix, follow, fallback, noFallback

        var parameters: [Keys] {
            switch self {
            case .canary: [.version, .basisPoints]
            case .label: [.label, .version]
            case .removeLabel: [.label]
            case .fix: [.version]
            case .fallback: [.fallback]
            case .closeCanary, .follow, .noFallback: []
            }
        }
    }

    init(plugin: String, range: String, _ change: RouteChange) {
        self.plugin = plugin
        self.range = range
        self.change = change
    }

    init(from decoder: any Decoder) throws {
        let values = try decoder.container(strictlyKeyedBy: Keys.self)
        plugin = try values.decode(String.self, forKey: .plugin)
        // A route may be changed before its plugin is loaded, so that nothing else would ever look at the name.
        guard PluginManifest.isName(plugin) else {
            throw DecodingError.dataCorruptedError(
                forKey: .plugin, in: values,
                debugDescription: "\"\(printable(plugin, limit: 64))\" is no name of a plugin")
        }
        range = try values.decode(String.self, forKey: .range)
        let name = try values.require(.change) { try $0.word(Name.self, forKey: .change) }
        let surplus = Keys.allCases.first { key in
            values.contains(key) && ![.plugin, .range, .change].contains(key) && !name.parameters.contains(key)
        }
        if let surplus {
            throw DecodingError.dataCorruptedError(
                forKey: surplus, in: values, debugDescription: "the change \(name.rawValue) takes no such parameter")
        }
        change =
            switch name {
            case .canary:
                .canary(
                    try values.decode(SemanticVersion.self, forKey: .version),
                    basisPoints: try values.require(.basisPoints) { try $0.basisPoints(forKey: .basisPoints) })
            case .closeCanary: .closeCanary
            case .label:
                .label(
                    try values.decode(String.self, forKey: .label),
                    try values.decode(SemanticVersion.self, forKey: .version))
            case .removeLabel: .removeLabel(try values.decode(String.self, forKey: .label))
            case .fix: .fix(try values.decode(SemanticVersion.self, forKey: .version))
            case .follow: .follow
            case .fallback: .fallback(try values.decode(String.self, forKey: .fallback))
            case .noFallback: .noFallback
            }
    }

    func encode(to encoder: any Encoder) throws {
        var values = encoder.container(keyedBy: Keys.self)
        try values.encode(plugin, forKey: .plugin)
        try values.encode(range, forKey: .range)
        let name: Name
        switch change {
        case .canary(let version, let basisPoints):
            name = .canary
            try values.encode(version, forKey: .version)
            try values.encode(basisPoints, forKey: .basisPoints)
        case .closeCanary: name = .closeCanary
        case .label(let label, let version):
            name = .label
            try values.encode(label, forKey: .label)
            try values.encode(version, forKey: .version)
        case .removeLabel(let label):
            name = .removeLabel
            try values.encode(label, forKey: .label)
        case .fix(let version):
            name = .fix
            try values.encode(version, forKey: .version)
        case .follow: name = .follow
        case .fallback(let plugin):
            name = .fallback
            try values.encode(plugin, forKey: .fallback)
        case .noFallback: name = .noFallback
        }
        try values.encode(name.rawValue, forKey: .change)
    }
}

/// The reply to `routes`.
public struct RoutesReply: Sendable, Codable, Equatable {
    /// By plugin and range.
    public let routes: [RouteStatus]
}

extension RoutesReply {
    /// Those of `routes` that were asked for.
    ///
    /// - Throws: `notFound` where one route was named and is not there.
    init(_ routes: [RouteStatus], plugin: String?, range: String?) throws(PluginHostError) {
        self.routes = routes.filter { route in
            (plugin == nil || route.plugin == plugin) && (range == nil || route.range == range)
        }
        if let plugin, let range, self.routes.isEmpty {
            let known = routes.filter { $0.plugin == plugin }.map(\.range).joined(separator: ", ")
            throw .notFound(
                "nobody has bound or changed a route \(printable(plugin)) \(printable(range))"
                    + (known.isEmpty ? "; the plugin has none" : "; the plugin's routes: \(known)"))
        }
    }
}
