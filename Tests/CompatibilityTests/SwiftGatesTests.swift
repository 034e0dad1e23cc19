import Compatibility
import ELFReader
import Testing

/// `toolchain.swift` and `swift.host-static`.
struct SwiftGatesTests {
    /// A Swift plugin as the host's compiler links it, with `toolchain` in its manifest.
    static func swiftPlugin(
        _ toolchain: String?, _ change: (inout ELFImage) -> Void = { _ in }
    ) -> Candidate {
        let text = "name = adder\nversion = 1.2.0\nexport = add\nabi = 0.1\n"
        return Sample.candidate(manifest: text + (toolchain.map { "toolchain = \($0)\n" } ?? "")) { _, image in
            image.dynamic?.needed = ["libswiftCore.so", "libc.so.6"]
            image.symbols.append(DynamicSymbol(name: "swift_retain", sectionIndex: 0))
            image.sections = .known(
                comments: ["GCC: (Debian 12.2.0)", "clang version \(Sample.clang)"], swiftSections: ["swift5_fieldmd"])
            change(&image)
        }
    }

    @Test func passesTheHostsCompiler() {
        let findings = Sample.findings("toolchain.swift", Self.swiftPlugin("swift 6.3.1"))
        #expect(findings.map(\.verdict) == [.passed])
        #expect(findings.map(\.plugin) == ["swift 6.3.1"])
        #expect(findings.map(\.host) == ["swift 6.3.1"])
    }

