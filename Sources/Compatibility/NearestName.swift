/// Finds what somebody probably meant to write.
package enum NearestName {
    /// The candidate with the fewest edits to `name`, if that is at most a third of its length (at least one) and they
    /// have a letter in common; of equals the first in alphabetical order.
    ///
    /// Edits are insertion, deletion, replacement, and the swap of neighbours. Names over 64 bytes are not compared,
    /// nor more than 1024 candidates, so hostile symbol tables cost a bounded time.
    package static func nearest(to name: String, among candidates: some Sequence<String>) -> String? {
        let wanted = Array(name.utf8)
        guard 1...64 ~= wanted.count else { return nil }
        let limit = max(1, wanted.count / 3)
        var best: (distance: Int, name: String)?
        for candidate in candidates.prefix(1024) where candidate != name {
            let other = Array(candidate.utf8.prefix(65))
            guard 1...64 ~= other.count, abs(other.count - wanted.count) <= limit else { continue }
            let distance = distance(wanted, other)
            guard distance <= limit, distance < max(wanted.count, other.count) else { continue }
            if let found = best, (found.distance, found.name) <= (distance, candidate) { continue }
            best = (distance, candidate)
        }
        return best?.name
    }

    /// The optimal string alignment distance of two short byte strings.
    static func distance(_ left: [UInt8], _ right: [UInt8]) -> Int {
        var beforeLast: [Int] = []
        var last = Array(0...right.count)
        for (i, a) in left.enumerated() {
            var row = [i + 1]
            for (j, b) in right.enumerated() {
                var cost = min(last[j + 1] + 1, row[j] + 1, last[j] + (a == b ? 0 : 1))
                if i > 0, j > 0, a == right[j - 1], left[i - 1] == b { cost = min(cost, beforeLast[j - 1] + 1) }
                row.append(cost)
            }
            (beforeLast, last) = (last, row)
        }
        return last[right.count]
    }
}
