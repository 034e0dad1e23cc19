import Compatibility
import PluginHost

/// The parameters of `swap`: one of `path` and `version`.
struct SwapParameters: Codable, Sendable {
    var name: String
    var path: String?
    var version: SemanticVersion?
    var options: SwapOptionsParameters?

    private enum Keys: String, CodingKey, CaseIterable {
        case name, path, version, options
    }

    init(name: String, path: String? = nil, version: SemanticVersion? = nil, _ options: SwapOptions) {
        self.name = name
        self.path = path
        self.version = version
        self.options = SwapOptionsParameters(options)
    }

    init(from decoder: any Decoder) throws {
        let values = try decoder.container(strictlyKeyedBy: Keys.self)
        name = try values.decode(String.self, forKey: .name)
        path = try values.decodeIfPresent(String.self, forKey: .path)
        version = try values.decodeIfPresent(SemanticVersion.self, forKey: .version)
        options = try values.decodeIfPresent(SwapOptionsParameters.self, forKey: .options)
    }
}

/// The parameters of `swapTogether`.
struct TogetherParameters: Codable, Sendable {
    var plugins: [Plugin]
    var options: SwapOptionsParameters?

    /// One plugin and its new version.
    struct Plugin: Codable, Sendable, Equatable {
        var name: String
        var path: String

        private enum Keys: String, CodingKey, CaseIterable {
            case name, path
        }

        init(name: String, path: String) {
            self.name = name
            self.path = path
        }

        init(from decoder: any Decoder) throws {
            let values = try decoder.container(strictlyKeyedBy: Keys.self)
            name = try values.decode(String.self, forKey: .name)
            path = try values.decode(String.self, forKey: .path)
        }
    }

    private enum Keys: String, CodingKey, CaseIterable {
        case plugins, options
    }

    init(_ plugins: [Plugin], _ options: SwapOptions) {
        self.plugins = plugins
        self.options = SwapOptionsParameters(options)
    }

    init(from decoder: any Decoder) throws {
        let values = try decoder.container(strictlyKeyedBy: Keys.self)
        plugins = try values.decode([Plugin].self, forKey: .plugins)
        guard ControlLimits.together.contains(plugins.count) else {
            throw DecodingError.dataCorruptedError(
                forKey: .plugins, in: values,
                debugDescription: "\(plugins.count) plugins cannot be swapped together: 1 to "
                    + "\(ControlLimits.together.upperBound) can")
        }
        options = try values.decodeIfPresent(SwapOptionsParameters.self, forKey: .options)
    }
}

/// The parameters of `revert` and `commit`.
struct ProbationParameters: Codable, Sendable {
    var name: String

    private enum Keys: String, CodingKey, CaseIterable {
        case name
    }

    init(name: String) {
        self.name = name
    }

    init(from decoder: any Decoder) throws {
        name = try decoder.container(strictlyKeyedBy: Keys.self).decode(String.self, forKey: .name)
    }
}

/// The options of a swap: lengths of time in seconds, and what is left out as the host has it.
struct SwapOptionsParameters: Codable, Sendable {
    let options: SwapOptions

    private enum Keys: String, CodingKey, CaseIterable {
        case probation, drainLimit, onDrainTimeout, state, dryRun
    }

    init(_ options: SwapOptions) {
        self.options = options
    }

    init(from decoder: any Decoder) throws {
        let values = try decoder.container(strictlyKeyedBy: Keys.self)
        options = SwapOptions(
            probation: try values.seconds(forKey: .probation), drainLimit: try values.seconds(forKey: .drainLimit),
            onDrainTimeout: try values.word(DrainPolicy.self, forKey: .onDrainTimeout) ?? .wait,
            state: try values.word(StatePolicy.self, forKey: .state) ?? .handOver,
            isDryRun: try values.decodeIfPresent(Bool.self, forKey: .dryRun) ?? false)
    }

    func encode(to encoder: any Encoder) throws {
        var values = encoder.container(keyedBy: Keys.self)
        try values.encodeIfPresent(options.probation.map { $0 / .seconds(1) }, forKey: .probation)
        try values.encodeIfPresent(options.drainLimit.map { $0 / .seconds(1) }, forKey: .drainLimit)
        try values.encode(options.onDrainTimeout.rawValue, forKey: .onDrainTimeout)
        try values.encode(options.state.rawValue, forKey: .state)
        try values.encode(options.isDryRun, forKey: .dryRun)
    }
}
