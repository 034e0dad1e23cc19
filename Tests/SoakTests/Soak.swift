import Compatibility
import PluginHost
import PluginRegistry
import TestSupport

/// Random operations on a real host, each predicted by the model, while callers ask all the time.
///
/// The seed decides the operations and their order; what callers see of them is up to the threads.
struct Soak {
    /// How it went.
    struct Result {
        var seed: UInt64
        /// How many operations, by name and outcome.
        var operations: [String: Int] = [:]
        var calls = 0
        var complaints: [String] = []
    }

    let host: PluginHost
    let folder: TemporaryFolder
    let barrier: Barrier
    let sleeperBarrier: Barrier
    let timeline = Timeline()
    var model: Model
    var calls: [Call] = []
    var questions: Set<Question> = []
    var leased: [(Rules.Route, MessageBinding)] = []
    var linger: MessageBinding?
    var remember: [Rules.Route: MessageBinding] = [:]
    /// Threads that plugins left at the barrier.
    var sleepers = 0
    var result: Result

    /// Makes the builds and the host, and binds every call.
    init(seed: UInt64, isMistaken: Bool = false) async throws {
        folder = try TemporaryFolder()
        barrier = try Barrier(in: folder)
        sleeperBarrier = try Barrier(in: folder, named: "sleepers")
        for build in Build.all {
            try build.compile(into: folder, barrier: build.kind == .leavesThread ? sleeperBarrier : barrier)
        }
        // What is predicted to end must not fail because a loaded machine is slow.
        host = try PluginHost(
            HostConfiguration(
                stagingDirectory: folder.file("staging"), startLimit: .seconds(60), stopLimit: .seconds(60),
                drainLimit: .seconds(60), handOverLimit: .seconds(60), log: { _ in }, onEvent: { _ in }))
        result = Result(seed: seed)
        model = Model()
        for number in [1, 2, 5, 11, 21, 31, 41, 51] {
            for build in Build.all where build.number == number { await perform(.load(build)) }
        }
        await perform(.change(Call.alpha, .label("blue", .init(1, 1, 0))))
        model.isMistaken = isMistaken
        try bind()
    }

    private mutating func bind() throws {
        calls = try Call.all(of: host)
        questions = Set(calls.map(\.question))
        for route in [Call.alpha, Call.everyAlpha] {
            leased.append((route, try host.messages(route.plugin, "\(route.range)", "tell")))
            questions.insert(.text(route, .main))
        }
        for route in [Call.alpha, Call.everyAlpha, Call.beta] {
            remember[route] = try host.messages(route.plugin, "\(route.range)", "remember")
        }
        linger = try host.messages("alpha", "\(Call.alpha.range)", "linger")
        model.bind(Call.bound)
        timeline.enter("everything is bound", [model], questions)
    }

    /// Runs operations until one of the limits, then ends the host.
    mutating func run(operations: Int = .max, until deadline: ContinuousClock.Instant) async throws -> Result {
        var random = Randomness(seed: result.seed)
        let callers = Callers(threads: 4, calls, leased: leased, timeline, seed: result.seed)
        var count = 0
        var previous: Operation?
        while count < operations, ContinuousClock.now < deadline, timeline.complaints.isEmpty {
            let operation = Operation.random(after: previous, using: &random)
            if sleepers >= 4 { await perform(.wakeSleepers) }
            await perform(operation)
            previous = operation
            count += 1
        }
        await perform(.wakeSleepers)
        try await callers.finish()
        try await settle()
        await host.shutdown()
        let copies = Footprint.now(copiesUnder: folder.path).copies
        if !copies.isEmpty { timeline.complain("the host is shut down, its copies are there: \(copies)") }
        result.calls = timeline.calls
        result.complaints = timeline.complaints
        return result
    }

    /// Whatever left service is gone in the end: nothing drains for ever, and what a sleeper kept is unmapped.
    private func settle() async throws {
        _ = try? await host.unload("beta")  // where it was loaded
        let build = Build.of("beta")[0]
        var left: [PluginStatus] = []
        do {
            // Each unload looks again at images that could not be unmapped.
            try await eventually {
                _ = try await host.load(build.path(in: folder))
                _ = try await host.unload("beta")
                left = host.list(includingRetired: true).filter { ![.current, .ready, .loaded].contains($0.state) }
                return left.isEmpty
            }
        } catch {
            timeline.complain("what left service is still there: \(left)")
        }
    }
}
