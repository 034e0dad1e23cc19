import CLinuxShims
import Glibc

/// One named thread that runs jobs in the order in which they were handed over, one at a time.
///
/// Its own thread and not a pool's: a job that never returns costs this thread alone, and what a plugin leaves in
/// thread-local storage is destroyed when the owner ends the thread, before the plugin's code is unmapped.
///
/// The thread keeps itself alive until `finish` is called: the owner must call it.
@safe package final class SerialThread: @unchecked Sendable {
    // SAFETY: of @unchecked: every field is guarded by `mutex`, or set once in `init`.
    /// A piece of work; runs on the thread.
    package typealias Job = @Sendable () -> Void

    private let name: String
    private let mutex: UnsafeMutablePointer<pthread_mutex_t>
    private let condition: UnsafeMutablePointer<pthread_cond_t>
    private var jobs: [Job] = []
    private var isFinishing = false
    private var thread: pthread_t = 0
    private var isJoined = false

    /// Starts the thread; `name` shows in `ps -L` and debuggers, its first 15 bytes.
    package init(name: String) throws(SystemError) {
        self.name = name
        unsafe mutex = .allocate(capacity: 1)
        unsafe condition = .allocate(capacity: 1)
        unsafe pthread_mutex_init(mutex, nil)
        unsafe pthread_cond_init(condition, nil)
        // SAFETY: the thread owns the reference taken here and gives it back when it ends.
        let itself = unsafe Unmanaged.passRetained(self)
        let status = unsafe pthread_create(
            &thread, nil,
            { argument in
                guard let argument = unsafe argument else { return nil }
                unsafe Unmanaged<SerialThread>.fromOpaque(argument).takeRetainedValue().run()
                return nil
            }, itself.toOpaque())
        if status != 0 {
            isJoined = true  // there is no thread to be detached from
            unsafe itself.release()
            throw SystemError("start thread", on: name, errno: status)
        }
    }

    /// Hands a job over and returns at once.
    ///
    /// False after `finish`: the job will not run.
    @discardableResult
    package func enqueue(_ job: @escaping Job) -> Bool {
        unsafe pthread_mutex_lock(mutex)
        let isAccepted = !isFinishing
        if isAccepted { jobs.append(job) }
        unsafe pthread_mutex_unlock(mutex)
        // After the mutex is free: a thread that is woken before goes back to sleep at it.
        if isAccepted { unsafe pthread_cond_signal(condition) }
        return isAccepted
    }

    /// Lets the thread end after the jobs handed over so far, and waits for it.
    ///
    /// Whether it ended within `nanoseconds`; if not, a job does not return: the thread goes on, and ends by itself should
    /// the job ever return.
    ///
    /// Not to be called from the thread itself. Calling it again waits again.
    package func finish(within nanoseconds: UInt64) -> Bool {
        unsafe pthread_mutex_lock(mutex)
        isFinishing = true
        unsafe pthread_cond_signal(condition)
        let wasJoined = isJoined
        unsafe pthread_mutex_unlock(mutex)
        if wasJoined { return true }
        let joined = clinux_join_within(thread, nanoseconds)
        unsafe pthread_mutex_lock(mutex)
        isJoined = joined
        unsafe pthread_mutex_unlock(mutex)
        return joined
    }

    deinit {
        // The thread holds a reference while it runs, so by now it has left `run`: nobody waits on these any more.
        if !isJoined { pthread_detach(thread) }
        unsafe pthread_cond_destroy(condition)
        unsafe pthread_mutex_destroy(mutex)
        unsafe condition.deallocate()
        unsafe mutex.deallocate()
    }

    private func run() {
        unsafe clinux_name_this_thread(name)
        while let job = next() { job() }
    }

    private func next() -> Job? {
        unsafe pthread_mutex_lock(mutex)
        defer { unsafe pthread_mutex_unlock(mutex) }
        while jobs.isEmpty {
            if isFinishing { return nil }
            unsafe pthread_cond_wait(condition, mutex)
        }
        return jobs.removeFirst()
    }
}
