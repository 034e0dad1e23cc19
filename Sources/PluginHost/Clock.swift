import Glibc

/// The clocks of the ledger and of the measurements in replies.
enum Clock {
    /// CLOCK_MONOTONIC in nanoseconds.
    static func nanoseconds() -> Int {
        let now = read(CLOCK_MONOTONIC)
        return now.tv_sec * 1_000_000_000 + now.tv_nsec
    }

    /// The CLOCK_MONOTONIC nanosecond that lies `limit` ahead; at least 1, since 0 means none, and never wrapped around.
    static func deadline(after limit: Duration) -> UInt64 {
        let (seconds, attoseconds) = limit.components
        let (ahead, isTooFar) = seconds.multipliedReportingOverflow(by: 1_000_000_000)
        guard !isTooFar else { return seconds > 0 ? .max : 1 }
        // In 64 bits without a sign the two positive numbers have room.
        let now = UInt64(nanoseconds()), rest = attoseconds / 1_000_000_000
        guard ahead >= 0, rest >= 0 else { return UInt64(max(1, Int64(now) + ahead + rest)) }
        return now + UInt64(ahead) + UInt64(rest)
    }

    /// CLOCK_REALTIME in seconds.
    static func secondsSince1970() -> Double {
        let now = read(CLOCK_REALTIME)
        return Double(now.tv_sec) + Double(now.tv_nsec) / 1_000_000_000
    }

    private static func read(_ clock: clockid_t) -> timespec {
        var now = timespec()
        // SAFETY: fills the local; cannot fail for these clocks (clock_gettime(2)).
        _ = unsafe clock_gettime(clock, &now)
        return now
    }
}
