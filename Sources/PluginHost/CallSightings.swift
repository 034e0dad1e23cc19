import PluginRegistry

/// When a scan first saw each call that is inside: there is no clock on the call path.
///
/// A thread that makes one short call after another looks like one long call to scans that each find it inside; a call is
/// told from the next by nothing but its thread and where it went in.
struct CallSightings {
    /// One call, as far as a scan of its generation can tell.
    private struct Call: Hashable {
        let thread: Int32
        let slot: Int
        let numbering: String
        let isLease: Bool
    }

    /// In nanoseconds, by generation.
    private var firstSeen: [Int: [Call: Int]] = [:]

    /// Takes in a scan of all calls inside one generation, at a time in nanoseconds; since when each was seen.
    mutating func see(_ holders: [Holder], in generation: Int, at now: Int) -> [(holder: Holder, since: Int)] {
        let before = firstSeen[generation] ?? [:]
        let seen = holders.map { holder in
            let call = Call(
                thread: holder.threadID, slot: holder.slotIndex, numbering: holder.numbering, isLease: holder.isLease)
            return (holder: holder, call: call, since: before[call] ?? now)
        }
        firstSeen[generation] = seen.isEmpty ? nil : Dictionary(seen.map { ($0.call, $0.since) }) { first, _ in first }
        return seen.map { ($0.holder, $0.since) }.sorted { $0.1 < $1.1 }
    }

    /// Forgets a generation that nobody is inside of any more.
    mutating func forget(_ generation: Int) { firstSeen[generation] = nil }
}
