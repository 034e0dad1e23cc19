import ELFReader

/// One pure check with stable codes.
struct Gate: Sendable {
    /// Looks at a candidate; at least one finding, also where there is nothing to say.
    let judge: @Sendable (Candidate, HostFacts) -> [Finding]
}

extension Gate {
    /// All gates, in the order of the report.
    static let all: [Gate] = []
}
