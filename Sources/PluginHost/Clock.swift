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

    /// CLOCK_REALTIME as RFC 3339 has it.
    static func timestamp() -> String {
        let now = read(CLOCK_REALTIME)
        return timestamp(seconds: now.tv_sec, milliseconds: now.tv_nsec / 1_000_000)
    }

    /// RFC 3339, UTC: "2026-11-28T18:30:00.123Z".
    ///
    /// - Parameter seconds: since 1970.
    static func timestamp(seconds: Int, milliseconds: Int) -> String {
        func digits(_ number: Int, _ count: Int) -> String {
            let text = String(number)
            return String(repeating: "0", count: max(0, count - text.utf8.count)) + text
        }
        let (day, second) = (seconds / 86_400, seconds % 86_400)
        // Years that begin in March: the leap day is the last one, and every 400 of them have 146,097 days.
        let shifted = day + 719_468
        let (era, dayOfEra) = (shifted / 146_097, shifted % 146_097)
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let month = (5 * dayOfYear + 2) / 153  // from March, 0
        let dayOfMonth = dayOfYear - (153 * month + 2) / 5 + 1
        let year = era * 400 + yearOfEra + (month < 10 ? 0 : 1)
        return digits(year, 4) + "-" + digits(month < 10 ? month + 3 : month - 9, 2) + "-" + digits(dayOfMonth, 2) + "T"
            + digits(second / 3600, 2) + ":" + digits(second / 60 % 60, 2) + ":" + digits(second % 60, 2) + "."
            + digits(milliseconds, 3) + "Z"
    }

    private static func read(_ clock: clockid_t) -> timespec {
        var now = timespec()
        // SAFETY: fills the local; cannot fail for these clocks (clock_gettime(2)).
        _ = unsafe clock_gettime(clock, &now)
        return now
    }
}
