internal import CLinuxShims
internal import Glibc
internal import Synchronization

/// One way to make the calls: `count` of them, each with the result of the one before.
typealias Calls = @Sendable (_ count: Int32) throws -> Int32

/// How much longer calls take in one way than in another.
struct Ratio {
    let median: Double
    /// The tenth and the ninetieth percentile.
    let low: Double
    let high: Double
    /// One call the measured way, in nanoseconds of its thread's CPU time; the median.
    let nanoseconds: Double
}

/// Measures `way` between two measurements of `base`, `pairs` times.
///
/// CPU time of the threads, not the clock on the wall, because other processes use the machine; a way that puts threads
/// to sleep looks better than it is. With two threads a sample counts only if both ran side by side.
func compare(_ way: @escaping Calls, to base: @escaping Calls, threads: Int, pairs: Int) throws -> Ratio {
    var ratios: [Double] = []
    var nanoseconds: [Double] = []
    for _ in 0..<pairs {
        let before = try sample(base, threads: threads)
        let measured = try sample(way, threads: threads)
        let after = try sample(base, threads: threads)
        ratios.append(2 * measured / (before + after))
        nanoseconds.append(measured)
    }
    ratios.sort()
    nanoseconds.sort()
    return Ratio(
        median: ratios[pairs / 2], low: ratios[pairs / 10], high: ratios[pairs - 1 - pairs / 10],
        nanoseconds: nanoseconds[pairs / 2])
}

/// Calls per thread and sample: about half a millisecond.
private let callsPerSample: Int32 = 200_000

/// Nanoseconds of CPU time per call, the mean over the threads.
private func sample(_ calls: @escaping Calls, threads count: Int) throws -> Double {
    // Where others use the machine, two threads often miss each other.
    for _ in 0..<200 {
        let start = StartLine(runners: count)
        let runners = try (0..<count).map { try Runner(cpu: $0, start: start, calls: calls) }
        let laps = runners.map { $0.finish() }
        if let failed = laps.first(where: { $0.error != nil }), let error = failed.error { throw error }
        let overlap = (laps.map(\.end).min() ?? 0) - (laps.map(\.begin).max() ?? 0)
        let longest = laps.map { $0.end - $0.begin }.max() ?? 0
        guard count == 1 || Double(overlap) > 0.85 * Double(longest) else { continue }
        return Double(laps.map(\.cpu).reduce(0, +)) / Double(count) / Double(callsPerSample)
    }
    throw BenchError.noOverlap
}

/// Lets all runners go at once.
private final class StartLine: Sendable {
    private let missing: Atomic<Int>

    init(runners: Int) { missing = Atomic(runners) }

    func wait() {
        missing.subtract(1, ordering: .relaxed)
        while missing.load(ordering: .relaxed) > 0 {}
    }
}

/// A thread on a CPU of its own that makes the calls once.
private final class Runner: @unchecked Sendable {
    /// In nanoseconds: on the clock, and of the thread's own time.
    struct Lap {
        var begin = 0
        var end = 0
        var cpu = 0
        var error: (any Error)?
    }

    // SAFETY: of @unchecked: the thread writes, whoever has joined it reads.
    private var lap = Lap()
    private var thread = pthread_t()
    private let cpu: Int
    private let start: StartLine
    private let calls: Calls

    init(cpu: Int, start: StartLine, calls: @escaping Calls) throws(BenchError) {
        self.cpu = cpu
        self.start = start
        self.calls = calls
        // SAFETY: the runner is retained for the thread, which releases it.
        let argument = unsafe Unmanaged.passRetained(self)
        let error = unsafe pthread_create(
            &thread, nil,
            { argument in
                if let argument = unsafe argument { unsafe Unmanaged<Runner>.fromOpaque(argument).takeRetainedValue().run() }
                return nil
            }, argument.toOpaque())
        guard error == 0 else {
            unsafe argument.release()
            throw .noThread(errno: error)
        }
    }

    func finish() -> Lap {
        pthread_join(thread, nil)
        return lap
    }

    private func run() {
        // Without the right to, or the CPU, it runs anywhere.
        _ = clinux_stay_on_cpu(Int32(cpu))
        do {
            // Warm: caches, and the thread's record of pins.
            _ = try calls(1000)
            start.wait()
            let cpuBefore = time(CLOCK_THREAD_CPUTIME_ID)
            lap.begin = time(CLOCK_MONOTONIC)
            _ = try calls(callsPerSample)
            lap.end = time(CLOCK_MONOTONIC)
            lap.cpu = time(CLOCK_THREAD_CPUTIME_ID) - cpuBefore
        } catch {
            start.wait()
            lap.error = error
        }
    }

    private func time(_ clock: clockid_t) -> Int {
        var time = timespec()
        unsafe clock_gettime(clock, &time)
        return time.tv_sec * 1_000_000_000 + time.tv_nsec
    }
}
