import Contract
import TestSupport
import Testing

/// Digests of the exports of a thousand made-up headers: of the same meaning in other words, and of other meanings.
///
/// Many headers lie in one file, told apart by the prefix of their names: what costs is the runs of the compiler.
@Suite struct GeneratedHeaderTests {
    private static let batches = stride(from: 0, to: 1000, by: 250).map { ($0..<$0 + 250).map(GeneratedHeader.init) }

    /// The digest of each export of these texts.
    private func digests(of texts: [String]) throws -> [String: String] {
        let read = try contract(of: texts.joined())
        return read.exports.keys.reduce(into: [:]) { $0[$1] = read.digest(of: $1) }
    }

    @Test func areUnmovedByWordsAndMovedByMeaning() throws {
        var seen: Set<String> = []
        var mutated: [GeneratedHeader.Mutation: Int] = [:]
        for batch in Self.batches {
            let before = try digests(of: batch.map { $0.text() })
            #expect(before.count == batch.reduce(0) { $0 + $1.functions.count })
            seen.formUnion(before.values)

            // One edit each, and all of them at once.
            let edits =
                GeneratedHeader.NeutralEdit.allCases.map { Set([$0]) } + [Set(GeneratedHeader.NeutralEdit.allCases)]
            let chosen = batch.indices.map { edits[$0 % edits.count] }
            let reworded = try digests(of: zip(batch, chosen).map { $0.text($1) })
            for (header, edit) in zip(batch, chosen) {
                for symbol in header.functions.map(\.name) where reworded[symbol] != before[symbol] {
                    Issue.record("\(symbol) is moved by \(edit):\n\(header.text())\n\(header.text(edit))")
                }
            }

            var random = Randomness(seed: UInt64(seen.count))
            let changes = try batch.enumerated().map { index, header in
                let kinds = GeneratedHeader.Mutation.allCases
                return try #require(Mutated(header, kinds[index % kinds.count], using: &random))
            }
            let after = try digests(of: changes.map { $0.header.text() })
            for (header, change) in zip(batch, changes) {
                mutated[change.mutation, default: 0] += 1
                for symbol in header.functions.map(\.name)
                where (after[symbol] != before[symbol]) != change.reached.contains(symbol) {
                    Issue.record(
                        """
                        \(change.mutation) \(change.reached.contains(symbol) ? "does not move" : "moves") \(symbol):
                        \(header.text())
                        \(change.header.text())
                        """)
                }
            }
        }
        #expect(mutated.count == GeneratedHeader.Mutation.allCases.count)
        #expect(mutated.values.allSatisfy { $0 >= 40 }, "\(mutated)")
        #expect(seen.count > 2000, "digests that are all alike prove nothing")
    }
}

/// A header with one change, and the exports that it reaches.
private struct Mutated {
    var header: GeneratedHeader
    let mutation: GeneratedHeader.Mutation
    let reached: Set<String>

    init?(
        _ header: GeneratedHeader, _ mutation: GeneratedHeader.Mutation, using random: inout some RandomNumberGenerator
    ) {
        self.header = header
        self.mutation = mutation
        guard let reached = self.header.mutate(mutation, using: &random) else { return nil }
        self.reached = reached
    }
}
