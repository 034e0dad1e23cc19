/// Versions that caret-match each other: `1.x.y`, `0.3.x`, or `0.0.3` alone.
///
/// Within a line callers need not care which version serves them; that is the promise of semantic versioning.
public struct VersionLine: Sendable, Hashable, CustomStringConvertible {
    /// The numbers up to the first that is not 0; 0.0.3 has three.
    private let numbers: [Int]

    /// The line that holds the release `major.minor.patch`.
    init(_ major: Int, _ minor: Int, _ patch: Int) {
        numbers = major > 0 ? [major] : minor > 0 ? [0, minor] : [0, 0, patch]
    }

    /// "1.x.y", "0.3.x" or "0.0.3".
    public var description: String {
        switch numbers.count {
        case 1: "\(numbers[0]).x.y"
        case 2: "0.\(numbers[1]).x"
        default: "0.0.\(numbers[2])"
        }
    }

    /// The first release after this line.
    var end: (Int, Int, Int) {
        switch numbers.count {
        case 1: (numbers[0] + 1, 0, 0)
        case 2: (0, numbers[1] + 1, 0)
        default: (0, 0, numbers[2] + 1)
        }
    }
}

extension SemanticVersion {
    /// The versions with which this one is interchangeable; a pre-release belongs to its release's line.
    public var line: VersionLine { VersionLine(major, minor, patch) }
}
