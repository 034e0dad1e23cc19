import Compatibility
import Glibc
import LinuxSystem
import PluginRegistry

extension PluginHost {
    /// Every generation in memory, by plugin, then newest version first; those that stay after retirement only on request.
    ///
    /// A stuck one is always shown: it needs somebody's attention.
    /// Scans the thread records once per published target for the calls in flight.
    public func list(includingRetired: Bool = false) -> [PluginStatus] {
        let (records, catalog) = state.withLock { ($0.records.values, $0.catalog) }
        let resident = records.filter { $0.state == .resident }
        let served = Dictionary(grouping: catalog.routes.all.map { ($0.key, $0.value.server) }) { $0.1 }
        return records.filter { includingRetired || $0.state != .resident }.sorted {
            let (left, right) = ($0.generation, $1.generation)
            if left.plugin != right.plugin { return left.plugin < right.plugin }
            return (left.version, left.number) > (right.version, right.number)
        }.map { record in
            let generation = record.generation
            let inside = sight(generation)
            return PluginStatus(
                plugin: generation.plugin, stamp: generation.stamp, state: record.state,
                routes: (served[generation.number] ?? []).map { $0.0.shown(in: generation.plugin) }.sorted(),
                callsInFlight: inside.count, inside: inside, bytes: generation.image.addresses.count,
                mappings: generation.image.mappings,
                residentGenerations: resident.count { $0.generation.plugin == generation.plugin },
                unloadClass: generation.image.unloadClass, reason: record.reason, since: record.since)
        }
    }

    /// The host's own facts, with its plugins.
    public func status() -> HostStatus {
        HostStatus(
            facts: factsNow(), protection: Pins.protection?.rawValue ?? "none", processID: getpid(),
            stagingDirectory: staging.path, ledger: ledger())
    }

    /// What the plugins take, beside the budget; reads /proc/self/maps.
    public func ledger() -> LedgerStatus {
        let records = state.withLock { Array($0.records.values) }
        let sum = Ledger(records)
        let inside = records.flatMap { sight($0.generation) }
        return LedgerStatus(
            generations: sum.generations, resident: sum.resident, bytes: sum.bytes, mappings: sum.mappings,
            processMappings: ProcessMappings.count(), mappingLimit: ProcessMappings.limit(),
            callsInFlight: inside.count,
            longestInside: inside.map(\.seconds).max() ?? 0,
            warnings: sum.passed(configuration.budget, \.warning, orReached: false))
    }

    /// Scans for the calls inside a generation, the longest first.
    @discardableResult
    func sight(_ generation: Generation) -> [CallInside] {
        let number = generation.number
        let targets = state.withLock { $0.records[number]?.targets ?? [] }
        let holders = targets.flatMap(\.holders)
        let now = Clock.nanoseconds()
        return state.withLock { state in
            return state.sightings.see(holders, in: number, at: now).map { holder, since in
                CallInside(
                    thread: holder.threadID, threadName: holder.isLease ? "lease" : holder.threadName,
                    export: state.indices[holder.numbering]?.symbol(at: holder.slotIndex) ?? "an export",
                    seconds: Double(now - since) / 1_000_000_000)
            }
        }
    }

    /// The calls inside generations, a clause each.
    func describeCalls(inside numbers: some Collection<Int>) -> [String] {
        numbers.sorted().compactMap { number in state.withLock { $0.records[number]?.generation } }
            .flatMap { sight($0).prefix(8).map(\.clause) }
    }
}

extension CallInside {
    /// A clause: "thread 4711 (worker) in greet, seen for 2.5 s".
    var clause: String {
        let who = threadName == "lease" ? "a lease" : "thread \(thread) (\(threadName))"
        return "\(who) in \(export), seen for \((seconds * 10).rounded() / 10) s"
    }
}

extension Catalog.RouteKey {
    /// As short as it is clear in the row of a plugin: its range, its arm, and whose route it is where the plugin stands in.
    fileprivate func shown(in plugin: String) -> String {
        self.plugin == plugin ? String(description.dropFirst(plugin.count + 1)) : description
    }
}
