/// What became of all mutations.
struct Tally {
    /// Of one kind of file and one strategy.
    struct Counts {
        var refused = 0
        var loaded = 0
        var declined = 0
        var crashed = 0
        var admitted: Int { loaded + declined + crashed }

        static func + (left: Self, right: Self) -> Self {
            Counts(
                refused: left.refused + right.refused, loaded: left.loaded + right.loaded,
                declined: left.declined + right.declined, crashed: left.crashed + right.crashed)
        }
    }

    private var counts: [String: Counts] = [:]
    private(set) var total = Counts()

    mutating func count(_ kind: String, _ strategy: Strategy, _ change: (inout Counts) -> Void) {
        change(&counts[kind, default: Counts()])
        change(&counts[strategy.rawValue, default: Counts()])
        change(&total)
    }

    /// One line per strategy and per kind of file, and one for all.
    var text: String {
        func line(_ name: String, _ counts: Counts) -> String {
            func right(_ number: Int) -> String {
                String(repeating: " ", count: max(0, 9 - "\(number)".count)) + "\(number)"
            }
            return name + String(repeating: " ", count: max(1, 50 - name.count))
                + [counts.refused, counts.admitted, counts.declined, counts.crashed].map(right).joined() + "\n"
        }
        let names = counts.keys.sorted()
        let head = String(repeating: " ", count: 50) + "  refused admitted declined  crashed\n"
        return head + names.map { line($0, counts[$0] ?? Counts()) }.joined() + line("all", total)
    }
}
