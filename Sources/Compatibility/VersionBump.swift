/// How much the version of a plugin must grow for what changed in it, or grew.
package enum VersionBump: String, Sendable, Hashable, Comparable, Codable {
    /// Nothing that a caller sees: 1.2.3 to 1.2.4.
    case patch
    /// Something new beside the old: 1.2.3 to 1.3.0, or 0.3.1 to 0.3.2.
    case minor
    /// Another line: 1.2.3 to 2.0.0, 0.3.1 to 0.4.0, or 0.0.3 to 0.0.4.
    case major

    /// The smaller one asks for less.
    package static func < (left: Self, right: Self) -> Bool { left.order < right.order }

    private var order: Int { self == .major ? 2 : self == .minor ? 1 : 0 }

    /// The lowest release that is so much above `version`.
    package func next(after version: SemanticVersion) -> SemanticVersion {
        let (major, minor, patch) = version.core
        switch self {
        case .major:
            let end = version.line.end
            return SemanticVersion(end.0, end.1, end.2)
        case .minor where major > 0: return SemanticVersion(major, minor + 1, 0)
        case .minor, .patch: return SemanticVersion(major, minor, patch + 1)
        }
    }
}

/// Two versions of one plugin, the second after the first: `1.2.0..1.3.0`.
package struct VersionStep: Sendable, Hashable, CustomStringConvertible {
    package let old: SemanticVersion
    package let new: SemanticVersion

    /// `nil` where `new` is not after `old`.
    package init?(from old: SemanticVersion, to new: SemanticVersion) {
        guard old < new else { return nil }
        self.old = old
        self.new = new
    }

    /// Reads `1.2.0..1.3.0`.
    package init(_ text: String) throws(VersionStepError) {
        guard let dots = text.firstRange(of: "..") else { throw VersionStepError(text, "two versions as 1.2.0..1.3.0") }
        let (old, new): (SemanticVersion, SemanticVersion)
        do throws(SemanticVersionError) {
            old = try SemanticVersion(String(text[..<dots.lowerBound]))
            new = try SemanticVersion(String(text[dots.upperBound...]))
        } catch {
            throw VersionStepError(text, "two versions as 1.2.0..1.3.0: \(error)")
        }
        guard old < new else {
            throw VersionStepError(text, old == new ? "two versions, not one twice" : "the older version first")
        }
        self.old = old
        self.new = new
    }

    /// What the step allows.
    ///
    /// In 0.x a patch is the only step within a line, so it may bring additions.
    package var bump: VersionBump {
        if old.line != new.line { return .major }
        return old.major == 0 || old.minor != new.minor ? .minor : .patch
    }

    /// "1.2.0..1.3.0".
    package var description: String { "\(old)..\(new)" }
}

/// A text that is no step from one version to another.
package struct VersionStepError: Error, Sendable, Equatable, CustomStringConvertible {
    /// As it was given.
    package let text: String
    /// What was expected in its place, a clause.
    package let expected: String

    init(_ text: String, _ expected: String) {
        self.text = text
        self.expected = expected
    }

    /// Text and expectation in one clause.
    package var description: String {
        "\"\(printable(text, limit: 160))\" is no step of versions: write \(expected)"
    }
}
