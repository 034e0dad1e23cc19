import Compatibility
import Glibc
import PluginRegistry

extension PluginHost {
    /// Every generation in memory, by plugin, then newest version first; those that stay after retirement only on request.
    ///
    /// A stuck one is always shown: it needs somebody's attention.
    /// Scans the thread records once per published target for the calls in flight.
    public func list(includingRetired: Bool = false) -> [PluginStatus] {
        let (records, catalog) = state.withLock { ($0.records.values, $0.catalog) }
        let resident = records.filter { $0.state == .resident }
        return records.filter { includingRetired || $0.state != .resident }.sorted {
            let (left, right) = ($0.generation, $1.generation)
            if left.plugin != right.plugin { return left.plugin < right.plugin }
            return (left.version, left.number) > (right.version, right.number)
        }.map { record in
            let generation = record.generation
            return PluginStatus(
                plugin: generation.plugin, stamp: generation.stamp, state: record.state,
                routes: catalog.routes.filter { $0.value.server == generation.number }.map(\.key.range).sorted(),
                callsInFlight: record.targets.reduce(0) { $0 + $1.callCount },
                residentGenerations: resident.count { $0.generation.plugin == generation.plugin },
                unloadClass: generation.image.unloadClass, reason: record.reason, since: record.since)
        }
    }

    /// The host's own facts, with its plugins.
    public func status() -> HostStatus {
        HostStatus(
            facts: factsNow(), protection: Pins.protection?.rawValue ?? "none", processID: getpid(),
            stagingDirectory: staging.path)
    }
}
