import PluginHost

/// What became of a retired generation, in words.
enum RetirementText {
    static func text(_ outcome: Retirement) -> String {
        switch outcome {
        case .serving: "still serves routes of other ranges"
        case .ready: "ready to come back until its successor's probation is over"
        case .unmapped: "unmapped"
        case .resident(let reason): "resident: \(reason)"
        }
    }
}
