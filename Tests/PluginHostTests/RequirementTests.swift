import PluginHost
import TestSupport
import Testing

/// `requires` and `provides` of real plugins.
@Suite struct RequirementTests {
    private func build(_ name: String, _ line: String, into folder: TemporaryFolder) throws -> String {
        try Fixture.build(
            """
            #include <switchboard.h>
            SWB_MANIFEST("name = \(name)\\n" "version = 1.0.0\\n" "export = answer\\n" "\(line)\\n");
            SWB_EXPORT int32_t answer(void) { return 1; }
            """, named: name, into: folder)
    }

    @Test func whatIsRequiredMayBeProvidedUnderAnotherName() async throws {
        try await withHost { host, folder in
            let consumer = try build("consumer", "requires = codec ^1.2", into: folder)
            let refusal = try await hostError { _ = try await host.load(consumer) }
            #expect(
                refusal.description.contains("requires.present: plugin requires codec ^1.2, this host has no codec"))
            _ = try await host.load(try build("gzip", "provides = codec ^1.4", into: folder))
            #expect(try await host.load(consumer).plugin == "consumer")
        }
    }
}
