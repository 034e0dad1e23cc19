internal import Glibc

/// The clocks of the measurements, in nanoseconds.
enum Clock {
    /// The time on the wall, since some moment (CLOCK_MONOTONIC); the same on every CPU.
    static func now() -> Int { read(CLOCK_MONOTONIC) }

    /// This thread's own time on a CPU (CLOCK_THREAD_CPUTIME_ID).
    static func threadTime() -> Int { read(CLOCK_THREAD_CPUTIME_ID) }

    /// How long `body` takes on the wall.
    static func time(_ body: () throws -> Void) rethrows -> Int {
        let begin = now()
        try body()
        return now() - begin
    }

    private static func read(_ clock: clockid_t) -> Int {
        var time = timespec()
        // SAFETY: writes one timespec, which is here.
        unsafe clock_gettime(clock, &time)
        return time.tv_sec * 1_000_000_000 + time.tv_nsec
    }
}
