/// The problems found so far, at most `ELFLimits.problems` of them.
struct ProblemLog {
    private(set) var problems: [ELFProblem] = []

    /// Adds one problem; nothing once the log is full, so that a hostile file cannot flood the report.
    ///
    /// Both texts are only made when they are kept.
    mutating func add(_ place: @autoclosure () -> String, _ detail: @autoclosure () -> String) {
        guard problems.count < ELFLimits.problems else { return }
        problems.append(ELFProblem(place: place(), detail: detail()))
    }
}

extension UInt64 {
    /// The number as messages show addresses.
    var hex: String { "0x" + String(self, radix: 16) }
}
