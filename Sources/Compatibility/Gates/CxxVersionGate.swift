import ELFReader

extension Gate {
    /// `glibcxx.version`: the newest GLIBCXX_x.y and CXXABI_x.y that the image needs are not newer than the host's
    /// libstdc++.
    static let cxxVersion = Gate.ofImage("glibcxx.version") { image, candidate, host in
        let code = "glibcxx.version"
        let needed = image.versionNeeds.flatMap(\.versions)
        var findings: [Finding] = []
        for (prefix, offered) in [("GLIBCXX_", host.glibcxxVersion), ("CXXABI_", host.cxxabiVersion)] {
            guard let newest = newest(needed, prefix) else { continue }
            let brought = candidate.closure?.comingAlong.lazy.compactMap { _, library in
                Self.newest(library.symbolVersions.names.values.filter { $0.library == nil }.map(\.name), prefix)
            }.first
            guard let available = brought ?? offered.flatMap({ Self.newest([prefix + $0], prefix) }) else {
                findings.append(
                    .skipped(code, because: "the host has no libstdc++ loaded, and which it would load is not known"))
                continue
            }
            if available.0 < newest.0 {
                findings.append(
                    .refused(
                        code, plugin: newest.1, host: available.1,
                        "plugin needs \(newest.1), this host's libstdc++ has \(available.1)",
                        remedy: "build the plugin with an older g++, or link it with -static-libstdc++"))
            } else {
                findings.append(.passed(code, plugin: newest.1, host: available.1))
            }
        }
        return findings.isEmpty ? [.passed(code, plugin: "none")] : findings
    }

    private static func newest(_ names: [String], _ prefix: String) -> (GlibcVersion, String)? {
        names.filter { $0.hasPrefix(prefix) }
            .compactMap { name in GlibcVersion(name.dropFirst(prefix.count)).map { ($0, name) } }
            .max { $0.0 < $1.0 }
    }
}
