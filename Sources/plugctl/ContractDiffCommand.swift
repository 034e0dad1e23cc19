import Compatibility
import Contract
import ContractCompiler

/// `contract diff OLD NEW`: what changed, who survives it, and whether a declared step of the version is large enough.
struct ContractDiffCommand {
    let old: HeaderRequest
    let new: HeaderRequest
    let declared: VersionStep?

    private struct Result: Encodable {
        var bump: VersionBump
        var headline: String
        var changes: [ContractChange]
        /// `1.2.0..1.3.0`, where a step was declared.
        var declared: String?
        /// Why it is too small, where it is.
        var refusal: String?
    }

    /// 3 where the declared step is too small, else 0.
    func run(in context: CommandContext) throws -> Int32 {
        let (before, after) = try contracts(context.environment)
        let diff = ContractDiff(old: before, new: after)
        let refusal = declared.flatMap(diff.refusal)
        let verdict = refusal ?? declared.map { "declared \($0) is a \($0.bump.rawValue) step: enough" }
        try context.show(
            Result(
                bump: diff.bump, headline: diff.headline, changes: diff.changes,
                declared: declared.map(\.description), refusal: refusal),
            diff.text + (verdict.map { "\n\($0)\n" } ?? ""))
        return refusal == nil ? 0 : 3
    }

    /// Both sides; a header beside a snapshot is read with the exports that the snapshot was made of, unless the command
    /// line says which.
    private func contracts(_ environment: [String: String]) throws -> (old: Contract, new: Contract) {
        var (old, new) = (old, new)
        let snapshots = (old: try ContractFile.snapshotIfAny(old.path), new: try ContractFile.snapshotIfAny(new.path))
        if old.only.isEmpty && old.except.isEmpty, let other = snapshots.old ?? snapshots.new {
            (old.only, old.except) = (other.only.sorted(), other.except.sorted())
            (new.only, new.except) = (old.only, old.except)
        }
        return (
            try snapshots.old ?? ContractFile.contract(of: old, environment: environment),
            try snapshots.new ?? ContractFile.contract(of: new, environment: environment)
        )
    }
}
