import Compatibility
import ELFReader
import PluginHost
import PluginLoading
import TestSupport
import Testing

/// What Swift plugins share by name with the process that loads them.
@Suite(.serialized) struct SwiftFactsTests {
    @Test func theFileNamesItsStructsAndModules() throws {
        let folder = try TemporaryFolder()
        let path = try SwiftPlugins.config("2.0.0", .second, module: "FactsOne", into: folder)
        try SwiftPlugins.run(["strip", "-s", path])
        let expected = SwiftFacts(
            structs: ["Config": .init(size: 64, alignment: 8, stride: 64)], modules: ["FactsOne"])
        let bytes = try readFile(path)
        #expect(try ELFImage.parse(bytes.span.bytes).swift == expected)
        let tagged = try SwiftPlugins.config("2.0.0", .secondWithTag, module: "FactsTwo", into: folder)
        let taggedBytes = try readFile(tagged)
        #expect(
            try ELFImage.parse(taggedBytes.span.bytes).swift?.structs
                == ["Config_v2": .init(size: 64, alignment: 8, stride: 64)])
    }

    /// Whatever the bytes of the two sections and what they point to: nothing traps.
    @Test func damagedMetadataIsPassedOver() throws {
        let folder = try TemporaryFolder()
        let path = try SwiftPlugins.config("2.0.0", .second, module: "FactsDamaged", into: folder)
        try SwiftPlugins.run(["strip", "-s", path])
        let bytes = try readFile(path)
        var random = Randomness(seed: 7)
        for _ in 0..<2000 {
            var damaged = bytes
            for _ in 0..<8 {
                let place = Int.random(in: 0x400..<damaged.count, using: &random)
                damaged[place] = UInt8.random(in: 0...255, using: &random)
            }
            let facts = try ELFImage.parse(damaged.span.bytes).swift
            #expect((facts?.structs.count ?? 0) < 100)
        }
    }

    @Test func aPluginWithoutSwiftHasNone() throws {
        let folder = try TemporaryFolder()
        let bytes = try readFile(
            try Fixture.build(.file("answers.c"), flags: ["-DVERSION=\"1.0.0\"", "-DANSWER=1"], into: folder))
        #expect(try ELFImage.parse(bytes.span.bytes).swift == nil)
    }

    @Test func theProcessNamesItsOwn() throws {
        let loaded = try #require(ProcessSwift.shared.loaded())
        #expect(loaded.modules["Swift"]?.name.contains("libswiftCore.so") == true)
        #expect(loaded.modules["ELFReader"] != nil)
        #expect(loaded.runtimeVersion.split(separator: ".").count == 3)
        #expect(loaded.runtimeCompiler == (try HostFacts.current()).clangVersion)
    }

    /// The trap: both layouts in one process would make the second read garbage or crash.
    @Test func aSecondLayoutOfAStructIsRefusedAndATagWithTheVersionWorks() async throws {
        try await withHost { host, folder in
            let first = try SwiftPlugins.config("1.0.0", .first, module: "Config_1", into: folder)
            _ = try await host.load(first)
            #expect(try host.bind("config", "^1", answer)({ $0() }) == 99)
            let second = try SwiftPlugins.config("2.0.0", .second, module: "Config_2", into: folder)
            let error = try await hostError { _ = try await host.swap("config", to: second) }
            guard case .refused(let report) = error else {
                Issue.record("\(error)")
                return
            }
            #expect(
                report.refusals.map(\.sentence) == [
                    "swift.struct-size: plugin has the C struct Config with 64 bytes (alignment 8, stride 64), config "
                        + "1.0.0 has it with 4 bytes (alignment 4, stride 4), and Swift code of one process knows a C "
                        + "name with one layout only: put the version into the tag, which is the name that counts: "
                        + "typedef struct Config_v2 { … } Config;"
                ])
            let tagged = try SwiftPlugins.config("2.0.1", .secondWithTag, module: "Config_3", into: folder)
            _ = try await host.load(tagged)
            #expect(try host.bind("config", "^2", answer)({ $0() }) == 99)
            #expect(try host.bind("config", "^1", answer)({ $0() }) == 99)
        }
    }

    @Test func aSecondImageOfAModuleIsWarnedOfAndTheSameIsNot() async throws {
        try await withHost { host, folder in
            let first = try SwiftPlugins.config("1.0.0", .secondWithTag, module: "Twice", into: folder)
            #expect(try await host.load(first).warnings.filter { $0.code == "swift.module" } == [])
            #expect(try await host.load(first).warnings.filter { $0.code == "swift.module" } == [])
            let second = try SwiftPlugins.config("1.1.0", .secondWithTag, module: "Twice", into: folder)
            let warning = try await host.load(second).warnings.first { $0.code == "swift.module" }
            #expect(warning?.verdict == .warning)
            #expect(warning?.host.hasPrefix("config 1.0.0 (build-id:") == true)
            #expect(warning?.remedy == "put the version into the module's name: -module-name Twice_1_1_0")
        }
    }

    /// A stripped plugin with a runtime of its own, whose author says that it may be unmapped: it may not.
    @Test func aRuntimeLinkedInStaysWhateverItsAuthorSays() async throws {
        try await withHost { host, folder in
            let path = try SwiftPlugins.config(
                "1.0.0", .second, module: "Alone", unload: "unload = clean\\n", flags: ["-static-stdlib"], into: folder)
            try SwiftPlugins.run(["strip", "-s", path])
            let reply = try await host.load(path)
            #expect(reply.unloadClass == .resident)
            let findings = try PluginFile.judge(path: path, against: HostFacts.current()).findings
            #expect(findings.filter { $0.code == "swift.static-runtime" }.map(\.verdict) == [.noted])
            #expect(findings.filter { $0.code == "swift.struct-size" }.map(\.verdict) == [.passed])
            #expect(try host.bind("config", "^1", answer)({ $0() }) == 99)
            let retired = try await host.unload("config").retired.first
            guard case .resident(let reason) = retired?.outcome else {
                Issue.record("it was unmapped")
                return
            }
            #expect(reason.contains("Swift metadata"))
            #expect(mappedCopies(under: folder).count == 1)
            #expect([1 as Any].contains { $0 is any CustomStringConvertible })
        }
    }
}
