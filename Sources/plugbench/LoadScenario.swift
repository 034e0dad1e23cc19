internal import LinuxSystem
internal import PluginHost

/// A gated load of a small file from the file to a plugin in service, against bare dlopen(3) and dlsym(3) of that file.
///
/// Each time is taken in turns with the baseline. The steps are taken one by one, by the calls that the host makes, in
/// `LoadSteps`; what the sum lacks of the whole is the hops between threads, the catalog and the ledger.
struct LoadScenario {
    private let arguments: Arguments
    private let samples = 200

    init(_ arguments: Arguments) { self.arguments = arguments }

    func rows() async throws -> [Row] {
        let folder = try benchFolder()
        let plain = try SampleImage(SampleSource(), as: "plain", in: folder, include: arguments.include)
        let startable = try SampleImage(
            SampleSource(hasLifecycle: true), as: "startable", in: folder, include: arguments.include)
        return try await withHost { host in
            let paths = (try plain.copy(name: 1), try startable.copy(name: 2))
            // Routes stay when a plugin goes: from now on each load publishes on one.
            _ = try await host.load(paths.0)
            _ = try host.bind(SampleImage.name(1), "^1", Export("f0", as: Add.self))
            _ = try await host.unload(SampleImage.name(1))
            return try await whole(host, paths.0, paths.1) + steps(host, paths.0, paths.1)
        }
    }

    private func whole(_ host: PluginHost, _ plain: String, _ startable: String) async throws -> [Row] {
        var (loads, starts) = (Events(), Events())
        for _ in 0..<samples {
            loads.add(try await host.timeLoad(plain), beside: try timeBareLoad(plain))
            starts.add(try await host.timeLoad(startable), beside: try timeBareLoad(startable))
        }
        let base = "bare dlopen and dlsym"
        return [
            Row("load", base, to: base, loads.baseline),
            Row("load", "load", to: base, loads, bound: 8),
            Row("load", "load, with swb_start", to: base, starts),
        ]
    }

    /// Each step beside the whole, so that the ratios are shares.
    ///
    /// A difference of two times can come out below zero; it counts as nothing then.
    private func steps(_ host: PluginHost, _ plain: String, _ startable: String) async throws -> [Row] {
        let steps = try LoadSteps()
        var shares: [(name: String, events: Events)] = []
        for round in 0..<samples {
            let whole = try await host.timeLoad(plain)
            let withStart = try await host.timeLoad(startable)
            var times = try await steps.time(plain)
            let rest = whole - times.reduce(0) { $0 + $1.nanoseconds }
            times += [
                ("the rest: threads, catalog, ledger", rest), ("swb_start on a new thread, more", withStart - whole),
            ]
            if round == 0 { shares = times.map { ($0.name, Events()) } }
            for (index, time) in times.enumerated() { shares[index].events.add(time.nanoseconds, beside: whole) }
        }
        await steps.finish()
        return shares.map { Row("load", $0.name, to: "load, as a share", $0.events) }
    }
}
