extension VersionRange {
    /// Whether every version that the range admits belongs to one line; true of a range that admits none.
    ///
    /// A typed binding relies on it: within a line an export keeps its meaning.
    public var staysWithinOneLine: Bool {
        var only: VersionLine?
        for set in alternatives {
            guard let lines = set.lines else { return false }
            for line in lines {
                if only == nil { only = line }
                if only != line { return false }
            }
        }
        return true
    }
}

extension VersionRange {
    /// The lowest version that the range admits; `nil` for a range that admits none.
    package var lowest: SemanticVersion? { alternatives.compactMap(\.lowest).min() }
}

extension ComparatorSet {
    /// The lowest version that the set admits: its lowest release, or a pre-release of a triple that a comparator names.
    fileprivate var lowest: SemanticVersion? {
        let start = comparators.map(\.firstRelease).max(by: <) ?? (0, 0, 0)
        let release = SemanticVersion(start.0, start.1, start.2, prerelease: [])
        return ([release] + comparators.flatMap(\.lowestPrereleases)).filter(admits).min()
    }

    /// The lines of what the set admits; `nil` = its releases alone are in several.
    fileprivate var lines: [VersionLine]? {
        var lines = prereleaseLines
        let start = comparators.map(\.firstRelease).max(by: <) ?? (0, 0, 0)
        guard let end = comparators.compactMap(\.releaseEnd).min(by: <) else { return nil }
        if start < end {
            let line = VersionLine(start.0, start.1, start.2)
            guard end <= line.end else { return nil }
            lines.append(line)
        }
        return lines
    }

    /// The lines of the pre-releases that the set admits.
    ///
    /// Only the triples that a comparator names with a pre-release count. If any pre-release of such a triple is
    /// admitted, then so is the lowest that the bounds leave: `-0`, or a bound itself, or what directly follows one
    /// (`-rc` is followed by `-rc.0`).
    private var prereleaseLines: [VersionLine] {
        comparators.compactMap { comparator in
            comparator.lowestPrereleases.contains(where: admits) ? comparator.version.line : nil
        }
    }
}

extension Comparator {
    /// Of the pre-releases of the comparator's triple, those of which one is the lowest wherever any is admitted; none
    /// where it names no pre-release.
    fileprivate var lowestPrereleases: [SemanticVersion] {
        guard !version.prerelease.isEmpty else { return [] }
        return [["0"], version.prerelease, version.prerelease + ["0"]].map {
            SemanticVersion(version.major, version.minor, version.patch, prerelease: $0)
        }
    }

    /// The first release that is not too low, as a triple.
    fileprivate var firstRelease: (Int, Int, Int) {
        switch relation {
        case .less, .lessOrEqual: (0, 0, 0)
        case .equal, .greaterOrEqual: version.core
        case .greater: version.prerelease.isEmpty ? (version.major, version.minor, version.patch + 1) : version.core
        }
    }

    /// The first triple that is too high for a release; `nil` = none is.
    fileprivate var releaseEnd: (Int, Int, Int)? {
        switch relation {
        case .greater, .greaterOrEqual: nil
        case .less: version.core
        case .equal, .lessOrEqual:
            version.prerelease.isEmpty ? (version.major, version.minor, version.patch + 1) : version.core
        }
    }
}
