import Compatibility
import PluginLoading
import PluginRegistry

/// Everything of a host that changes, in one value behind one lock.
///
/// No plugin code and no I/O happens under it.
struct HostState {
    /// The rules: who serves which route.
    var catalog = Catalog()
    /// Every generation that is in memory, by number.
    var records: [Int: Record] = [:]
    /// The route's memory and what is published there.
    var routes: [Catalog.RouteKey: (route: Route, target: Target?)] = [:]
    /// Routes of imports that are gone, by label of what they led to: their memory is for ever, so it is used again.
    var idleRoutes: [String: [Route]] = [:]
    /// The state that is being handed over now: one at a time, since two could wait for each other's callers.
    var heldState: HeldState?
    /// Generations that are being started for a swap: what they offer can be imported by each other already.
    var newcomers: [Int: Catalog.Member] = [:]
    /// Who waits for its turn to change a plugin's routes; a plugin without an entry is nobody's.
    var turns: [String: [CheckedContinuation<Void, Never>]] = [:]
    /// How many rehearsals there were.
    var rehearsals = 0
    /// Swaps whose old generations are kept ready, by an ever growing number.
    var probations: [Int: SwapJob] = [:]
    var lastProbation = 0
    /// What was tallied of a generation when it was put on probation, or became a canary.
    var tallyBases: [Int: (calls: Int, failures: Int)] = [:]
    /// Looks after probations and canaries, while there are any.
    var watch: Task<Void, Never>?
    /// When a scan first saw each call that is inside.
    var sightings = CallSightings()
    /// The budget's thresholds that are passed, each said once.
    var warnings: Set<String> = []
    /// Odd while the routes of one change are exchanged.
    let sequence: PublicationSequence
    /// Each plugin's export numbering.
    var indices: [String: ExportIndex] = [:]
    /// The last generation's number.
    var lastNumber = 0
    /// Set by `shutdown`: nothing is loaded or bound afterwards.
    var isShutDown = false
    /// What ends the host, once it has begun.
    var ending: Task<Void, Never>?
    /// Requests that have begun and not ended, and who waits for the last of them.
    var requests = 0
    var idle: [CheckedContinuation<Void, Never>] = []
    /// Retirements that go on though nobody waits for them, until `shutdown` does.
    var background: [Int: Task<Void, Never>] = [:]
    var lastBackground = 0
    /// The host itself, until `shutdown`: bindings are plain memory, so plugins stay in service though nobody holds it.
    var keepAlive: PluginHost?

    init(sequence: PublicationSequence) { self.sequence = sequence }

    /// One generation and what the ledger knows of it.
    struct Record {
        let generation: Generation
        var state = PluginStatus.State.starting
        /// Seconds since 1970 at which `state` was entered.
        var since = Clock.secondsSince1970()
        /// Somebody stops and closes it: several may wait for one drain, only one may call `swb_stop`.
        var isRetiring = false
        /// Closed, but the dynamic linker kept it for now: each later close looks at it again.
        var isLingering = false
        /// Why it stays in memory.
        var reason: String?
        /// Its targets that calls may still be inside of: published ones, and replaced ones not drained yet.
        var targets: [Target] = []
    }

    /// Takes the next generation number.
    mutating func nextNumber() -> Int {
        lastNumber += 1
        return lastNumber
    }

    /// Takes the next probation's number.
    mutating func nextProbation() -> Int {
        lastProbation += 1
        return lastProbation
    }

    /// Ends a request; who must be resumed because it was the last.
    mutating func endRequest() -> [CheckedContinuation<Void, Never>] {
        requests -= 1
        guard requests == 0 else { return [] }
        defer { idle = [] }
        return idle
    }

    /// Enters a state, and notes when.
    mutating func enter(_ state: PluginStatus.State, _ number: Int, reason: String? = nil) {
        guard let record = records[number], record.state != state else { return }
        records[number]?.state = state
        records[number]?.since = Clock.secondsSince1970()
        records[number]?.reason = reason
    }

    /// Claims the retirement of a generation: true for the first who asks.
    mutating func beginRetiring(_ number: Int) -> Bool {
        // One that is stuck runs code of its image: nobody may close that.
        guard let record = records[number], !record.isRetiring, record.state != .stuck else { return false }
        records[number]?.isRetiring = true
        return true
    }

    /// Forgets targets that nobody is inside of any more; their memory goes with the last reference.
    mutating func forget(_ drained: [Target]) {
        for target in drained { records[target.generation]?.targets.removeAll { $0 === target } }
    }

    /// Makes a target of a generation for a route of `plugin`, and enters it into the ledger; `nil` where there is no such
    /// generation.
    ///
    /// The plugin is another than the generation's where that stands in as a fallback.
    mutating func addTarget(to number: Int, for plugin: String) -> Target? {
        guard let generation = records[number]?.generation else { return nil }
        // SAFETY: addresses of the generation's image and table, which live until its targets are drained.
        let functions = unsafe generation.image.exports.compactMapValues {
            unsafe UnsafeMutableRawPointer(bitPattern: $0)
        }
        let target = unsafe Target(
            functions: indices[plugin, default: ExportIndex()].table(of: functions),
            instance: UnsafeMutableRawPointer(bitPattern: generation.instance),
            context: UnsafeMutableRawPointer(mutating: generation.table.pointer), generation: number,
            numbering: plugin)
        records[number]?.targets.append(target)
        return target
    }
}
