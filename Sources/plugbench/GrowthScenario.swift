internal import LinuxSystem
internal import PluginHost

/// What a host's operations cost as it grows: with 1 to 1,000 plugins, 1 to 10,000 routes of other plugins, 1 to 1,000
/// exports in the plugin itself.
///
/// Read it downwards: the ratios are to stay as they are. A load is compared with bare dlopen and dlsym of the same file in
/// the same, grown process; everything else with the same on a host that does not grow, in turns.
struct GrowthScenario {
    private let arguments: Arguments

    init(_ arguments: Arguments) { self.arguments = arguments }

    func rows() async throws -> [Row] {
        let folder = try benchFolder()
        let sample = try SampleImage(SampleSource(), as: "sample", in: folder, include: arguments.include)
        var cells: [GrowthStage.Cell] = []
        try await withHost { small in
            let reference = try await GrowthPlugin(sample, exports: 1, number: 0, in: small)
            let stage = GrowthStage(reference: reference)
            try await withHost { cells += try await growPlugins($0, sample, stage) }
            try await withHost { cells += try await growRoutes($0, sample, stage) }
            for count in [1, 10, 100, 1000] {
                let source = SampleSource(exports: count)
                let sample = try SampleImage(source, as: "exports\(count)", in: folder, include: arguments.include)
                try await withHost { host in
                    let plugin = try await GrowthPlugin(sample, exports: count, number: 1, in: host)
                    cells += try await stage.measure(plugin, "exports: \(count)")
                }
            }
        }
        // Each operation's cells one below the other.
        return GrowthStage.Operation.allCases.flatMap { operation in
            cells.filter { $0.operation == operation }.map(\.row)
        }
    }

    /// No publication knows of other plugins; half as long again is what caches do that a whole swap has emptied.
    private func growPlugins(
        _ host: PluginHost, _ sample: SampleImage, _ stage: GrowthStage
    ) async throws -> [GrowthStage.Cell] {
        let plugin = try await GrowthPlugin(sample, exports: 1, number: 1, in: host)
        var (cells, loaded): ([GrowthStage.Cell], Int) = ([], 1)
        for count in [1, 10, 100, 1000] {
            while loaded < count {
                loaded += 1
                _ = try await host.load(try sample.copy(name: 1000 + loaded))
            }
            cells += try await stage.measure(plugin, "plugins: \(count)", publication: 1.5)
        }
        return cells
    }

    /// The routes belong to ten other plugins.
    private func growRoutes(
        _ host: PluginHost, _ sample: SampleImage, _ stage: GrowthStage
    ) async throws -> [GrowthStage.Cell] {
        let plugin = try await GrowthPlugin(sample, exports: 1, number: 1, in: host)
        let others = try (0..<10).map { (1001 + $0, try sample.copy(name: 1001 + $0)) }
        for (_, path) in others { _ = try await host.load(path) }
        var (cells, routes): ([GrowthStage.Cell], Int) = ([], 1)
        for count in [1, 10, 100, 1000, 10_000] {
            while routes < count {
                _ = try host.timeBind(others[routes % 10].0, sampleRange(routes / 10))
                routes += 1
            }
            cells += try await stage.measure(plugin, "routes: \(count)", publication: 1.5)
        }
        return cells
    }
}
