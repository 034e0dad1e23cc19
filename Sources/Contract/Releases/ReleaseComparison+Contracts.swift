/// What the snapshots beside the files tell.
extension ReleaseComparison {
    static func contracts(_ old: Release, _ new: Release) -> [ReleaseFinding] { [] }

    /// Why the types of one export differ, where both snapshots have it.
    static func explanation(of symbol: String, _ old: Contract?, _ new: Contract?) -> String? { nil }
}
