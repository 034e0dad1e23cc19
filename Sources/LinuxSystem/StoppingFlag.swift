import Glibc

/// A flag that is raised once and never lowered, and that threads can wait for.
@safe package final class StoppingFlag: @unchecked Sendable {
    // SAFETY: of @unchecked: `raised` is guarded by `mutex`; both pointers are set once in `init`.
    private let mutex: UnsafeMutablePointer<pthread_mutex_t>
    private let condition: UnsafeMutablePointer<pthread_cond_t>
    private var raised = false

    /// A flag that is not raised.
    package init() {
        unsafe mutex = .allocate(capacity: 1)
        unsafe condition = .allocate(capacity: 1)
        unsafe pthread_mutex_init(mutex, nil)
        var attributes = pthread_condattr_t()
        unsafe pthread_condattr_init(&attributes)
        // Waits are for a duration: the clock on the wall may be set meanwhile.
        unsafe pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC)
        unsafe pthread_cond_init(condition, &attributes)
        unsafe pthread_condattr_destroy(&attributes)
    }

    deinit {
        unsafe pthread_cond_destroy(condition)
        unsafe pthread_mutex_destroy(mutex)
        unsafe condition.deallocate()
        unsafe mutex.deallocate()
    }

    /// Whether it is raised.
    package var isRaised: Bool {
        unsafe pthread_mutex_lock(mutex)
        defer { unsafe pthread_mutex_unlock(mutex) }
        return raised
    }

    /// Raises it and wakes everybody who waits; again does nothing.
    package func raise() {
        unsafe pthread_mutex_lock(mutex)
        raised = true
        unsafe pthread_cond_broadcast(condition)
        unsafe pthread_mutex_unlock(mutex)
    }

    /// Blocks the thread until the flag is raised, at most so many nanoseconds of CLOCK_MONOTONIC; whether it is.
    package func wait(nanoseconds: UInt64) -> Bool {
        let until = Self.deadline(after: nanoseconds)
        unsafe pthread_mutex_lock(mutex)
        defer { unsafe pthread_mutex_unlock(mutex) }
        while !raised {
            // Anything but 0 is ETIMEDOUT (pthread_cond_timedwait(3)): the arguments are valid.
            guard unsafe withUnsafePointer(to: until, { unsafe pthread_cond_timedwait(condition, mutex, $0) }) == 0
            else { break }
        }
        return raised
    }

    /// Bounded to 136 years, so that no sum overflows.
    private static func deadline(after nanoseconds: UInt64) -> timespec {
        var until = timespec()
        // SAFETY: fills the local; cannot fail for this clock (clock_gettime(2)).
        _ = unsafe clock_gettime(CLOCK_MONOTONIC, &until)
        let sum = UInt64(until.tv_nsec) + nanoseconds % 1_000_000_000
        until.tv_sec += Int(min(nanoseconds / 1_000_000_000, 1 << 32) + sum / 1_000_000_000)
        until.tv_nsec = Int(sum % 1_000_000_000)
        return until
    }
}
