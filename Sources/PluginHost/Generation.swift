import CPluginABI
import Compatibility
import LinuxSystem
import PluginLoading
import PluginRegistry

/// One copy of a version in memory: its image, its instance, its thread.
///
/// Life: made → `start` → in service → drained → `stop` → its image is closed. The host's ledger knows where it is.
final class Generation: Sendable {
    /// Counts every copy that this host ever started, from 1.
    let number: Int
    let version: SemanticVersion
    let image: LoadedImage
    let table: HostTable
    private let runtime = Lock(Runtime())

    private struct Runtime {
        /// What `swb_start` stored, as an address; 0 where it stored nothing.
        var instance: UInt = 0
        /// Where the lifecycle functions run; `nil` before `start` and after `stop`, and where the plugin has none.
        var worker: SerialThread?
        /// Calls that were given up because they did not return in time, less those of them that have returned since.
        ///
        /// One may return before it is given up, so for a moment it can be -1.
        var overdue = 0
        /// The last function that was given up.
        var overdueFunction = ""
    }

    /// The manifest's name.
    var plugin: String { image.manifest.name }
    /// What `swb_start` stored, as an address; 0 where it stored nothing or there is none.
    var instance: UInt { runtime.withLock(\.instance) }
    /// What callers hear of it.
    var stamp: VersionStamp { VersionStamp(version: version, image: image.id, generation: number) }
    /// What the registry's rules know of it.
    var member: Catalog.Member {
        Catalog.Member(
            number: number, plugin: plugin, version: version, image: image.id,
            exports: Dictionary(image.manifest.exports.map { ($0.symbol, $0) }) { first, _ in first },
            requires: image.manifest.requires, provides: image.manifest.provides)
    }

    init(
        number: Int, version: SemanticVersion, image: LoadedImage, log: @escaping @Sendable (PluginLogLine) -> Void,
        bind: ImportsService.Bind? = nil
    ) {
        self.number = number
        self.version = version
        self.image = image
        table = HostTable(plugin: image.manifest.name, version: version, log: log, bind: bind)
    }

    /// Gives this generation to the process: somebody may be inside its code until the process ends.
    ///
    /// Its threads are told to stop, and end by themselves where they obey.
    func abandon() {
        table.beginStopping()
        // SAFETY: never released, on purpose: the plugin may use its instance, host table and image at any time.
        _ = unsafe Unmanaged.passRetained(self)
    }

    /// Calls the plugin's `swb_start`, where it has one, on a thread of the generation's own.
    func start(within limit: Duration) async throws(StartFailure) {
        guard !image.lifecycle.isEmpty else { return }
        let (start, stop) = (image.lifecycle["swb_start"], image.lifecycle["swb_stop"])
        let worker: SerialThread
        do throws(SystemError) { worker = try SerialThread(name: "swb-\(plugin)") } catch { throw .system(error) }
        runtime.withLock { $0.worker = worker }
        guard let start else { return }
        let table = table
        // Who is late and yet succeeds is stopped at once: it is never published, and what it started should not live on.
        let result = await worker.run(
            within: limit,
            late: { (result: Lifecycle.Started) in
                let isAlone = table.threads.stopBlocking(within: limit) == nil
                if result.code == 0, isAlone, let stop { Lifecycle.stop(stop, result.instance) }
            }
        ) { Lifecycle.start(start, table) }
        guard let result else {
            table.beginStopping()
            leaveToItself(worker)
            throw .timedOut(limit: limit)
        }
        guard result.code == 0 else {
            table.beginStopping()
            let survivors = await table.threads.stop(within: limit)
            let isEnded = await worker.end(within: PluginThreads.endLimit)
            runtime.withLock { $0.worker = nil }
            if let survivors { throw .threadsAlive(code: result.code, survivors) }
            guard isEnded else { throw .threadStuck(code: result.code) }
            throw .refused(code: result.code)
        }
        runtime.withLock { $0.instance = result.instance }
    }

