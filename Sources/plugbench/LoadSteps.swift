internal import Compatibility
internal import PluginHost
internal import PluginLoading
internal import PluginRegistry

/// The steps of a gated load, one after the other as the host takes them, each by itself on the clock.
struct LoadSteps {
    /// What a step is called, and how long it took.
    typealias Step = (name: String, nanoseconds: Int)

    private let staging: StagingFolder
    private let facts: HostFacts
    private let route: Route
    private let reclaimer: Reclaimer

    init() throws {
        staging = try StagingFolder(under: nil)
        facts = try HostFacts.current()
        try Pins.start()
        route = Route(label: "sample ^1")
        reclaimer = try Reclaimer()
    }

    /// Takes every step with a sample's file, and undoes them all.
    ///
    /// dlopen(3) is timed on a second copy, since the host's opening has more in it: the proof that the image is new, and
    /// the exports; they are what that takes longer.
    func time(_ path: String) async throws -> [Step] {
        var watch = Stopwatch()
        let staged = try StagedImage(copying: path, into: staging)
        watch.lap("stage a private copy")
        let candidate = try Candidate(reading: staged, for: .load)
        watch.lap("read: ELF, manifest, build-id")
        let approval = try GateReport.judge(candidate, host: facts).approve()
        watch.lap("judge: every gate")
        let second = try StagedImage(copying: path, into: staging)
        watch.skip()
        let bare = try BareLibrary(opening: second.path)
        let dlopenTime = watch.lap("dlopen")
        withExtendedLifetime(bare) {}
        watch.skip()
        let image = try LoadedImage(opening: staged, approval, lifecycle: candidate.lifecycleFunctions)
        watch.lap("prove it new, resolve the exports", less: dlopenTime)
        // SAFETY: an address in the image, which stays open until the target is drained below.
        let functions = unsafe image.exports.values.map { unsafe UnsafeMutableRawPointer(bitPattern: $0) }
        let target = unsafe Target(functions: functions, instance: nil, context: nil, generation: 1, numbering: "adder")
        route.publish(target)
        watch.lap("make a target, publish")
        route.publish(nil)
        _ = await reclaimer.drain([target], limit: .seconds(10))
        guard image.close() == .unmapped else { throw BenchError.wrong("load: \(path) stays mapped") }
        return watch.steps
    }

    /// Ends the thread that drains.
    func finish() async { await reclaimer.shutdown() }
}

/// Times steps that follow each other.
private struct Stopwatch {
    private(set) var steps: [LoadSteps.Step] = []
    private var last = Clock.now()

    /// Ends a step, and begins the next.
    @discardableResult
    mutating func lap(_ name: String, less: Int = 0) -> Int {
        let time = Clock.now() - last - less
        steps.append((name, time))
        last = Clock.now()
        return time
    }

    /// Leaves out what was done since the last step.
    mutating func skip() { last = Clock.now() }
}
