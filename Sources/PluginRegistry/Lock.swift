internal import Glibc

/// State that one thread at a time may touch.
///
/// A pthread mutex and not `Synchronization.Mutex`, because ThreadSanitizer sees the one and reports false races under
/// contention of the other (its slow path lies in a library that is not instrumented). Not for the call path.
@safe package final class Lock<State: Sendable>: @unchecked Sendable {
    // SAFETY: of @unchecked: `state` is only touched by whoever holds `mutex`. The mutex has an address of its own, as
    // pthread_mutex_init(3) wants it, from `init` to `deinit`.
    private var state: State
    private let mutex: UnsafeMutablePointer<pthread_mutex_t>

    /// A lock that nobody holds, around `state`.
    package init(_ state: State) {
        self.state = state
        unsafe mutex = .allocate(capacity: 1)
        var attributes = pthread_mutexattr_t()
        unsafe pthread_mutexattr_init(&attributes)
        // A thread that locks twice is our bug: a trap tells more than a deadlock.
        unsafe pthread_mutexattr_settype(&attributes, CInt(PTHREAD_MUTEX_ERRORCHECK))
        unsafe pthread_mutex_init(mutex, &attributes)
        unsafe pthread_mutexattr_destroy(&attributes)
    }

    deinit {
        unsafe pthread_mutex_destroy(mutex)
        unsafe mutex.deallocate()
    }

    /// Runs `body` while no other thread does.
    ///
    /// No plugin code and no I/O in there. Locks nest one way only: the host's, then a route's or a generation's.
    package func withLock<R: ~Copyable, E: Error>(_ body: (inout State) throws(E) -> R) throws(E) -> R {
        let error = unsafe pthread_mutex_lock(mutex)
        precondition(error == 0, "this thread holds the lock already")
        defer { unsafe pthread_mutex_unlock(mutex) }
        return try body(&state)
    }
}
