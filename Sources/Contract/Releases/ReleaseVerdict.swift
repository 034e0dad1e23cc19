package import Compatibility

/// What two releases' differences ask of the version, and whether it grew so much.
package struct ReleaseVerdict: Sendable, Equatable {
    /// Whether the new one may be released as it is called.
    package let isCompatible: Bool
    /// The least step that is enough; `nil` where no version is.
    package let needed: VersionBump?
    /// What was declared; `nil` where nobody said.
    package let declared: Declared?
    /// The verdict, one line.
    package let sentence: String

    /// The greatest step that nobody refuses; without declared versions all but a major one.
    package var allowed: VersionBump {
        guard let declared else { return .minor }
        return declared.allowed ?? .patch
    }

    /// The versions of the old and the new release, whichever is higher.
    package struct Declared: Sendable, Equatable {
        package var old: SemanticVersion
        package var new: SemanticVersion

        package init(old: SemanticVersion, new: SemanticVersion) {
            self.old = old
            self.new = new
        }

        /// What a host that has the old one expects of the new one; `nil` where it is the older of the two.
        var allowed: VersionBump? {
            old == new ? .patch : VersionStep(from: old, to: new)?.bump
        }
    }

    package init(of findings: [ReleaseFinding], declared: Declared?) {
        self.declared = declared
        let hopeless = findings.first { $0.bump == nil }
        let needed = hopeless == nil ? findings.compactMap(\.bump).max() ?? .patch : nil
        self.needed = needed
        let heaviest = hopeless ?? findings.first { $0.bump == needed }
        (isCompatible, sentence) = Self.judge(declared, needed, heaviest)
    }

    private static func judge(
        _ declared: Declared?, _ needed: VersionBump?, _ heaviest: ReleaseFinding?
    ) -> (Bool, String) {
        guard let needed else {
            return (false, "no version is enough: \(heaviest?.statement ?? "")")
        }
        let reason = heaviest.map { "\($0.statement): " } ?? ""
        guard let declared else {
            return needed == .major
                ? (false, "\(reason)needs a major step")
                : (true, heaviest == nil ? "no difference" : "a \(needed.rawValue) step is enough")
        }
        guard let allowed = declared.allowed else {
            return (
                false, "\(declared.new) is older than \(declared.old): give the older release first"
            )
        }
        let step =
            declared.old == declared.new
            ? "both are \(declared.old)" : "declared \(declared.old)..\(declared.new) is a \(allowed.rawValue) step"
        return needed <= allowed
            ? (true, step + (heaviest == nil ? ", and nothing differs" : ", and that is enough"))
            : (false, "\(step); \(reason)needs \(needed.next(after: declared.old))")
    }
}
