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
        UInt64(max(1, nanoseconds() + bounded(limit)))
    }

    /// The limit in nanoseconds, bounded to what is ever meant, none to 136 years, so that no sum overflows.
    static func bounded(_ limit: Duration) -> Int {
        let (seconds, attoseconds) = max(.zero, min(limit, .seconds(1 << 32))).components
        return Int(seconds) * 1_000_000_000 + Int(attoseconds / 1_000_000_000)
    }

    /// CLOCK_REALTIME in seconds.
    static func secondsSince1970() -> Double {
        let now = read(CLOCK_REALTIME)
        return Double(now.tv_sec) + Double(now.tv_nsec) / 1_000_000_000
    }

    /// CLOCK_REALTIME as RFC 3339 has it, UTC, in milliseconds: "2026-11-28T18:30:00.123Z".
    static func timestamp() -> String {
        let now = read(CLOCK_REALTIME)
        var (seconds, parts) = (now.tv_sec, tm())
        // SAFETY: fills the local; fails for years that an Int32 has no room for, which no clock shows.
        _ = unsafe gmtime_r(&seconds, &parts)
        func digits(_ number: some BinaryInteger, _ count: Int) -> String {
            let text = String(number)
            return String(repeating: "0", count: max(0, count - text.count)) + text
        }
        let date = "\(digits(parts.tm_year + 1900, 4))-\(digits(parts.tm_mon + 1, 2))-\(digits(parts.tm_mday, 2))"
        let time = "\(digits(parts.tm_hour, 2)):\(digits(parts.tm_min, 2)):\(digits(parts.tm_sec, 2))"
        return "\(date)T\(time).\(digits(now.tv_nsec / 1_000_000, 3))Z"
    }

    private static func read(_ clock: clockid_t) -> timespec {
        var now = timespec()
        // SAFETY: fills the local; cannot fail for these clocks (clock_gettime(2)).
        _ = unsafe clock_gettime(clock, &now)
        return now
    }
}
