/// The problems found so far, at most `ELFLimits.problems` of each part.
struct ProblemLog {
    private(set) var problems: [ELFProblem] = []

    /// Whether nothing was found yet.
    var isEmpty: Bool { problems.isEmpty }

    /// Adds one problem; nothing once the log of its part is full, so that a hostile file cannot flood the report.
    ///
    /// Both texts are only made when they are kept.
    mutating func add(_ part: ELFProblem.Part, _ place: @autoclosure () -> String, _ detail: @autoclosure () -> String)
    {
        guard problems.count(where: { $0.part == part }) < ELFLimits.problems else { return }
        problems.append(ELFProblem(part, place: place(), detail: detail()))
    }
}

extension UInt64 {
    /// The number as messages show addresses.
    var hex: String { "0x" + String(self, radix: 16) }
}
