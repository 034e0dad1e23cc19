/// A set of versions in npm's notation: `^1.2`, `~1.4.2`, `>=1.2 <3`, `1.x || 2.x`, `1.2 - 2.3`, `*`.
///
/// Blanks mean *and*, `||` means *or*, missing parts and `x` stand for any number. A pre-release is admitted only where
/// a comparator beside it names a pre-release of the same major.minor.patch: `>=1.2.3-rc.1` admits 1.2.3-rc.2, not
/// 1.2.4-rc.1. Follows node-semver's documented grammar, plus a `v` before a version; what its regular expressions
/// admit beyond that by accident (`^=1`) is refused.
///
/// Two ranges are equal when they are written alike.
public struct VersionRange: Sendable {
    /// The text as it was written.
    public let description: String
    /// The parts between `||`.
    let alternatives: [ComparatorSet]

    /// Reads a range of at most 256 bytes; the empty text admits every release.
    public init(_ text: String) throws(VersionRangeError) {
        do throws(VersionScanner.Expectation) {
            var scanner = try VersionScanner(text)
            alternatives = try Self.alternatives(from: &scanner)
            description = text
        } catch {
            throw VersionRangeError(text: text, position: error.position, expected: error.expected)
        }
    }

    /// Whether the range admits `version`.
    public func contains(_ version: SemanticVersion) -> Bool {
        alternatives.contains { $0.admits(version) }
    }
}

/// Comparators that must all hold; without any, every release is admitted.
struct ComparatorSet: Sendable {
    var comparators: [Comparator]

    func admits(_ version: SemanticVersion) -> Bool {
        guard comparators.allSatisfy({ $0.holds(for: version) }) else { return false }
        return version.prerelease.isEmpty
            || comparators.contains { !$0.version.prerelease.isEmpty && $0.version.core == version.core }
    }
}

/// One bound.
struct Comparator: Sendable {
    enum Relation: Sendable {
        case less, lessOrEqual, equal, greaterOrEqual, greater
    }

    var relation: Relation
    var version: SemanticVersion

    func holds(for candidate: SemanticVersion) -> Bool {
        switch relation {
        case .less: candidate < version
        case .lessOrEqual: candidate <= version
        case .equal: candidate == version
        case .greaterOrEqual: candidate >= version
        case .greater: candidate > version
        }
    }
}

extension VersionRange: Hashable, CustomStringConvertible, Codable {
    /// Whether both are written alike.
    public static func == (left: Self, right: Self) -> Bool { left.description == right.description }

    /// Hashes the text.
    public func hash(into hasher: inout Hasher) { hasher.combine(description) }

    /// Reads the text form.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        let text = try container.decode(String.self)
        do {
            try self.init(text)
        } catch {
            throw DecodingError.dataCorruptedError(in: container, debugDescription: error.description)
        }
    }

    /// Writes the text form.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }
}

/// A text that is not a range of versions.
public struct VersionRangeError: Error, Sendable, Equatable, CustomStringConvertible {
    /// The text as it was given.
    public let text: String
    /// Where reading stopped, in bytes from the text's start.
    public let position: Int
    /// What should have been there, a noun.
    public let expected: String

    /// Text, place and expectation in one clause.
    public var description: String {
        "\"\(printable(text, limit: 80))\" is no version range: expected \(expected) at byte \(position)"
    }
}
