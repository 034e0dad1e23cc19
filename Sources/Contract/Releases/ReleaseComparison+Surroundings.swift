import Compatibility

/// What a release asks of its host and of other plugins.
extension ReleaseComparison {
    /// Other plugins: what it requires, what it offers, the state that it hands over.
    static func relations(_ old: Release, _ new: Release) -> [ReleaseFinding] {
        let (before, after) = (old.manifest, new.manifest)
        let required = ranges(before.requires), offered = ranges(after.provides)
        var findings = after.requires.filter { required[$0.name] != "\($0.range)" }.map {
            ReleaseFinding(
                "requires.changed", .noted, needs: .minor, subject: $0.name, old: required[$0.name] ?? "",
                new: "\($0.range)",
                "it requires \($0.name) \($0.range) now",
                remedy: "tell operators: a host without it refuses this release")
        }
        findings += before.provides.filter { offered[$0.name] != "\($0.range)" }.map {
            ReleaseFinding(
                "provides.changed", .breaking, needs: .major, subject: $0.name, old: "\($0.range)",
                new: offered[$0.name] ?? "", "it no longer provides \($0.name) \($0.range)",
                remedy: "keep the provides line, or release a new major version")
        }
        if before.schema != after.schema {
            findings.append(
                ReleaseFinding(
                    "state.schema", .noted, needs: .patch, old: before.schema.map { "\($0)" } ?? "",
                    new: after.schema.map { "\($0)" } ?? "", "the schema of its state changed",
                    remedy: "let swb_restore read the old schema, too, or a swap cannot hand the state over"))
        }
        return findings
    }

    /// The host: ABI, toolchain, libraries, what becomes of the image.
    static func surroundings(_ old: Release, _ new: Release) -> [ReleaseFinding] {
        abi(old.manifest.abi, new.manifest.abi) + toolchain(old.manifest.toolchain, new.manifest.toolchain)
            + unloading(old, new) + libraries(old, new)
    }

    private static func ranges(_ ranges: [PluginManifest.NamedRange]) -> [String: String] {
        Dictionary(uniqueKeysWithValues: ranges.map { ($0.name, "\($0.range)") })
    }

    private static func abi(_ old: ABIVersion?, _ new: ABIVersion?) -> [ReleaseFinding] {
        guard let old, let new, old != new else { return [] }
        return [
            ReleaseFinding(
                "abi", .noted, needs: .minor, old: "\(old)", new: "\(new)",
                "it was built against plugin ABI \(old) and is built against \(new)",
                remedy: "tell operators: hosts of ABI \(old) may refuse this release")
        ]
    }

    private static func toolchain(_ old: Toolchain?, _ new: Toolchain?) -> [ReleaseFinding] {
        guard let old, let new, old != new else { return [] }
        let isSwift = old.isSwift || new.isSwift
        return [
            ReleaseFinding(
                "toolchain", .noted, needs: isSwift ? .minor : .patch, old: "\(old)", new: "\(new)",
                "it was built by \(old) and is built by \(new)",
                remedy: isSwift
                    ? "build with \(old), or tell operators: a host takes plugins of its own Swift only" : "")
        ]
    }

    private static func unloading(_ old: Release, _ new: Release) -> [ReleaseFinding] {
        let order: [UnloadClass] = [.unloadable, .deferred, .resident]
        guard order.firstIndex(of: old.unloadClass) ?? 0 < order.firstIndex(of: new.unloadClass) ?? 0 else { return [] }
        let news = new.unloadReasons.filter { !old.unloadReasons.contains($0) }
        return [
            ReleaseFinding(
                "unload.class", .noted, needs: .minor, old: old.unloadClass.rawValue, new: new.unloadClass.rawValue,
                "the old file is \(old.unloadClass.rawValue), the new one \(new.unloadClass.rawValue)"
                    + (news.isEmpty ? "" : ": it \(news.joined(separator: "; it "))"),
                remedy:
                    "do without it, or vouch with unload = clean: every swap keeps its memory else")
        ]
    }

    private static func libraries(_ old: Release, _ new: Release) -> [ReleaseFinding] {
        var findings: [ReleaseFinding] = []
        for (family, code, remedy) in [
            ("GLIBC_", "glibc.version", "build it on an older system, or tell operators"),
            ("GLIBCXX_", "cxx.version", "build it with an older libstdc++, or tell operators"),
            ("CXXABI_", "cxx.abi", "build it with an older libstdc++, or tell operators"),
        ] {
            guard let after = newest(family, new.versionNeeds) else { continue }
            let before = newest(family, old.versionNeeds)
            guard before.map({ isOlder($0, than: after) }) ?? true else { continue }
            let was = before.map { family + $0 } ?? "no \(family.dropLast()) version"
            findings.append(
                ReleaseFinding(
                    code, .noted, needs: .minor, old: was, new: family + after,
                    "the old file needs \(was), the new one \(family)\(after)", remedy: remedy))
        }
        let added = new.needed.filter { !old.needed.contains($0) }
        let gone = old.needed.filter { !new.needed.contains($0) }
        if !added.isEmpty || !gone.isEmpty {
            findings.append(
                ReleaseFinding(
                    "elf.needed", .noted, needs: added.isEmpty ? .patch : .minor, old: gone.joined(separator: ", "),
                    new: added.joined(separator: ", "),
                    added.isEmpty
                        ? "it needs \(gone.joined(separator: ", ")) no more"
                        : "it needs \(added.joined(separator: ", ")) besides",
                    remedy: added.isEmpty ? "" : "tell operators: a host without it refuses this release"))
        }
        if old.soname != new.soname {
            findings.append(
                ReleaseFinding(
                    "elf.soname", .noted, needs: .patch, old: old.soname ?? "", new: new.soname ?? "",
                    "the soname was \(old.soname ?? "not set") and is \(new.soname ?? "not set")"))
        }
        return findings
    }

    /// The newest version of a family: "2.34" of GLIBC_2.34; words such as GLIBC_PRIVATE are none.
    private static func newest(_ family: String, _ names: [String]) -> String? {
        names.filter { $0.hasPrefix(family) }.map { String($0.dropFirst(family.count)) }
            .filter { $0.utf8.first.map { 0x30...0x39 ~= $0 } ?? false }
            .max { isOlder($0, than: $1) }
    }

    /// By numbers: 2.4 comes before 2.36.
    private static func isOlder(_ left: String, than right: String) -> Bool {
        func numbers(_ text: String) -> [Int] { text.split(separator: ".").map { Int($0) ?? 0 } }
        return numbers(left).lexicographicallyPrecedes(numbers(right))
    }
}
