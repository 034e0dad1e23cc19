/// A version as Semantic Versioning 2.0.0 defines it: `1.4.0`, `2.0.0-rc.1+build.7`.
///
/// Precedence is item 11 of the specification. Build metadata takes no part in it, and therefore none in `==` and
/// `hash` either: `1.0.0+a == 1.0.0+b`. It is kept for `description`.
public struct SemanticVersion: Sendable {
    /// Each at most 2^53 - 1, as in npm.
    public let major: Int
    /// Grows with compatible additions, while `major` is not 0.
    public let minor: Int
    /// Grows with compatible fixes.
    public let patch: Int
    /// The pre-release's dot-separated identifiers; empty for a release.
    public let prerelease: [String]
    /// The text after `+`; `nil` where there is none.
    public let build: String?

    /// Reads a version; blanks, a leading `v`, missing parts and leading zeros are refused.
    ///
    /// The text has at most 256 bytes.
    public init(_ text: String) throws(SemanticVersionError) {
        do throws(VersionScanner.Expectation) {
            var scanner = try VersionScanner(text)
            self = try Self(scanning: &scanner)
            guard scanner.isAtEnd else { throw scanner.expectation("the end") }
        } catch {
            throw SemanticVersionError(text: text, position: error.position, expected: error.expected)
        }
    }

    private init(scanning scanner: inout VersionScanner) throws(VersionScanner.Expectation) {
        major = try scanner.number()
        guard scanner.take(".") else { throw scanner.expectation("a dot and the minor number") }
        minor = try scanner.number()
        guard scanner.take(".") else { throw scanner.expectation("a dot and the patch number") }
        patch = try scanner.number()
        (prerelease, build) = try scanner.suffixes()
    }

    /// A version from parts that are known to be well formed.
    init(_ major: Int, _ minor: Int, _ patch: Int, prerelease: [String] = []) {
        self.major = major
        self.minor = minor
        self.patch = patch
        self.prerelease = prerelease
        build = nil
    }
}

extension SemanticVersion: Comparable, Hashable {
    /// Whether neither has precedence over the other.
    public static func == (left: Self, right: Self) -> Bool {
        left.core == right.core && left.prerelease == right.prerelease
    }

    /// Whether `right` has precedence (SemVer 2.0.0, item 11).
    public static func < (left: Self, right: Self) -> Bool {
        if left.core != right.core { return left.core < right.core }
        if left.prerelease.isEmpty || right.prerelease.isEmpty {
            return !left.prerelease.isEmpty && right.prerelease.isEmpty
        }
        return left.prerelease.lexicographicallyPrecedes(right.prerelease, by: Self.identifierPrecedes)
    }

    /// Hashes what `==` compares.
    public func hash(into hasher: inout Hasher) {
        hasher.combine(major)
        hasher.combine(minor)
        hasher.combine(patch)
        hasher.combine(prerelease)
    }

    /// The three numbers, for comparison.
    var core: (Int, Int, Int) { (major, minor, patch) }

    /// Numbers come before words; numbers compare as numbers, however long, words in ASCII order.
    private static func identifierPrecedes(_ left: String, _ right: String) -> Bool {
        switch (left.utf8.allSatisfy(VersionScanner.isDigit), right.utf8.allSatisfy(VersionScanner.isDigit)) {
        case (true, true):
            // Without leading zeros the longer number is the larger one: no conversion, no overflow.
            left.utf8.count == right.utf8.count ? left < right : left.utf8.count < right.utf8.count
        case (true, false): true
        case (false, true): false
        case (false, false): left < right
        }
    }
}

extension SemanticVersion: CustomStringConvertible, Codable {
    /// The canonical text, build metadata included.
    public var description: String {
        var text = "\(major).\(minor).\(patch)"
        if !prerelease.isEmpty { text += "-" + prerelease.joined(separator: ".") }
        if let build { text += "+" + build }
        return text
    }

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

/// A text that is not a semantic version.
public struct SemanticVersionError: Error, Sendable, Equatable, CustomStringConvertible {
    /// The text as it was given.
    public let text: String
    /// Where reading stopped, in bytes from the text's start.
    public let position: Int
    /// What should have been there, a noun.
    public let expected: String

    /// Text, place and expectation in one clause.
    public var description: String {
        "\"\(printable(text, limit: 80))\" is no semantic version: expected \(expected) at byte \(position)"
    }
}
