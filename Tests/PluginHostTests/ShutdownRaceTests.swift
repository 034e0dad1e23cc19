import PluginRegistry
import TestSupport
import Testing

@testable import PluginHost

/// Shutdowns while something else goes on: what may still be called must outlive the host, and nothing may come back.
@Suite(.timeLimit(.minutes(2))) struct ShutdownRaceTests {
    /// The version that was kept for the call's sake went with the host's records.
    @Test func aVersionThatIsKeptForACallOutlivesTheHost() async {
        await #expect(processExitsWith: .success) {
            try await withHost { host, folder in
                let barrier = try Barrier(in: folder)
                let paths = try ["1.0.0", "1.1.0"].map {
                    try Plugins.build("waits_in_call.c", $0, barrier: barrier, into: folder)
                }
                let number = try await host.load(paths[0]).loaded.generation
                weak let generation = host.state.withLock { $0.records[number]?.generation }
                let wait = try host.messages("waits", "^1", "wait")
                async let inside = onThread { try wait.send("") }
                try await barrier.waitUntilEntered()
                let options = SwapOptions(drainLimit: .milliseconds(50), onDrainTimeout: .resident)
                _ = try await host.swap("waits", to: paths[1], options)
                await host.shutdown()
                // The process ends here: there would be no code that the call could return to.
                precondition(generation != nil, "a call is inside")
                barrier.open()
                #expect(try await inside == "finished in 1.0.0")
            }
        }
    }

    /// Its thread may call what it imports, which was stopped and unmapped beside it.
    @Test func theProviderOfAnImporterThatDoesNotStopOutlivesTheHost() async {
        await #expect(processExitsWith: .success) {
            let log = Log()
            try await withHost({
                $0.stopLimit = .milliseconds(100)
                $0.log = log.sink
            }) { host, folder in
                let barrier = try Barrier(in: folder)
                let path = try Plugins.build("answers_with_thread.c", flags: ["-DANSWER=1"], into: folder)
                let number = try await host.load(path).loaded.generation
                weak let provider = host.state.withLock { $0.records[number]?.generation }
                _ = try await host.load(Plugins.build("imports_in_stubborn_thread.c", barrier: barrier, into: folder))
                try await barrier.waitUntilEntered()
                await host.shutdown()
                try #require(provider != nil, "a thread of the importer may call it")
                #expect(!log.texts.contains("stopped"))
                barrier.open()
                try await eventually { log.texts.contains { $0.hasPrefix("asked: ") } }
            }
        }
    }

    /// The change, whose turn came when all was unloaded already, published a target of the provider that was draining.
    @Test func aRouteChangeDuringAShutdownServesNothing() async {
        await #expect(processExitsWith: .success) {
            let log = Log()
            try await withHost({
                $0.drainLimit = .seconds(20)
                $0.log = log.sink
            }) { host, folder in
                let barrier = try Barrier(in: folder)
                _ = try await host.load(Plugins.build("answers_with_thread.c", flags: ["-DANSWER=1"], into: folder))
                _ = try await host.load(Plugins.build("asks_at_barrier.c", barrier: barrier, into: folder))
                let (binding, ask) = (try host.bind("answers", "^1", answer), try host.messages("asks", "^1", "ask"))
                async let inside = onThread { try ask.send("") }
                try await barrier.waitUntilEntered()
                await host.takeTurn(of: ["answers"])
                let change = Task { try await host.changeRoute("answers", "^1", by: .follow) }
                try await eventually { host.state.withLock { $0.turns["answers"]?.count == 1 } }
                async let end: Void = host.shutdown()
                try await eventually { host.list(includingRetired: true).contains { $0.state == .draining } }
                host.endTurn(of: ["answers"])
                await #expect(throws: PluginHostError.self) { try await change.value }
                barrier.open()
                _ = try await inside
                await end
                #expect(log.texts == ["thread ended", "stopped"])
                #expect(throws: BindingError.unloaded(route: "answers ^1")) { try call(binding) }
            }
        }
    }
}
