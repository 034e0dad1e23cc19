package import Compatibility

/// What changed between two contracts, OLD and NEW: each change once, with everything that it reaches.
///
/// The bump is as strict as the loader: within a line of versions an export whose digest changed is refused on every route
/// that bound it, so it asks for another line, even where everybody would have survived. What the bytes would have done is
/// said by each change's outcomes.
package struct ContractDiff: Sendable, Equatable, Encodable {
    /// Of the target, then of types by their names, callbacks, exports and constants.
    package let changes: [ContractChange]
    /// The smallest honest step of the version; `patch` where nothing changed.
    package let bump: VersionBump
    /// Why it is that one, a clause: "struct point, member z was added (greet)".
    package let headline: String

    /// Compares two contracts.
    ///
    /// Cost: linear in what each export reaches, summed over the exports that changed.
    package init(old: Contract, new: Contract) {
        var comparison = ContractComparison(old, new)
        changes = comparison.changes()
        bump = changes.map(\.bump).max() ?? .patch
        headline = Self.headline(of: changes.filter { [bump] in $0.bump == bump })
    }

    /// The first three.
    private static func headline(of changes: [ContractChange]) -> String {
        guard !changes.isEmpty else { return "nothing changed" }
        let shown = changes.prefix(3).map(\.statement).joined(separator: ", ")
        return changes.count > 3 ? "\(shown) and \(changes.count - 3) more" : shown
    }

    /// Why a declared step is too small: "declared 1.2.0..1.3.0 is a minor step; greet, result changed: needs 2.0.0".
    ///
    /// `nil` where it is large enough; no step is, for contracts of two targets.
    package func refusal(of step: VersionStep) -> String? {
        if let target = changes.first(where: { $0.kind == .targetChanged }) {
            return "OLD is for \(target.old ?? ""), NEW for \(target.new ?? ""): "
                + "no version is enough, compare contracts of one target"
        }
        guard step.bump < bump else { return nil }
        return "declared \(step) is a \(step.bump) step; \(headline): needs \(bump.next(after: step.old))"
    }
}
