import Compatibility
import Glibc
import PluginHost
import PluginLoading
import TestSupport
import Testing

/// Hosts whose images are sealed memory.
@Suite struct SealedTests {
    private func withSealingHost(_ body: (PluginHost, TemporaryFolder) async throws -> Void) async throws {
        try await withHost({ $0.signatures = .init(mode: .warn) }, body)
    }

    @Test func imageIsMappedFromSealedMemoryAndTheReplySaysSo() async throws {
        try await withSealingHost { host, folder in
            let reply = try await host.load(Plugins.answers("1.0.0", answer: 1, into: folder))
            #expect(reply.protection == "sealed")
            #expect(try call(host.bind("answers", "^1", answer)) == 1)
            #expect(mappedCopies(under: folder) == [])
            let swap = try await host.swap("answers", to: Plugins.answers("1.1.0", answer: 2, into: folder))
            #expect(swap.protection == "sealed" && swap.retired == .unmapped)
            #expect(try call(host.bind("answers", "^1", answer)) == 2)
        }
    }

    /// Numbers of descriptors come again at once; the dynamic linker would answer with the old image.
    @Test func everySwapRunsTheCodeOfItsOwnFile() async throws {
        try await withSealingHost { host, folder in
            let files = try (0..<4).map { try Plugins.answers("1.0.\($0)", answer: $0, into: folder) }
            _ = try await host.load(files[0])
            let binding = try host.bind("answers", "^1", answer)
            for round in 1...40 {
                let swap = try await host.swap("answers", to: files[round % 4])
                #expect(swap.retired == .unmapped)
                #expect(try call(binding) == Int32(round % 4))
            }
        }
    }

    @Test func residentImagesKeepTheirDescriptorBeyondTheirHost() async {
        await #expect(processExitsWith: .success) {
            let folder = try TemporaryFolder()
            let flags = ["-Wl,-z,nodelete"]
            let first = try Plugins.answers("1.0.0", answer: 1, flags: flags, into: folder)
            let second = try Plugins.answers("1.0.0", answer: 2, flags: flags, into: folder)
            var names: Set<String> = []
            for (index, path) in [first, second, first, second].enumerated() {
                let host = try PluginHost(
                    HostConfiguration(
                        stagingDirectory: folder.file("staging"), signatures: .init(mode: .warn), log: { _ in }))
                let before = Set(LoadedObjects.all().map(\.name))
                let reply = try await host.load(path)
                #expect(reply.unloadClass == .resident)
                #expect(try call(host.bind("answers", "^1", answer)) == Int32(index % 2 + 1), "never the old code")
                names.formUnion(Set(LoadedObjects.all().map(\.name)).subtracting(before))
                await host.shutdown()
            }
            #expect(names.count == 4)
            for name in names { #expect(access(name, F_OK) == 0, "\(name)") }
        }
    }

    @Test(.timeLimit(.minutes(5))) func tenThousandFailedLoadsOfSealedImagesLeaveNothingBehind() async {
        await #expect(processExitsWith: .success) {
            let folder = try TemporaryFolder()
            try await failTenThousandLoads(in: folder) { $0.signatures = .init(mode: .warn) }
        }
    }
}
