/// One way to make calls.
struct Way: Sendable {
    /// In the words of the design.
    let name: String
    /// What the house promises of its ratio, if anything.
    let bound: Double?
    /// Makes `count` calls, each with the result of the one before.
    ///
    /// A property and no function type by itself: in an array, each of those gets a thunk around it, and one more frame on
    /// the stack is enough to change the speed of a loop in it by a tenth.
    let calls: @Sendable (_ count: Int32) throws -> Int32
}

/// How much longer calls take in one way than in another.
struct Ratio {
    /// Of the pairs.
    let median: Double
    /// The tenth and the ninetieth percentile.
    let low: Double
    let high: Double
    /// One call the measured way, in nanoseconds of its thread's CPU time; the median.
    let nanoseconds: Double
    /// How many pairs there were: fewer than asked for where two threads seldom ran side by side.
    let pairs: Int
}

/// Measures `way` against `base`, at least `pairs` times if that takes no ages.
///
/// A loop's speed jumps by a quarter from one lap to the next (what the CPU has learnt of it, what its neighbour does), so
/// a pair is not two long measurements: it is the sums of many short ones that take turns, base, way, base. CPU time of
/// the threads, not the clock on the wall; a way that puts threads to sleep looks better than it is. `nil` where two
/// threads hardly ever ran side by side: the machine has one CPU, or none to spare.
func compare(_ way: Way, to base: Way, threads: Int, pairs: Int) throws -> Ratio? {
    var found: [Pair] = []
    // Where others use the machine, two threads often miss each other.
    let patience = ContinuousClock.now + .seconds(8)
    while found.count < pairs, ContinuousClock.now < patience {
        if let pair = try measure(way, base, threads: threads) { found.append(pair) }
    }
    return found.count >= min(5, pairs) ? ratio(of: found) : nil
}

/// The same on this very thread and whatever CPU it is on, for what cannot be handed to another.
func compareHere(
    pairs: Int, base: (_ count: Int32) throws -> Int32, way: (_ count: Int32) throws -> Int32
) rethrows -> Ratio {
    func lap(_ calls: (Int32) throws -> Int32) rethrows -> Double {
        _ = try calls(200)
        let begin = Clock.threadTime()
        _ = try calls(Runner.callsPerLap)
        return Double(Clock.threadTime() - begin) / Double(Runner.callsPerLap)
    }
    let found = try (0..<pairs).compactMap { _ in
        mean(of: try (0..<triplets).flatMap { _ in [try lap(base), try lap(way), try lap(base)] })
    }
    return ratio(of: found)
}

/// Nanoseconds per call.
private struct Pair {
    let way: Double
    let base: Double
}

/// One pair, made by fresh threads; `nil` where they ran side by side too seldom.
private func measure(_ way: Way, _ base: Way, threads: Int) throws -> Pair? {
    let start = StartLine(runners: threads)
    let plan = (0..<triplets).flatMap { _ in [base, way, base] }
    let runners = try (0..<threads).map { try Runner(cpu: $0, start: start, plan: plan) }
    let laps = try runners.map { $0.finish() }.map { try $0.get() }
    let times = plan.indices.map { index in timePerCall(laps.map { $0[index] }) }
    return mean(of: times)
}

/// How often base, way and base take turns for one pair.
private let triplets = 25

/// The pair that the laps of all triplets make; `nil` where too few of them count.
private func mean(of times: [Double?]) -> Pair? {
    var (count, wayTime, baseTime) = (0, 0.0, 0.0)
    for first in stride(from: 0, to: times.count, by: 3) {
        guard let before = times[first], let between = times[first + 1], let after = times[first + 2] else { continue }
        count += 1
        wayTime += between
        baseTime += (before + after) / 2
    }
    guard count >= triplets / 4 else { return nil }
    return Pair(way: wayTime / Double(count), base: baseTime / Double(count))
}

/// What all pairs say together.
private func ratio(of pairs: [Pair]) -> Ratio {
    let ratios = pairs.map { $0.way / $0.base }.sorted()
    return Ratio(
        median: ratios.percentile(50), low: ratios.percentile(10), high: ratios.percentile(90),
        nanoseconds: pairs.map(\.way).sorted().percentile(50), pairs: pairs.count)
}

/// Nanoseconds of CPU time per call, the mean over the threads; `nil` where they did not run side by side.
private func timePerCall(_ laps: [Runner.Lap]) -> Double? {
    let overlap = (laps.map(\.end).min() ?? 0) - (laps.map(\.begin).max() ?? 0)
    let longest = laps.map { $0.end - $0.begin }.max() ?? 0
    guard laps.count == 1 || Double(overlap) > 0.75 * Double(longest) else { return nil }
    return Double(laps.map(\.cpu).reduce(0, +)) / Double(laps.count) / Double(Runner.callsPerLap)
}
