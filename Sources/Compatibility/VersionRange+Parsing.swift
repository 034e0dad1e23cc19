extension VersionRange {
    /// Reads `set *( "||" set )`.
    static func alternatives(
        from scanner: inout VersionScanner
    ) throws(VersionScanner.Expectation) -> [ComparatorSet] {
        var sets: [ComparatorSet] = []
        repeat { sets.append(try comparatorSet(from: &scanner)) } while scanner.take("||")
        guard scanner.isAtEnd else { throw scanner.expectation("a comparator, \"||\" or the end") }
        return sets
    }

    /// Reads `partial " - " partial`, or comparators with blanks between them, or nothing.
    private static func comparatorSet(
        from scanner: inout VersionScanner
    ) throws(VersionScanner.Expectation) -> ComparatorSet {
        scanner.skipBlanks()
        if let span = try hyphenSpan(from: &scanner) { return ComparatorSet(comparators: span) }
        var comparators: [Comparator] = []
        while let byte = scanner.next, byte != UInt8(ascii: "|") {
            comparators += try bounds(from: &scanner)
            let isSeparated = scanner.skipBlanks()
            guard isSeparated || scanner.isAtEnd || scanner.next == UInt8(ascii: "|") else {
                throw scanner.expectation("a blank, \"||\" or the end")
            }
        }
        return ComparatorSet(comparators: comparators)
    }

    /// `1.2 - 2.3`: looks ahead on a copy, because only the " - " tells it from a plain version.
    private static func hyphenSpan(
        from scanner: inout VersionScanner
    ) throws(VersionScanner.Expectation) -> [Comparator]? {
        var ahead = scanner
        guard let byte = ahead.next, PartialVersion.canStart(with: byte) else { return nil }
        let low = try PartialVersion(scanning: &ahead)
        guard ahead.skipBlanks(), ahead.take("-"), ahead.skipBlanks() else { return nil }
        let high = try PartialVersion(scanning: &ahead)
        ahead.skipBlanks()
        guard ahead.isAtEnd || ahead.next == UInt8(ascii: "|") else { throw ahead.expectation("\"||\" or the end") }
        scanner = ahead
        return low.bounds(.greaterOrEqual) + high.bounds(.lessOrEqual)
    }

    /// One comparator with its operator, as the bounds that it stands for.
    private static func bounds(from scanner: inout VersionScanner) throws(VersionScanner.Expectation) -> [Comparator] {
        if scanner.take("^") { return try operand(of: &scanner).caretBounds }
        // `~>` is an old spelling of `~`.
        if scanner.take("~>") || scanner.take("~") { return try operand(of: &scanner).tildeBounds }
        if scanner.take(">=") { return try operand(of: &scanner).bounds(.greaterOrEqual) }
        if scanner.take("<=") { return try operand(of: &scanner).bounds(.lessOrEqual) }
        if scanner.take(">") { return try operand(of: &scanner).bounds(.greater) }
        if scanner.take("<") { return try operand(of: &scanner).bounds(.less) }
        _ = scanner.take("=")
        return try operand(of: &scanner).bounds(.equal)
    }

    private static func operand(
        of scanner: inout VersionScanner
    ) throws(VersionScanner.Expectation) -> PartialVersion {
        scanner.skipBlanks()
        return try PartialVersion(scanning: &scanner)
    }
}

/// A version whose tail may be missing or `x`: `1`, `1.2.x`, `*`, `1.2.3-rc.1`.
private struct PartialVersion {
    /// `nil` = any; then what follows is `nil` too.
    var major: Int?
    var minor: Int?
    var patch: Int?
    /// Empty unless all three numbers are given.
    var prerelease: [String] = []

    static func canStart(with byte: UInt8) -> Bool {
        VersionScanner.isDigit(byte) || "xX*v".utf8.contains(byte)
    }

    init(scanning scanner: inout VersionScanner) throws(VersionScanner.Expectation) {
        _ = scanner.take("v")
        major = try Self.numberOrAny(from: &scanner)
        guard scanner.take(".") else { return }
        let second = try Self.numberOrAny(from: &scanner)
        minor = major == nil ? nil : second
        guard scanner.take(".") else { return }
        let third = try Self.numberOrAny(from: &scanner)
        patch = minor == nil ? nil : third
        let suffixes = try scanner.suffixes()
        prerelease = patch == nil ? [] : suffixes.prerelease
    }

    private static func numberOrAny(from scanner: inout VersionScanner) throws(VersionScanner.Expectation) -> Int? {
        if scanner.take("x") || scanner.take("X") || scanner.take("*") { return nil }
        guard let byte = scanner.next, VersionScanner.isDigit(byte) else {
            throw scanner.expectation("a number, \"x\" or \"*\"")
        }
        return try scanner.number()
    }

    /// The lowest version meant.
    private var low: SemanticVersion {
        SemanticVersion(major ?? 0, minor ?? 0, patch ?? 0, prerelease: prerelease)
    }

    /// Below `major.minor.patch` and below its pre-releases, of which `-0` is the lowest.
    private static func below(_ major: Int, _ minor: Int, _ patch: Int) -> Comparator {
        Comparator(relation: .less, version: SemanticVersion(major, minor, patch, prerelease: ["0"]))
    }

    /// No version is below the lowest pre-release of 0.0.0.
    private static let nothing = [below(0, 0, 0)]

    private var from: Comparator { Comparator(relation: .greaterOrEqual, version: low) }

    /// `^`: changes right of the first number that is not 0.
    var caretBounds: [Comparator] {
        guard let major else { return [] }
        guard major == 0, let minor else { return [from, Self.below(major + 1, 0, 0)] }
        guard minor == 0, let patch else { return [from, Self.below(0, minor + 1, 0)] }
        return [from, Self.below(0, 0, patch + 1)]
    }

    /// `~`: patches, or minors where none is given.
    var tildeBounds: [Comparator] {
        guard let major else { return [] }
        guard let minor else { return [from, Self.below(major + 1, 0, 0)] }
        return [from, Self.below(major, minor + 1, 0)]
    }

    /// A primitive comparator; with a part missing it speaks about all versions that the rest stands for.
    func bounds(_ relation: Comparator.Relation) -> [Comparator] {
        guard let major else {
            return relation == .less || relation == .greater ? Self.nothing : []
        }
        guard minor != nil, patch != nil else {
            let beyond = minor.map { (major, $0 + 1) } ?? (major + 1, 0)
            let next = SemanticVersion(beyond.0, beyond.1, 0)
            return switch relation {
            case .less: [Self.below(major, minor ?? 0, 0)]
            case .lessOrEqual: [Self.below(beyond.0, beyond.1, 0)]
            case .equal: [from, Self.below(beyond.0, beyond.1, 0)]
            case .greaterOrEqual: [from]
            case .greater: [Comparator(relation: .greaterOrEqual, version: next)]
            }
        }
        return [Comparator(relation: relation, version: low)]
    }
}