    @Test func refusesAnotherCompiler() {
        #expect(
            Sample.lines("toolchain.swift", Self.swiftPlugin("swift 6.2.3")) == [
                "refused toolchain.swift: plugin was built by swift 6.2.3, this host by swift 6.3.1: build the plugin "
                    + "with swift 6.3.1, or as Embedded Swift or C, which share no runtime"
            ])
    }

    @Test func refusesSwiftCodeWithoutSwiftToolchainLine() {
        let remedy = "build it with swift 6.3.1 and let ManifestPlugin write the manifest, which states the compiler"
        #expect(
            Sample.lines("toolchain.swift", Self.swiftPlugin("clang \(Sample.clang)")) == [
                "refused toolchain.swift: plugin needs libswiftCore.so of the Swift runtime, and its toolchain line is "
                    + "clang 21.0.0: \(remedy)"
            ])
        #expect(
            Sample.lines("toolchain.swift", Self.swiftPlugin(nil)) == [
                "refused toolchain.swift: plugin needs libswiftCore.so of the Swift runtime, and its toolchain line is "
                    + "not stated: \(remedy)"
            ])
    }

    @Test func refusesWhenTheCommentContradictsTheManifest() {
        let candidate = Self.swiftPlugin("swift 6.3.1") {
            $0.sections = .known(comments: ["clang version 20.0.0 (else)"], swiftSections: ["swift5_fieldmd"])
        }
        #expect(
            Sample.lines("toolchain.swift", candidate) == [
                "refused toolchain.swift: plugin says swift 6.3.1, but .comment has \"clang version 20.0.0 (else)\" "
                    + "where this host's compiler leaves \"clang version \(Sample.clang)\": build the plugin with the "
                    + "host's very toolchain"
            ])
    }

    @Test func warnsWhereNothingConfirmsTheManifest() {
        let silent = Self.swiftPlugin("swift 6.3.1") {
            $0.sections = .known(comments: ["GCC: (Debian 12.2.0)"], swiftSections: [])
        }
        let stripped = Self.swiftPlugin("swift 6.3.1") { $0.sections = .unknown(reason: "no section table") }
        let remedy = "keep .comment and the section table: use strip, not llvm-objcopy --strip-sections"
        #expect(
            Sample.lines("toolchain.swift", silent) == [
                "warning toolchain.swift: plugin says swift 6.3.1, which nothing in the file confirms: .comment names "
                    + "no clang: \(remedy)"
            ])
        #expect(
            Sample.lines("toolchain.swift", stripped) == [
                "warning toolchain.swift: plugin says swift 6.3.1, which nothing in the file confirms: no section "
                    + "table: \(remedy)"
            ])
    }

    @Test(arguments: [
        ("gcc 12.2.0", [], "gcc 12.2.0, no Swift"), ("swift 6.2.0", [], "swift 6.2.0, Embedded Swift"),
        ("swift 6.2.0", ["swift5_fieldmd"], "swift 6.2.0, a Swift runtime of its own"),
    ])
    func passesWhatSharesNoRuntime(_ toolchain: String, _ swiftSections: [String], _ plugin: String) {
        let candidate = Sample.candidate(manifest: "name = a\nversion = 1.0.0\nexport = add\ntoolchain = \(toolchain)")
        {
            $1.sections = .known(comments: [], swiftSections: swiftSections)
        }
        let findings = Sample.findings("toolchain.swift", candidate)
        #expect(findings.map(\.verdict) == [.passed])
        #expect(findings.map(\.plugin) == [plugin])
    }

    @Test func saysWhenAHiddenRuntimeCannotBeExcluded() {
        let candidate = Sample.candidate { $1.sections = .unknown(reason: "no section table") }
        #expect(
            Sample.lines("toolchain.swift", candidate) == [
                "warning toolchain.swift: plugin shows no use of the Swift runtime, but a copy of its own cannot be "
                    + "excluded: no section table: keep the section table: use strip, not llvm-objcopy --strip-sections"
            ])
    }

    @Test func seesSwiftByItsSymbolsAlone() {
        let candidate = Self.swiftPlugin("gcc 12.2.0") { $0.dynamic?.needed = ["libc.so.6"] }
        #expect(Sample.findings("toolchain.swift", candidate).map(\.verdict) == [.refused])
    }

    @Test func staticHostTakesNoPluginOfTheSharedRuntime() {
        var host = Sample.host
        host.swiftRuntime = .static
        #expect(
            Sample.lines("swift.host-static", Self.swiftPlugin("swift 6.3.1"), host: host) == [
                "refused swift.host-static: plugin needs libswiftCore.so, this host has its Swift runtime linked in: "
                    + "link the host without --static-swift-stdlib, or build the plugin as Embedded Swift or C"
            ])
        #expect(Sample.findings("swift.host-static", Sample.candidate(), host: host).map(\.verdict) == [.passed])
        #expect(Sample.findings("swift.host-static", Self.swiftPlugin("swift 6.3.1")).map(\.verdict) == [.passed])
    }

    @Test func notesARuntimeOfThePluginsOwn() {
        let candidate = Sample.candidate { $1.sections = .known(comments: [], swiftSections: ["swift5_types"]) }
        #expect(
            Sample.lines("swift.static-runtime", candidate) == [
                "noted swift.static-runtime: plugin has a second Swift runtime linked in: only C data may cross to it, and "
                    + "the image stays in memory for good: link it without -static-stdlib, to share the host's runtime, or "
                    + "build it as Embedded Swift"
            ])
        #expect(Sample.findings("swift.static-runtime", Sample.candidate()).map(\.verdict) == [.passed])
        #expect(
            Sample.findings("swift.static-runtime", Self.swiftPlugin("swift 6.3.1")).map(\.verdict) == [.passed])
    }

    @Test func knowsItsOwnCompiler() throws {
        // The standard library knows major and minor of the compiler that built it; the ladder adds the patch number.
        let version = try SemanticVersion(SwiftToolchain.compilerVersion)
        #if compiler(>=6.4)
            #expect(version >= (try SemanticVersion("6.4.0")))
        #elseif compiler(>=6.3.1)
            let line = try VersionRange(">=6.3.1 <6.4")
            #expect(line.contains(version))
        #else
            #expect(version < (try SemanticVersion("6.3.1")))
        #endif
    }

    @Test(arguments: [
        ("swift 6.3.1", "swift", "6.3.1"), ("clang 21.0.0 (x y)", "clang", "21.0.0 (x y)"), ("GCC 12", "gcc", "12"),
        ("unknown", "unknown", ""), ("", "", ""),
    ])
    func takesToolchainLinesApart(_ text: String, _ compiler: String, _ version: String) {
        let toolchain = Toolchain(text)
        #expect(toolchain.compiler == compiler)
        #expect(toolchain.version == version)
        #expect(toolchain.isSwift == (compiler == "swift"))
    }
}
