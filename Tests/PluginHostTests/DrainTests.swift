import PluginHost
import TestSupport
import Testing

/// Calls that are inside while their version is replaced or unloaded.
@Suite(.timeLimit(.minutes(2))) struct DrainTests {
    @Test func callInsideFinishesInTheOldVersionWhileNewCallsGoToTheNewOne() async throws {
        try await withHost { host, folder in
            let barrier = try Barrier(in: folder)
            let next = try Plugins.build("waits_in_call.c", "1.1.0", barrier: barrier, into: folder)
            _ = try await host.load(Plugins.build("waits_in_call.c", "1.0.0", barrier: barrier, into: folder))
            let (wait, tell) = (try host.messages("waits", "^1", "wait"), try host.messages("waits", "^1", "tell"))

            async let inside = onThread { try wait.send("") }
            try await barrier.waitUntilEntered()
            #expect(host.list().map(\.callsInFlight) == [1])
            async let swap = host.swap("waits", to: next)
            try await eventually { try tell.send("") == "1.1.0" }
            #expect(host.list().map { "\($0.stamp.version) \($0.state)" } == ["1.1.0 current", "1.0.0 draining"])
            #expect(host.list().map(\.callsInFlight) == [0, 1])

            barrier.open()
            #expect(try await inside == "finished in 1.0.0")
            let reply = try await swap
            #expect(reply.inFlightAtPublish == 1)
            #expect(reply.retired == .unmapped)
            #expect(host.list().map { "\($0.stamp.version)" } == ["1.1.0"])
        }
    }

    @Test func drainLimitNamesThreadAndExportAndTheVersionIsRetiredWhenTheCallReturns() async throws {
        let log = Log()
        try await withHost({
            $0.drainLimit = .milliseconds(200)
            $0.log = log.sink
        }) { host, folder in
            let barrier = try Barrier(in: folder)
            let next = try Plugins.build("waits_in_call.c", "1.1.0", barrier: barrier, into: folder)
            _ = try await host.load(Plugins.build("waits_in_call.c", "1.0.0", barrier: barrier, into: folder))
            let (wait, tell) = (try host.messages("waits", "^1", "wait"), try host.messages("waits", "^1", "tell"))

            async let inside = onThread { try wait.send("") }
            try await barrier.waitUntilEntered()
            guard
                case .timedOut(let plugin, let step, let detail) = try await hostError({
                    _ = try await host.swap("waits", to: next)
                })
            else { Issue.record("another error"); return }
            #expect(plugin == "waits" && step == "drain")
            #expect(detail.contains("thread ") && detail.contains("in wait") && detail.contains("1.1.0 serves"))
            #expect(try tell.send("") == "1.1.0")
            #expect(log.texts == [], "not stopped while a call is inside")

            barrier.open()
            #expect(try await inside == "finished in 1.0.0")
            try await eventually { host.list(includingRetired: true).count == 1 }
            #expect(log.texts == ["left", "stopped"])
            #expect(mappedCopies(under: folder).count == 1)
        }
    }

    @Test func unloadThatTimesOutTakesNoNewCalls() async throws {
        try await withHost({ $0.drainLimit = .milliseconds(100) }) { host, folder in
            let barrier = try Barrier(in: folder)
            _ = try await host.load(Plugins.build("waits_in_call.c", barrier: barrier, into: folder))
            let (wait, tell) = (try host.messages("waits", "^1", "wait"), try host.messages("waits", "^1", "tell"))
            async let inside = onThread { try wait.send("") }
            try await barrier.waitUntilEntered()
            #expect(try await hostError { _ = try await host.unload("waits") }.code == "timed-out")
            #expect(throws: BindingError.unloaded(route: "waits ^1")) { try tell.send("") }
            barrier.open()
            #expect(try await inside == "finished in 1.0.0")
            try await eventually { mappedCopies(under: folder) == [] }
        }
    }

    @Test func stuckCallInOnePluginDoesNotHoldAnothersDrain() async throws {
        try await withHost { host, folder in
            let barrier = try Barrier(in: folder)
            _ = try await host.load(Plugins.build("waits_in_call.c", barrier: barrier, into: folder))
            _ = try await host.load(Plugins.answers("1.0.0", answer: 1, into: folder))
            let wait = try host.messages("waits", "^1", "wait")
            async let inside = onThread { try wait.send("") }
            try await barrier.waitUntilEntered()
            #expect(try await host.unload("answers").retired.map(\.outcome) == [.unmapped])
            barrier.open()
            #expect(try await inside == "finished in 1.0.0")
        }
    }
}
