/// One line of a scenario's result.
struct Row: Encodable {
    let scenario: String
    /// What was measured, in the words of the design.
    let way: String
    /// What it is compared with, measured in turns with it.
    let base: String
    var threads = 1
    /// Median of the paired ratios to the base, and how far they spread: the tenth and the ninetieth percentile.
    let ratio: Double
    let low: Double
    let high: Double
    /// The median of one call, or one event.
    let nanoseconds: Double
    /// Of one event: a single call is too short to be timed.
    var p90Nanoseconds: Double?
    var p99Nanoseconds: Double?
    let pairs: Int
    /// What the house promises of the ratio; absent where the row is there for comparison.
    var bound: Double?
    /// What the house promises of the median in nanoseconds.
    var boundNanoseconds: Double?
    /// Whether a promise was not kept in this run.
    let isMissed: Bool

    /// A row of a loop of calls.
    init(_ scenario: String, _ way: String, to base: String, _ ratio: Ratio, threads: Int = 1, bound: Double?) {
        self.scenario = scenario
        self.way = way
        self.base = base
        self.threads = threads
        self.ratio = ratio.median
        (low, high) = (ratio.low, ratio.high)
        (nanoseconds, pairs) = (ratio.nanoseconds, ratio.pairs)
        self.bound = bound
        isMissed = bound.map { ratio.median > $0 } ?? false
    }

    /// A row of single events, of which there must be one.
    init(
        _ scenario: String, _ way: String, to base: String, _ events: Events, threads: Int = 1, bound: Double? = nil,
        boundNanoseconds: Double? = nil
    ) {
        self.scenario = scenario
        self.way = way
        self.base = base
        self.threads = threads
        let ratios = events.ratios
        ratio = ratios.percentile(50)
        (low, high) = (ratios.percentile(10), ratios.percentile(90))
        let times = events.times
        nanoseconds = times.percentile(50)
        p90Nanoseconds = times.percentile(90)
        p99Nanoseconds = times.percentile(99)
        pairs = times.count
        self.bound = bound
        self.boundNanoseconds = boundNanoseconds
        let (ratio, nanoseconds) = (ratio, nanoseconds)
        isMissed = bound.map { ratio > $0 } ?? false || boundNanoseconds.map { nanoseconds > $0 } ?? false
    }
}
