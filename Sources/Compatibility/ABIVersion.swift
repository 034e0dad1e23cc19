/// A version of the contract in switchboard.h: "0.1".
public struct ABIVersion: Sendable, Hashable, Codable, CustomStringConvertible {
    /// Grows when old plugins stop working.
    public var major: Int
    /// Grows with every addition; while `major` is 0 also when old plugins stop working.
    public var minor: Int
    /// "0.1".
    public var description: String { "\(major).\(minor)" }

    /// Creates a version.
    public init(major: Int, minor: Int) {
        self.major = major
        self.minor = minor
    }

    /// Reads "0.1": two decimal numbers of at most five digits.
    package init?(_ text: String) {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        let isSound = parts.allSatisfy { 1...5 ~= $0.utf8.count && $0.utf8.allSatisfy(VersionScanner.isDigit) }
        guard parts.count == 2, isSound, let major = Int(parts[0]), let minor = Int(parts[1]) else { return nil }
        self.init(major: major, minor: minor)
    }
}
