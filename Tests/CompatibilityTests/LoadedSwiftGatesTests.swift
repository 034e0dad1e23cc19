import Compatibility
import ELFReader
import Foundation
import Testing

/// `swift.struct-size`, `swift.module`, and the runtime's half of `toolchain.swift`.
struct LoadedSwiftGatesTests {
    private static let small = SwiftFacts.Layout(size: 4, alignment: 4, stride: 4)
    private static let large = SwiftFacts.Layout(size: 64, alignment: 8, stride: 64)
    private static let other = ImageID(buildID: [8, 7, 6, 5, 4, 3, 2, 1])

    /// A host that has `adder` 1.0.0 loaded, with the struct Config and the module Adder.
    private static func host(
        _ image: ImageID = other, runtime: String = "6.3.0", compiler: String? = Sample.clang
    ) -> HostFacts {
        var host = Sample.host
        var loaded = LoadedSwift(runtimeVersion: runtime, runtimeCompiler: compiler)
        loaded.add(
            SwiftFacts(structs: ["Config": small], modules: ["Adder"]),
            of: .init(name: "adder 1.0.0", image: image))
        loaded.add(SwiftFacts(structs: ["Config": large], modules: ["Adder"]), of: .init(name: "later"))
        host.swift = loaded
        return host
    }

    private static func candidate(_ facts: SwiftFacts?) -> Candidate {
        SwiftGatesTests.swiftPlugin("swift 6.3.1") { $0.swift = facts }
    }