    /// Ends the plugin's threads, calls `swb_stop` and ends the generation's own thread.
    ///
    /// Precondition: started and drained; nobody is inside and nobody will come.
    ///
    /// - Parameter limit: of all of it together.
    /// - Returns: `nil` when all is done; else why the image must stay. `swb_stop` is not called while a thread of the
    ///   plugin's is alive: it would free what the thread uses.
    func stop(within limit: Duration) async -> String? {
        let deadline = ContinuousClock.now + limit
        table.beginStopping()
        let survivors = await table.threads.stop(within: limit)
        let (worker, instance) = runtime.withLock { ($0.worker, $0.instance) }
        if let survivors {
            if let worker { leaveToItself(worker) }
            return "\(survivors); swb_stop was not called (limit \(limit))"
        }
        guard let worker else { return nil }
        if let stop = image.lifecycle["swb_stop"] {
            guard await worker.run(within: deadline - .now, { Lifecycle.stop(stop, instance) }) != nil else {
                leaveToItself(worker)
                return overdue.map { "\($0) has not returned, so swb_stop was not called within \(limit)" }
                    ?? "swb_stop did not return within \(limit)"
            }
        }
        let isEnded = await worker.end(within: PluginThreads.endLimit)
        let inside = overdue
        runtime.withLock { $0.worker = nil }
        if isEnded { return nil }
        return inside.map { "\($0) has not returned" }
            ?? "the generation's thread does not end: a destructor of its thread-local storage hangs"
    }

    /// Calls a lifecycle function of a started plugin that may reply, on the worker.
    func call(
        _ function: String, within limit: Duration, replyLimit: Int,
        _ body: @escaping @Sendable (Lifecycle.Call) -> MessageCall.Answer
    ) async throws(LifecycleFailure) -> MessageCall.Answer {
        guard let address = image.lifecycle[function] else { throw .absent(function) }
        let (worker, instance) = runtime.withLock { ($0.worker, $0.instance) }
        guard let worker else { throw .notRunning(function) }
        if let inside = overdue { throw .busy(function, inside: inside) }
        let call = Lifecycle.Call(
            address: address, instance: instance, table: table, deadline: Clock.deadline(after: limit),
            limit: replyLimit)
        // The job keeps the generation, and so its image, for as long as it runs.
        let answer = await worker.run(
            within: limit, late: { (_: MessageCall.Answer) in self.runtime.withLock { $0.overdue -= 1 } }
        ) { body(call) }
        guard let answer else {
            runtime.withLock { runtime in
                runtime.overdue += 1
                runtime.overdueFunction = function
            }
            throw .timedOut(function, limit: limit)
        }
        return answer
    }

    /// The function that did not return in time and is still inside.
    private var overdue: String? {
        runtime.withLock { $0.overdue > 0 ? $0.overdueFunction : nil }
    }

    /// Gives up on a thread whose job does not return: it ends by itself should that ever happen, and nothing of it stays,
    /// because its own reference is then the last one.
    private func leaveToItself(_ worker: SerialThread) {
        _ = worker.finish(within: 0)
        runtime.withLock { $0.worker = nil }
    }

    /// Why a generation was not started.
    enum StartFailure: Error {
        /// There was no thread to be had.
        case system(SystemError)
        /// `swb_start` said no.
        case refused(code: Int32)
        /// The same, but its thread does not end: the image must stay.
        case threadStuck(code: Int32)
        /// The same, but threads that it had run do not end, a clause: the image must stay.
        case threadsAlive(code: Int32, String)
        /// `swb_start` is still inside: the image must stay.
        case timedOut(limit: Duration)

        /// What happened, a clause.
        var clause: String {
            switch self {
            case .system(let error): "\(error)"
            case .refused(let code): "swb_start answered \(code)"
            case .threadStuck(let code):
                "swb_start answered \(code), and a thread-local destructor of its thread hangs"
            case .threadsAlive(let code, let survivors): "swb_start answered \(code), and \(survivors)"
            case .timedOut(let limit): "swb_start did not return within \(limit)"
            }
        }

        /// Whether the plugin may still run code of the image.
        var leavesCodeRunning: Bool {
            switch self {
            case .system, .refused: false
            case .threadStuck, .threadsAlive, .timedOut: true
            }
        }
    }
}
