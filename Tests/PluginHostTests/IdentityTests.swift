import Compatibility
import PluginHost
import TestSupport
import Testing

/// A build-id says how a file was linked, not what became of it since.
@Suite struct IdentityTests {
    private static let flags = ["-Wl,--build-id=0x00112233445566778899aabbccddeeff"]

    private func changed(_ path: String, to name: String, in folder: TemporaryFolder) throws -> String {
        var bytes = try readFile(path)
        let text = Array("1.0.0 says".utf8)
        let places = bytes.indices.filter { bytes[$0...].starts(with: text) }
        let place = try #require(places.last)
        bytes[place + 6] = UInt8(ascii: "S")
        return try folder.write(bytes, to: name)
    }

    @Test func fileThatWasChangedAfterLinkingIsAnotherImage() async throws {
        try await withHost { host, folder in
            let first = try Plugins.answers("1.0.0", answer: 1, flags: Self.flags, into: folder)
            let loaded = try await host.load(first)
            #expect(loaded.loaded.image.description == "build-id:00112233445566778899aabbccddeeff")
            let second = try changed(first, to: "changed.so", in: folder)
            let digest = "sha256:" + (try Command.run(["sha256sum", second]).stdout.prefix(64))
            guard case .refused(let report) = try await hostError({ _ = try await host.load(second) }) else {
                Issue.record("not refused")
                return
            }
            #expect(
                report.refusals.map(\.sentence) == [
                    "version.duplicate: answers 1.0.0 is loaded already from \(loaded.loaded.image), this is \(digest): "
                        + "raise the version in the manifest, or swap instead of load"
                ])
            let swap = try await host.swap("answers", to: second)
            #expect(!swap.unchanged && swap.new.image.description == digest)
            #expect(try host.messages("answers", "*", "tell").send("") == "1.0.0 Says 1")
            #expect(swap.warnings.map(\.code).contains("version.duplicate"))
            // The changed file is current now, and the very same again is nothing new, whatever its build-id says.
            let again = try await host.swap("answers", to: second)
            #expect(again.unchanged && again.new == swap.new)
            #expect(try await host.load(second).unchanged)
        }
    }

    @Test(arguments: [SignaturePolicy.Mode.off, .warn])
    func copyOfAFileIsTheSameImage(_ mode: SignaturePolicy.Mode) async throws {
        try await withHost({ $0.signatures.mode = mode }) { host, folder in
            let first = try Plugins.answers("1.0.0", answer: 1, flags: Self.flags, into: folder)
            let loaded = try await host.load(first)
            let copy = try folder.write(readFile(first), to: "copy.so")
            let again = try await host.load(copy)
            #expect(again.unchanged && again.loaded == loaded.loaded)
        }
    }

    /// Two builds that a careless build system gives the same id.
    @Test func twoVersionsUnderOneBuildIDHaveTwoNames() async throws {
        try await withHost { host, folder in
            let first = try await host.load(Plugins.answers("1.0.0", answer: 1, flags: Self.flags, into: folder))
            let second = try await host.load(Plugins.answers("1.1.0", answer: 2, flags: Self.flags, into: folder))
            #expect(first.loaded.image.description.hasPrefix("build-id:"))
            #expect(second.loaded.image.description.hasPrefix("sha256:"))
        }
    }
}
