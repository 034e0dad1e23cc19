import Glibc
import LinuxSystem
import PluginRegistry

/// The threads that a plugin runs through `swb.threads.v1`: its generation owns them, tells them to stop and joins them.
final class PluginThreads: Sendable {
    /// What a thread runs: the plugin's function and its argument.
    @safe struct Body: @unchecked Sendable {
        // SAFETY: of @unchecked: the plugin hands both over to another thread, knowingly.
        let function: @convention(c) (UnsafeMutableRawPointer?) -> Void
        let argument: UnsafeMutableRawPointer?
    }

    private struct Member: Sendable {
        let name: String
        let thread: SerialThread
        let progress = Lock(Progress())
    }

    private struct Progress: Sendable {
        /// As gettid(2) numbers it; 0 before it begins.
        var id: Int32 = 0
        /// The plugin's function has returned; what is left is the thread's own end.
        var isOver = false
    }

    /// How many there may be at a time; `SWB_THREADS_LIMIT`.
    static let limit = 64
    /// How long an ended thread's thread-local destructors may take before it counts as alive.
    static let endLimit = Duration.seconds(1)

    /// What the threads look at.
    let stopping = StoppingFlag()
    private let members = Lock<[Member]>([])

    /// Starts a thread: 0, or ECANCELED once stopping is raised, EAGAIN at the limit, or the system's own error number.
    ///
    /// Any thread. Threads that have ended by themselves are joined first.
    func run(_ body: Body, name: String) -> Int32 {
        members.withLock { members in
            // Under the lock, as is every look of `stop`: a thread is either refused, or seen there.
            guard !stopping.isRaised else { return ECANCELED }
            members.removeAll { $0.progress.withLock(\.isOver) && $0.thread.finish(within: 0) }
            guard members.count < Self.limit else { return EAGAIN }
            let member: Member
            do throws(SystemError) { member = Member(name: name, thread: try SerialThread(name: name)) } catch {
                return error.code
            }
            members.append(member)
            member.thread.enqueue { [progress = member.progress] in
                progress.withLock { $0.id = ThreadStatus.currentID }
                // SAFETY: the image is mapped until this thread is joined; the argument is the plugin's promise.
                unsafe body.function(body.argument)
                progress.withLock { $0.isOver = true }
            }
            _ = member.thread.finish(within: 0)  // it ends after this one job
            return 0
        }
    }

    /// Raises the flag; from now on no thread is started.
    func raise() {
        members.withLock { _ in stopping.raise() }
    }

    /// Raises the flag and joins every thread, those that are late for no longer than `limit`.
    ///
    /// - Returns: who has not ended then: a clause, `nil` where all have.
    func stop(within limit: Duration) async -> String? {
        let deadline = ContinuousClock.now + limit
        for member in raiseAndTakeStock() {
            var hasEnded = await member.thread.end(within: deadline - .now)
            // One that has come back within the limit is given the time for its own end.
            if !hasEnded, member.progress.withLock(\.isOver) {
                hasEnded = await member.thread.end(within: Self.endLimit)
            }
            if hasEnded { forget(member) }
        }
        return survivors()
    }

    /// The same for a thread that may block: the generation's worker, where nobody waits for its job any more.
    func stopBlocking(within limit: Duration) -> String? {
        let deadline = ContinuousClock.now + limit
        for member in raiseAndTakeStock()
        where member.thread.finish(within: UInt64(Clock.bounded(deadline - .now))) {
            forget(member)
        }
        return survivors()
    }

    private func raiseAndTakeStock() -> [Member] {
        members.withLock { members in
            stopping.raise()
            return members
        }
    }

    private func forget(_ member: Member) {
        members.withLock { $0.removeAll { $0.thread === member.thread } }
    }

    private func survivors() -> String? {
        let alive = members.withLock { members in
            members.map { member in
                let progress = member.progress.withLock { $0 }
                return "thread \(progress.id) (\(member.name)) "
                    + (progress.isOver
                        ? "does not end: a destructor of its thread-local storage hangs" : "does not stop when told to")
            }
        }
        return alive.isEmpty ? nil : alive.prefix(8).joined(separator: ", ")
    }
}
