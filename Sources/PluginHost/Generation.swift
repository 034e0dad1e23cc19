import CPluginABI
import Compatibility
import LinuxSystem
import PluginLoading

/// One loaded, started copy of a version: its image, its instance, its thread.
final class Generation: Sendable {
    /// Counts every copy that this host ever started, from 1.
    let number: Int
    let plugin: String
    let version: SemanticVersion
    let image: LoadedImage
    /// What `swb_start` stored, as an address; 0 where it stored nothing or there is none.
    let instance: UInt
    let table: HostTable
    private let worker: SerialThread?

    /// What callers hear of it.
    var stamp: VersionStamp { VersionStamp(version: version, image: image.id, generation: number) }

    /// What the registry's rules know of it.
    var member: Catalog.Member {
        Catalog.Member(
            number: number, plugin: plugin, version: version, image: image.id,
            exports: Dictionary(image.manifest.exports.map { ($0.symbol, $0) }) { first, _ in first })
    }

    private init(
        number: Int, version: SemanticVersion, image: LoadedImage, instance: UInt, table: HostTable, worker: SerialThread?
    ) {
        self.number = number
        plugin = image.manifest.name
        self.version = version
        self.image = image
        self.instance = instance
        self.table = table
        self.worker = worker
    }

    /// One whose `swb_start` failed, for the ledger: its image may have to stay in memory.
    convenience init(unstarted image: LoadedImage, number: Int, version: SemanticVersion) {
        let table = HostTable(plugin: image.manifest.name, version: version, log: { _ in })
        self.init(number: number, version: version, image: image, instance: 0, table: table, worker: nil)
    }

    /// Gives this generation to the process: somebody may be inside its code until the process ends.
    func abandon() {
        // SAFETY: never released, on purpose: the plugin may use its instance, host table and image at any time.
        _ = unsafe Unmanaged.passRetained(self)
    }

    /// How long an ended worker's thread-local destructors may take before its thread counts as stuck.
    private static let threadEndLimit: UInt64 = 1_000_000_000

    /// Calls the plugin's `swb_start`, where it has one, on a thread of the generation's own.
    ///
    /// - Throws: `StartFailure`; the image is then the caller's to close, unless the plugin is still inside.
    static func start(
        _ image: LoadedImage, number: Int, version: SemanticVersion, _ configuration: HostConfiguration
    ) async throws(StartFailure) -> Generation {
        let table = HostTable(plugin: image.manifest.name, version: version, log: configuration.log)
        guard image.lifecycle["swb_start"] != nil || image.lifecycle["swb_stop"] != nil else {
            return Generation(
                number: number, version: version, image: image, instance: 0, table: table, worker: nil)
        }
        let worker: SerialThread
        do throws(SystemError) { worker = try SerialThread(name: "swb-\(image.manifest.name)") } catch {
            throw .system(error)
        }
        guard let start = image.lifecycle["swb_start"] else {
            return Generation(
                number: number, version: version, image: image, instance: 0, table: table, worker: worker)
        }
        // Whoever is late but succeeds is stopped at once: it was never published, and its threads should not live on.
        let stop = image.lifecycle["swb_stop"]
        let result = await worker.run(
            within: configuration.startLimit,
            late: { (result: StartResult) in if result.code == 0, let stop { Lifecycle.stop(stop, result.instance) } }
        ) { Lifecycle.start(start, table) }
        guard let result else {
            _ = worker.finish(within: 0)
            throw .timedOut(limit: configuration.startLimit)
        }
        guard result.code == 0 else {
            guard worker.finish(within: threadEndLimit) else { throw .threadStuck(code: result.code) }
            throw .refused(code: result.code)
        }
        return Generation(
            number: number, version: version, image: image, instance: result.instance, table: table, worker: worker)
    }

    /// Calls `swb_stop` and ends the thread. `nil` when both are done; else why the image must stay.
    ///
    /// Precondition: drained; nobody is inside and nobody will come.
    func stop(within limit: Duration) async -> String? {
        guard let worker else { return nil }
        if let stop = image.lifecycle["swb_stop"] {
            let instance = self.instance
            guard await worker.run(within: limit, { Lifecycle.stop(stop, instance) }) != nil else {
                _ = worker.finish(within: 0)
                return "swb_stop did not return within \(limit)"
            }
        }
        return worker.finish(within: Self.threadEndLimit)
            ? nil : "the generation's thread does not end: a destructor of its thread-local storage hangs"
    }

    /// Why a generation was not started.
    enum StartFailure: Error {
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

/// What `swb_start` answered.
struct StartResult: Sendable {
    let code: Int32
    let instance: UInt
}
