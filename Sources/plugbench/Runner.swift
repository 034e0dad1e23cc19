internal import CLinuxShims
internal import Glibc
internal import Synchronization

/// Lets all runners go at once, lap after lap.
final class StartLine: Sendable {
    private let runners: Int
    private let arrived = Atomic<Int>(0)

    init(runners: Int) { self.runners = runners }

    /// Spins until every runner has come to this lap.
    func wait(lap: Int) {
        // Relaxed: nothing but the time of arrival is passed on.
        arrived.add(1, ordering: .relaxed)
        while arrived.load(ordering: .relaxed) < runners * (lap + 1) {}
    }
}

/// A thread on a CPU of its own that makes calls, a lap for each entry of its plan.
final class Runner: @unchecked Sendable {
    /// In nanoseconds: on the clock, and of the thread's own time.
    struct Lap {
        var begin = 0
        var end = 0
        var cpu = 0
    }

    static let callsPerLap: Int32 = 10_000

    // SAFETY: of @unchecked: the thread writes, whoever has joined it reads.
    private var result: Result<[Lap], any Error> = .success([])
    private var thread = pthread_t()
    private let cpu: Int
    private let start: StartLine
    private let plan: [Way]

    /// Starts the thread, or throws `BenchError.noThread`.
    init(cpu: Int, start: StartLine, plan: [Way]) throws(BenchError) {
        self.cpu = cpu
        self.start = start
        self.plan = plan
        // SAFETY: the runner is retained for the thread, which releases it.
        let argument = unsafe Unmanaged.passRetained(self)
        let error = unsafe pthread_create(
            &thread, nil,
            { argument in
                if let argument = unsafe argument {
                    unsafe Unmanaged<Runner>.fromOpaque(argument).takeRetainedValue().run()
                }
                return nil
            }, argument.toOpaque())
        guard error == 0 else {
            unsafe argument.release()
            throw .noThread(errno: error)
        }
    }

    /// Waits for the thread's end.
    func finish() -> Result<[Lap], any Error> {
        pthread_join(thread, nil)
        return result
    }

    private func run() {
        // Without the right to, or the CPU, it runs anywhere.
        _ = clinux_stay_on_cpu(Int32(cpu))
        // A way that fails does so on every lap: all runners go through their plan whatever happens.
        var laps: [Lap] = []
        for (index, way) in plan.enumerated() {
            var lap = Lap()
            do {
                // Warm: caches, and the thread's record of pins.
                _ = try way.calls(200)
                start.wait(lap: index)
                lap.begin = Clock.now()
                let before = Clock.threadTime()
                _ = try way.calls(Self.callsPerLap)
                lap.cpu = Clock.threadTime() - before
                lap.end = Clock.now()
                laps.append(lap)
            } catch {
                start.wait(lap: index)
                result = .failure(error)
            }
        }
        if laps.count == plan.count { result = .success(laps) }
    }
}
