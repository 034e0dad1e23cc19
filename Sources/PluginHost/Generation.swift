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
        /// Where the lifecycle functions run; `nil` before `start`, and where the plugin has none.
        var worker: SerialThread?
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

    init(number: Int, version: SemanticVersion, image: LoadedImage, log: @escaping @Sendable (PluginLogLine) -> Void) {
        self.number = number
        self.version = version
        self.image = image
        table = HostTable(plugin: image.manifest.name, version: version, log: log)
    }

    /// Gives this generation to the process: somebody may be inside its code until the process ends.
    func abandon() {
        // SAFETY: never released, on purpose: the plugin may use its instance, host table and image at any time.
        _ = unsafe Unmanaged.passRetained(self)
    }

    /// How long an ended worker's thread-local destructors may take before its thread counts as stuck.
    private static let threadEndLimit = Duration.seconds(1)

    /// Calls the plugin's `swb_start`, where it has one, on a thread of the generation's own.
    func start(within limit: Duration) async throws(StartFailure) {
        let (start, stop) = (image.lifecycle["swb_start"], image.lifecycle["swb_stop"])
        guard start != nil || stop != nil else { return }
        let worker: SerialThread
        do throws(SystemError) { worker = try SerialThread(name: "swb-\(plugin)") } catch { throw .system(error) }
        runtime.withLock { $0.worker = worker }
        guard let start else { return }
        let table = table
        // Who is late and yet succeeds is stopped at once: it is never published, and what it started should not live on.
        let result = await worker.run(
            within: limit,
            late: { (result: Lifecycle.Started) in
                if result.code == 0, let stop { Lifecycle.stop(stop, result.instance) }
            }
        ) { Lifecycle.start(start, table) }
        guard let result else {
            leaveToItself(worker)
            throw .timedOut(limit: limit)
        }
        guard result.code == 0 else {
            guard await worker.end(within: Self.threadEndLimit) else { throw .threadStuck(code: result.code) }
            throw .refused(code: result.code)
        }
        runtime.withLock { $0.instance = result.instance }
    }

    /// Calls `swb_stop` and ends the thread.
    ///
    /// Precondition: started and drained; nobody is inside and nobody will come.
    ///
    /// - Returns: `nil` when both are done; else why the image must stay.
    func stop(within limit: Duration) async -> String? {
        let (worker, instance) = runtime.withLock { ($0.worker, $0.instance) }
        guard let worker else { return nil }
        if let stop = image.lifecycle["swb_stop"] {
            guard await worker.run(within: limit, { Lifecycle.stop(stop, instance) }) != nil else {
                leaveToItself(worker)
                return "swb_stop did not return within \(limit)"
            }
        }
        return await worker.end(within: Self.threadEndLimit)
            ? nil : "the generation's thread does not end: a destructor of its thread-local storage hangs"
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
        /// `swb_start` is still inside: the image must stay.
        case timedOut(limit: Duration)

        /// What happened, a clause.
        var clause: String {
            switch self {
            case .system(let error): "\(error)"
            case .refused(let code): "swb_start answered \(code)"
            case .threadStuck(let code):
                "swb_start answered \(code), and a thread-local destructor of its thread hangs"
            case .timedOut(let limit): "swb_start did not return within \(limit)"
            }
        }

        /// Whether the plugin may still run code of the image.
        var leavesCodeRunning: Bool {
            switch self {
            case .system, .refused: false
            case .threadStuck, .timedOut: true
            }
        }
    }
}
