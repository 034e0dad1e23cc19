import PluginRegistry

/// When a scan first saw each call that is inside: there is no clock on the call path.
///
/// A thread that makes one short call after another looks like one long call to scans that each find it inside; a call is
/// told from the next by nothing but its thread and where it went in.
struct CallSightings {
    /// One call, as far as a scan can tell.
    struct Key: Hashable {
        let generation: Int
        let thread: Int32
        let slot: Int
        let isLease: Bool
    }

    private var firstSeen: [Key: Int] = [:]

    /// Takes in a scan of all calls inside one generation, at a time in nanoseconds; since when each was seen.
    mutating func see(_ holders: [Holder], in generation: Int, at now: Int) -> [(holder: Holder, since: Int)] {
        var seen: [(holder: Holder, since: Int)] = []
        var kept = firstSeen.filter { $0.key.generation != generation }
        for holder in holders {
            let key = Key(
                generation: generation, thread: holder.threadID, slot: holder.slotIndex, isLease: holder.isLease)
            let since = firstSeen[key] ?? now
            kept[key] = since
            seen.append((holder, since))
        }
        firstSeen = kept
        return seen.sorted { $0.since < $1.since }
    }
}
