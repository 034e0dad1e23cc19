import LinuxSystem

/// Runs a host's requests, one piece at a time, on a thread of the host's own.
///
/// Not on the process's pool of cooperative threads, of which there is one per CPU: an application may block them all in
/// calls that wait for a request to finish (a hand-over of state holds calls), and nothing would ever go on. No piece of a
/// request blocks, and no plugin code runs here.
final class HostExecutor: TaskExecutor {
    private let thread: SerialThread

    init() throws(SystemError) { thread = try SerialThread(name: "swb-host") }

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        // SAFETY: each job is run once, here or there; the executor lives as long as its host, which waits for its requests.
        let executor = unsafe asUnownedTaskExecutor()
        let run: @Sendable () -> Void = { unsafe job.runSynchronously(on: executor) }
        // After `finish`, whatever is left runs on whoever hands it over: the last steps of a host's end.
        if !thread.enqueue(run) { run() }
    }

    /// Ends the thread, once nothing needs it any more; not from the thread itself.
    func finish() { _ = thread.finish(within: 1_000_000_000) }
}
