import Compatibility
import LinuxSystem
import PluginLoading
import PluginRegistry

/// Loads plugins, calls them, and swaps new versions in while calls are running.
///
///     let host = try PluginHost()
///     _ = try await host.load("adder.so")
///     let add = try host.bind("adder", "^1.2", Export("add", as: (@convention(c) (Int32, Int32) -> Int32).self))
///     let five = try add { $0(2, 3) }
///     await host.shutdown()
///
/// Safe to use from any thread and task. Nothing of a plugin runs before the gates have judged its bytes; nothing is
/// unmapped while somebody may be inside. A host lives until `shutdown`, whether or not anybody holds it.
public final class PluginHost: Sendable {
    let configuration: HostConfiguration
    /// The facts of this process, without its plugins.
    let facts: HostFacts
    let staging: StagingFolder
    let audit: AuditLog?
    let contracts: ContractShelf
    private let records: ProcessFolder?
    /// Where images are staged, judged, opened and closed; no plugin function runs here, only constructors.
    let loader: SerialThread
    let reclaimer: Reclaimer
    /// Where requests run: not on the process's pool, all of whose threads may be waiting in calls that a request holds.
    let executor: HostExecutor
    let sequence = PublicationSequence()
    let state: Lock<HostState>

    /// Starts a host: its threads, its folder for private copies, and the process's pins.
    ///
    /// - Throws: `PluginHostError.system` when the system does not give what a host needs, `invalidRequest` when the
    ///   configuration names something that is not to be used, or requires rehearsals and there is no program for them.
    public init(_ configuration: HostConfiguration = .init()) throws(PluginHostError) {
        try Self.refuseUnusableKeys(configuration.signatures)
        audit = if let path = configuration.auditLog { try AuditLog(appendingTo: path) } else { nil }
        contracts = try ContractShelf(reading: configuration.contracts)
        self.configuration = configuration
        if configuration.rehearsal.mode == .require { _ = try Rehearsal.program(of: configuration.rehearsal) }
        facts = try HostFacts.current()
        do {
            staging = try StagingFolder(under: configuration.stagingDirectory)
            records = try CallRecords.start()
            reclaimer = try Reclaimer()
            executor = try HostExecutor()
            do { loader = try SerialThread(name: "swb-loader") } catch {
                executor.finish()
                throw error
            }
        } catch {
            throw .noStart(error)
        }
        state = Lock(HostState(sequence: sequence))
        state.withLock { $0.keepAlive = self }
    }

    /// Better now than at the first load.
    static func refuseUnusableKeys(_ policy: SignaturePolicy) throws(PluginHostError) {
        guard policy.mode != .off, let folder = policy.keyFolder else { return }
        do throws(TrustedPlace.Fault) { _ = try KeyFolder(reading: folder) } catch {
            throw .invalidRequest(
                "the host cannot start: its key folder cannot be trusted: \(error): "
                    + (error.remedy ?? KeyFolder.keptFromOthers))
        }
    }

    /// The facts of this process with the plugins that serve in it now.
    func factsNow() -> HostFacts {
        var facts = facts
        facts.loaded = state.withLock { state in
            state.catalog.members.values.sorted { $0.number < $1.number }.map { member in
                let manifest = state.records[member.number]?.generation.image.manifest
                return HostFacts.LoadedPlugin(
                    name: member.plugin, version: member.version, image: member.image,
                    provides: manifest?.provides.map { .init(name: $0.name, range: $0.range) } ?? [])
            }
        }
        return facts
    }

    /// Before the lock: another thread may have held it at the moment of the fork, and holds it for ever in the child.
    func refuseForkedChild() throws(PluginHostError) {
        guard Pins.isForkedChild else { return }
        throw .conflict(
            "this process is a fork of the host's: it may call through the bindings that it has, or exec, nothing else")
    }

    /// Runs one request, unless this host in its condition cannot finish it; `shutdown` waits for its end.
    func request<Reply>(
        _ body: () async throws(PluginHostError) -> Reply
    ) async throws(PluginHostError) -> Reply {
        try refuseForkedChild()
        let isAccepted = state.withLock { state in
            if !state.isShutDown { state.requests += 1 }
            return !state.isShutDown
        }
        guard isAccepted else { throw .conflict("the host is shut down") }
        defer { for waiter in state.withLock({ $0.endRequest() }) { waiter.resume() } }
        return try await withTaskExecutorPreference(executor) { () async throws(PluginHostError) in try await body() }
    }
}
