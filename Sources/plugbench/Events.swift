/// Things that happen once and not in a loop (a publication, a drain, a load): how long each took, beside its baseline.
///
/// Base and way take turns, so that what else the machine does meets both; the ratio is the median of the pairs' ratios.
/// Time on the wall, because these wait for other threads.
struct Events {
    private var way: [Double] = []
    private var base: [Double] = []

    /// Adds a pair, in nanoseconds; of so many events each, where one alone is too short for the clock.
    ///
    /// A time of 0, which the clock's grain makes of a very short one, counts as 1.
    mutating func add(_ way: Int, beside base: Int, per count: Int = 1) {
        self.way.append(Double(max(way, 1)) / Double(count))
        self.base.append(Double(max(base, 1)) / Double(count))
    }

    /// The times of what was measured, sorted.
    var times: [Double] { way.sorted() }

    /// The paired ratios, sorted.
    var ratios: [Double] { zip(way, base).map { $0 / $1 }.sorted() }

    /// The same pairs the other way round: the baseline as a row of its own, beside itself.
    var baseline: Events {
        var events = Events()
        (events.way, events.base) = (base, base)
        return events
    }
}

extension [Double] {
    /// The value below which so many per cent lie, of numbers that are sorted; 0 where there are none.
    func percentile(_ percent: Int) -> Double {
        isEmpty ? 0 : self[(count - 1) * percent / 100]
    }
}
