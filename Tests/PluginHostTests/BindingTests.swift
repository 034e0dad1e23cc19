import PluginHost
import TestSupport
import Testing

/// What can be bound through the host, and what its errors say.
@Suite struct HostBindingTests {
    @Test func typedBindingNeverReachesAnotherLine() async throws {
        try await withHost { host, folder in
            _ = try await host.load(Plugins.answers("1.0.0", answer: 1, into: folder))
            let binding = try host.bind("answers", "1.x", answer)
            _ = try await host.load(Plugins.answers("2.0.0", answer: 2, into: folder))
            #expect(try binding { $0() } == 1)
            _ = try await host.swap("answers", to: Plugins.answers("2.0.1", answer: 3, into: folder))
            #expect(try binding { $0() } == 1)
            _ = try await host.unload("answers", SemanticVersion("1.0.0"))
            #expect(throws: BindingError.unloaded(route: "answers 1.x")) { try binding { $0() } }
        }
    }

    @Test func typedRangeOverLinesIsAnInvalidRequest() async throws {
        try await withHost { host, folder in
            _ = try await host.load(Plugins.answers("1.0.0", answer: 1, into: folder))
            let error = #expect(throws: PluginHostError.self) { _ = try host.bind("answers", ">=1", answer) }
            #expect(error?.code == "invalid-request")
            let broken = #expect(throws: PluginHostError.self) { _ = try host.bind("answers", "^^1", answer) }
            #expect(broken?.code == "invalid-request")
        }
    }

    @Test func exportThatIsNotThereIsNotFound() async throws {
        try await withHost { host, folder in
            _ = try await host.load(Plugins.answers("1.0.0", answer: 1, into: folder))
            for (plugin, range, symbol) in [
                ("answers", "^1", "anwser"), ("answers", "^2", "answer"), ("nobody", "^1", "answer"),
            ] {
                let error = #expect(throws: PluginHostError.self) {
                    _ = try host.bind(plugin, range, Export(symbol, as: (@convention(c) () -> Int32).self))
                }
                #expect(error?.code == "not-found")
            }
        }
    }

    @Test func messageBindingNeedsAMessageExport() async throws {
        try await withHost { host, folder in
            _ = try await host.load(Plugins.build("replies.c", into: folder))
            let error = #expect(throws: PluginHostError.self) { _ = try host.messages("replies", "^1", "typed") }
            #expect(error?.code == "invalid-request")
            #expect(error?.description.contains("message") == true)
        }
    }

    /// It was called with the arguments of that type, where it takes a message's.
    @Test func messageExportIsNotBoundUnderACType() async throws {
        try await withHost { host, folder in
            _ = try await host.load(Plugins.answers("1.0.0", answer: 1, into: folder))
            let error = #expect(throws: PluginHostError.self) {
                _ = try host.bind("answers", "^1", Export("tell", as: (@convention(c) () -> Int32).self))
            }
            #expect(error?.code == "conflict" && error?.description.contains("tell of answers is a message") == true)
            #expect(try host.messages("answers", "^1", "tell").send("") == "1.0.0 says 1")
        }
    }

    @Test func onlyCFunctionsCanBeBound() async throws {
        try await withHost { host, folder in
            _ = try await host.load(Plugins.answers("1.0.0", answer: 1, into: folder))
            #expect(throws: BindingError.self) {
                _ = try host.bind("answers", "^1", Export("answer", as: (() -> Int32).self))
            }
            #expect(throws: BindingError.self) { _ = try host.bind("answers", "^1", Export("answer", as: Int.self)) }
        }
    }

    @Test func severalCallsOfOneBodyReachTheSameVersion() async throws {
        try await withHost { host, folder in
            _ = try await host.load(Plugins.answers("1.0.0", answer: 1, into: folder))
            let binding = try host.bind("answers", "^1", answer)
            let pair = try binding { function in (function(), function()) }
            #expect(pair == (1, 1))
        }
    }
}
