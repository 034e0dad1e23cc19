import ELFReader

extension Gate {
    /// `glibc.version`: the newest `GLIBC_x.y` that the image needs is not newer than the host's C library.
    static let glibcVersion = Gate.ofImage("glibc.version") { image, _, host in
        let code = "glibc.version"
        let own = host.glibcVersion.map { "GLIBC_\($0)" } ?? "no glibc"
        let names = image.versionNeeds.flatMap(\.versions).filter { $0.hasPrefix("GLIBC_") }
        func refused(_ plugin: String, _ statement: String, remedy: String) -> [Finding] {
            [.refused(code, plugin: plugin, host: own, statement, remedy: remedy)]
        }
        guard !names.isEmpty else { return [.passed(code, plugin: "none", host: own)] }
        if names.contains("GLIBC_PRIVATE") {
            return refused(
                "GLIBC_PRIVATE", "plugin uses internals of one build of glibc (GLIBC_PRIVATE)",
                remedy: "use glibc's public functions only")
        }
        // glibc's own condition (elf/dl-version.c): an older one would leave those relocations out without a word.
        if image.dynamic?.hasCompactRelocations == true, !names.contains(Self.compactRelocations) {
            return refused(
                "DT_RELR alone",
                "plugin has relocations in DT_RELR and does not need \(Self.compactRelocations): the dynamic linker refuses that",
                remedy: "link with -Wl,-z,pack-relative-relocs, or without packed relocations")
        }
        var newest: (name: String, version: GlibcVersion)?
        for name in names {
            guard let version = GlibcVersion(needed: name) else {
                return refused(
                    name, "plugin needs \(name), which this host cannot compare with \(own)",
                    remedy: "build the plugin against glibc \(host.glibcVersion ?? "") or older")
            }
            if let found = newest, !(found.version < version) { continue }
            newest = (name, version)
        }
        guard let newest else { return [.passed(code, plugin: "none", host: own)] }
        guard let text = host.glibcVersion, let available = GlibcVersion(text) else {
            return refused(
                newest.name, "plugin needs \(newest.name), this host has \(own)",
                remedy: "build the plugin against the host's C library")
        }
        guard available < newest.version else { return [.passed(code, plugin: newest.name, host: own)] }
        return refused(
            newest.name, "plugin needs \(newest.name), this host has \(text)",
            remedy: "build the plugin on a system with glibc \(text) or older")
    }

    /// The version that marks images with DT_RELR.
    private static let compactRelocations = "GLIBC_ABI_DT_RELR"
}

/// A version of glibc: numbers, so that 2.4 comes before 2.36.
struct GlibcVersion {
    private let numbers: [Int]

    /// Reads "2.36": two to four numbers of at most six digits.
    init?(_ text: some StringProtocol) {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        let numbers = parts.compactMap { part in
            part.utf8.count <= 6 && part.utf8.allSatisfy(VersionScanner.isDigit) ? Int(part) : nil
        }
        guard 2...4 ~= parts.count, numbers.count == parts.count else { return nil }
        self.numbers = numbers
    }

    /// Reads a version need.
    ///
    /// Relative relocations in the DT_RELR form are marked by a name, and came with 2.36.
    init?(needed name: String) {
        self.init(name == "GLIBC_ABI_DT_RELR" ? "2.36" : name.dropFirst("GLIBC_".count))
    }

    static func < (left: Self, right: Self) -> Bool { left.numbers.lexicographicallyPrecedes(right.numbers) }
}
