import Compatibility
import ELFReader

/// A candidate that every gate lets pass, for tests to break in one place each.
enum Sample {
    static let clang = "21.0.0 (https://github.com/swiftlang/llvm-project.git 11673e66)"

    static let manifestText = """
        name = adder
        version = 1.2.0
        export = add
        abi = 0.1
        toolchain = clang 21.0.0 (https://github.com/swiftlang/llvm-project.git 11673e66)
        """

    static let host = HostFacts(
        machine: 62, glibcVersion: "2.36", swiftVersion: "6.3.1", clangVersion: clang, swiftRuntime: .dynamic,
        abi: ABIVersion(major: 0, minor: 1))

    /// A plain C plugin as clang links it.
    static let image = ELFImage(
        header: ELFHeader(machine: 62),
        segments: [
            ELFSegment(type: 1, flags: 4), ELFSegment(type: 1, flags: 5), ELFSegment(type: 1, flags: 6),
            ELFSegment(type: 0x6474_e551, flags: 6),
        ],
        dynamic: DynamicTable(needed: ["libc.so.6"]),
        symbols: [function("add"), DynamicSymbol(name: "memcpy", sectionIndex: 0)],
        versionNeeds: [VersionNeed(library: "libc.so.6", versions: ["GLIBC_2.2.5", "GLIBC_2.14"])],
        sections: .known(comments: ["clang version \(clang)"], swiftSections: []))

    /// Of the sample, where a policy asks for one.
    static let signature = SignatureFacts(
        mode: .require, library: "libcrypto.so.3",
        files: [
            .init(path: "/plugins/adder.so", outcome: .verified(key: "AB", comment: "name=adder version=1.2.0"))
        ], libraries: [])

    static func function(_ name: String, binding: UInt8 = 1, visibility: UInt8 = 0) -> DynamicSymbol {
        DynamicSymbol(name: name, binding: binding, visibility: visibility, sectionIndex: 12, value: 0x1000)
    }

    static func manifest(_ text: String = manifestText) throws -> PluginManifest {
        try PluginManifest(parsing: text)
    }

    /// The sample after `change`.
    static func candidate(
        manifest text: String = manifestText, _ change: (inout Candidate, inout ELFImage) -> Void = { _, _ in }
    ) -> Candidate {
        var candidate = Candidate(
            path: "/plugins/adder.so", identity: FileIdentity(device: 1, inode: 2, size: 3), permissions: 0o755,
            image: .success(image), manifest: ManifestReading.read(from: Array(text.utf8), limit: 16_384),
            id: ImageID(buildID: [1, 2, 3, 4, 5, 6, 7, 8]), purpose: .load,
            closure: ClosureFacts(
                libraries: [.init("libc.so.6", .loaded(LoadedLibrary(path: "/lib/libc.so.6"), instead: nil))],
                symbols: .init(count: 1)))
        var changed = image
        let replacedBelow = NoImage.other(.text(firstLine: "replaced below"))
        candidate.image = .failure(replacedBelow)
        change(&candidate, &changed)
        if case .failure(replacedBelow) = candidate.image { candidate.image = .success(changed) }
        return candidate
    }

    /// The findings with `code`.
    static func findings(
        _ code: String, _ candidate: Candidate, host: HostFacts = host, policy: GatePolicy = GatePolicy()
    ) -> [Finding] {
        GateReport.judge(candidate, host: host, policy: policy).findings.filter { $0.code == code }
    }

    /// The verdicts and sentences with `code`, "refused elf.machine: …".
    static func lines(_ code: String, _ candidate: Candidate, host: HostFacts = host) -> [String] {
        findings(code, candidate, host: host).map { "\($0.verdict) \($0.sentence)" }
    }
}
