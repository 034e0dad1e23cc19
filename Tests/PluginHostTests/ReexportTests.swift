import PluginHost
import Testing

/// What an application names by `import PluginHost` alone: this file imports nothing else of ours.
@Suite struct ReexportTests {
    private typealias Answer = @convention(c) () -> Int32

    /// They are PluginRegistry's, and a function that takes one could not be written without importing that.
    @Test func aKeyALeaseAndAPinnedVersionCanBeNamed() async throws {
        func inside(_ pinned: borrowing Pinned<Answer>) -> Int32 { pinned { $0() } }
        func inside(_ lease: borrowing Lease<Answer>) -> Int32 { lease { $0() } }
        func keyed(_ binding: Binding<Answer>, _ key: ArmKey) throws -> Int32 { try binding(key: key) { $0() } }
        try await withHost { host, folder in
            _ = try await host.load(Plugins.answers("1.0.0", answer: 7, into: folder))
            let binding = try host.bind("answers", "^1", Export("answer", as: Answer.self))
            #expect(try binding.pin { inside($0) } == 7)
            #expect(try await binding.withLease { inside($0) } == 7)
            #expect(try keyed(binding, ArmKey("someone")) == 7)
        }
    }
}