    @Test func refusesAStructOfAnotherSize() {
        let candidate = Self.candidate(SwiftFacts(structs: ["Config": Self.large, "New": Self.large]))
        #expect(
            Sample.lines("swift.struct-size", candidate, host: Self.host()) == [
                "refused swift.struct-size: plugin has the C struct Config with 64 bytes (alignment 8, stride 64), "
                    + "adder 1.0.0 has it with 4 bytes (alignment 4, stride 4), and Swift code of one process knows a C "
                    + "name with one layout only: put the version into the tag, which is the name that counts: typedef "
                    + "struct Config_v2 { … } Config;"
            ])
        let finding = Sample.findings("swift.struct-size", candidate, host: Self.host()).first
        #expect(finding?.plugin == "Config: 64 bytes (alignment 8, stride 64)")
        #expect(finding?.host == "Config: 4 bytes (alignment 4, stride 4), adder 1.0.0")
    }

    @Test(arguments: [
        SwiftFacts.Layout(size: 8, alignment: 4, stride: 4), .init(size: 4, alignment: 8, stride: 4),
        .init(size: 4, alignment: 4, stride: 8),
    ]) func comparesSizeAlignmentAndStride(_ layout: SwiftFacts.Layout) {
        let candidate = Self.candidate(SwiftFacts(structs: ["Config": layout]))
        #expect(Sample.findings("swift.struct-size", candidate, host: Self.host()).map(\.verdict) == [.refused])
    }

    @Test func passesStructsThatAreTheSameOrNew() {
        let candidate = Self.candidate(SwiftFacts(structs: ["Config": Self.small, "Config_v2": Self.large]))
        #expect(Sample.findings("swift.struct-size", candidate, host: Self.host()).map(\.verdict) == [.passed])
    }

    @Test func countsWhatDoesNotFitInTheReport() {
        let names = (1...20).map { "Config\($0)" }
        var host = Self.host()
        host.swift?.add(
            SwiftFacts(structs: Dictionary(uniqueKeysWithValues: names.map { ($0, Self.small) })),
            of: .init(name: "many 1.0.0"))
        let candidate = Self.candidate(
            SwiftFacts(structs: Dictionary(uniqueKeysWithValues: names.map { ($0, Self.large) })))
        let lines = Sample.findings("swift.struct-size", candidate, host: host)
        #expect(lines.count == 8)
        #expect(lines.last?.statement.hasSuffix("; and so for 12 more") == true)
    }

    @Test func looksIntoWhatComesAlong() {
        var library = Sample.image
        library.swift = SwiftFacts(structs: ["Config": Self.large])
        var candidate = Self.candidate(SwiftFacts(structs: ["Other": Self.small]))
        candidate.closure?.libraries.append(.init("libx.so", .comesAlong(path: "/opt/libx.so", library)))
        #expect(
            Sample.findings("swift.struct-size", candidate, host: Self.host()).map(\.statement).first?
                .hasPrefix("/opt/libx.so has the C struct Config with 64 bytes") == true)
    }

    @Test func warnsOfAModuleThatIsLoaded() {
        let candidate = Self.candidate(SwiftFacts(modules: ["Adder", "New"]))
        #expect(
            Sample.lines("swift.module", candidate, host: Self.host()) == [
                "warning swift.module: plugin has the Swift module Adder, which adder 1.0.0 (build-id:0807060504030201) "
                    + "has, too: _typeByName finds the types of the older one: put the version into the module's name: "
                    + "-module-name Adder_1_2_0"
            ])
        #expect(
            Sample.findings("swift.module", Self.candidate(SwiftFacts(modules: ["Adder_1_2_0"])), host: Self.host())
                .map(\.verdict) == [.passed])
    }

    @Test func theVeryImageMayComeAgain() {
        let candidate = Self.candidate(SwiftFacts(modules: ["Adder"]))
        #expect(Sample.findings("swift.module", candidate, host: Self.host(candidate.id)).map(\.verdict) == [.passed])
    }

    @Test(arguments: ["swift.struct-size", "swift.module"]) func judgesOnlyWhatIsKnown(_ code: String) {
        let clashes = SwiftFacts(structs: ["Config": Self.large], modules: ["Adder"])
        // Facts of a host that did not say.
        #expect(Sample.lines(code, Self.candidate(clashes)).map { $0.prefix(8) } == ["skipped "])
        // No Swift metadata, or metadata that a runtime of the image's own knows alone.
        #expect(Sample.findings(code, Self.candidate(nil), host: Self.host()).map(\.verdict) == [.passed])
        let own = Sample.candidate { candidate, image in
            image.sections = .known(comments: [], swiftSections: ["swift5_types"])
            image.swift = clashes
        }
        #expect(Sample.findings(code, own, host: Self.host()).map(\.verdict) == [.passed])
    }

    @Test func refusesARuntimeOfAnotherRelease() {
        #expect(
            Sample.lines("toolchain.swift", Self.candidate(nil), host: Self.host(runtime: "6.2.0")) == [
                "refused toolchain.swift: plugin was built by swift 6.3.1, the process has loaded the Swift runtime "
                    + "6.2.0: start the host with the libraries of its own toolchain: see LD_LIBRARY_PATH and its RUNPATH"
            ])
    }

    @Test func refusesARuntimeOfAnotherToolchain() {
        #expect(
            Sample.lines("toolchain.swift", Self.candidate(nil), host: Self.host(compiler: "21.0.0 (else)")) == [
                "refused toolchain.swift: plugin was built by the toolchain of \"clang version \(Sample.clang)\", and the "
                    + "Swift runtime that the process has loaded by that of \"clang version 21.0.0 (else)\": start the "
                    + "host with the libraries of its own toolchain: see LD_LIBRARY_PATH and its RUNPATH"
            ])
    }

    @Test func passesTheRuntimeOfTheCompilerAndOneThatIsNotKnown() {
        for host in [Self.host(), Self.host(compiler: nil)] {
            #expect(Sample.findings("toolchain.swift", Self.candidate(nil), host: host).map(\.verdict) == [.passed])
        }
    }

    @Test func theFactsFileHoldsAllOfIt() throws {
        let host = Self.host()
        #expect(try JSONDecoder().decode(HostFacts.self, from: JSONEncoder().encode(host)) == host)
    }
}
