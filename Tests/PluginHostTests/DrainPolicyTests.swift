import PluginHost
import TestSupport
import Testing

/// What a swap does about calls that do not leave the old version, and what the ledger says of them.
@Suite(.timeLimit(.minutes(2))) struct DrainPolicyTests {
    private struct Scene {
        let host: PluginHost
        let barrier: Barrier
        let next: String
        let wait: MessageBinding
        let tell: MessageBinding
    }

    /// A host in which a call is inside `waits` 1.0.0, and the path of 1.1.0.
    private func withCallInside(
        _ configure: (inout HostConfiguration) -> Void = { _ in },
        _ body: (Scene) async throws -> Void
    ) async throws {
        try await withHost({
            $0.drainLimit = .milliseconds(100)
            configure(&$0)
        }) { host, folder in
            let barrier = try Barrier(in: folder)
            let next = try Plugins.build("waits_in_call.c", "1.1.0", barrier: barrier, into: folder)
            _ = try await host.load(Plugins.build("waits_in_call.c", "1.0.0", barrier: barrier, into: folder))
            let scene = Scene(
                host: host, barrier: barrier, next: next, wait: try host.messages("waits", "^1", "wait"),
                tell: try host.messages("waits", "^1", "tell"))
            async let inside = onThread { try scene.wait.send("") }
            try await barrier.waitUntilEntered()
            try await body(scene)
            barrier.open(for: 4)
            #expect(try await inside == "finished in 1.0.0")
        }
    }

    @Test func keepItResidentReportsItAndNeverRetiresIt() async throws {
        try await withCallInside { scene in
            let reply = try await scene.host.swap("waits", to: scene.next, SwapOptions(onDrainTimeout: .resident))
            guard case .resident(let reason) = reply.retired else { Issue.record("\(reply)"); return }
            #expect(reason.contains("in wait") && reason.contains("thread"))
            #expect(try scene.tell.send("") == "1.1.0")
            scene.barrier.open()
            try await eventually { scene.host.list(includingRetired: true).allSatisfy { $0.callsInFlight == 0 } }
            #expect(
                scene.host.list(includingRetired: true).map { "\($0.stamp.version) \($0.state)" } == [
                    "1.1.0 current", "1.0.0 resident",
                ])
        }
    }

    @Test func revertPutsTheOldVersionBackInFrontAndRetiresTheNewOne() async throws {
        try await withCallInside { scene in
            let error = try await hostError {
                _ = try await scene.host.swap("waits", to: scene.next, SwapOptions(onDrainTimeout: .revert))
            }
            #expect(error.code == "timed-out" && "\(error)".contains("put back"))
            #expect(try scene.tell.send("") == "1.0.0")
            #expect(
                scene.host.list(includingRetired: true).map { "\($0.stamp.version) \($0.state)" } == ["1.0.0 current"])
        }
    }

    /// A swap that was taken back forgot whom it had replaced besides: what was ready from before drained for ever.
    @Test func whatWasReadyBeforeASwapThatIsTakenBackIsRetired() async throws {
        try await withHost { host, folder in
            let barrier = try Barrier(in: folder)
            let paths = try ["1.0.0", "1.1.0", "1.2.0"].map {
                try Plugins.build("waits_in_call.c", $0, barrier: barrier, into: folder)
            }
            _ = try await host.load(paths[0])
            let wait = try host.messages("waits", "^1", "wait")
            _ = try await host.swap("waits", to: paths[1], SwapOptions(probation: .seconds(3600)))
            async let inside = onThread { try wait.send("") }
            try await barrier.waitUntilEntered()
            let options = SwapOptions(drainLimit: .milliseconds(50), onDrainTimeout: .revert)
            #expect(try await hostError { _ = try await host.swap("waits", to: paths[2], options) }.code == "timed-out")
            barrier.open()
            #expect(try await inside == "finished in 1.1.0")
            try await eventually { host.list(includingRetired: true).count == 1 }
            #expect(host.list().map { "\($0.stamp.version) \($0.state)" } == ["1.1.0 current"])
        }
    }

    @Test func aSwapThatRevertsOnTimeoutRetiresTheOldVersionWhereCallsLeave() async throws {
        try await withHost { host, folder in
            _ = try await host.load(Plugins.answers("1.0.0", answer: 1, into: folder))
            let reply = try await host.swap(
                "answers", to: Plugins.answers("1.1.0", answer: 2, into: folder), SwapOptions(onDrainTimeout: .revert))
            #expect(reply.retired == .unmapped)
            #expect(host.list(includingRetired: true).count == 1)
        }
    }

    /// On probation nobody waits for the calls inside: the policy's time comes with the commit.
    @Test func aCommitUnderACallPutsTheOldVersionBack() async throws {
        try await withCallInside { scene in
            let options = SwapOptions(probation: .seconds(3600), onDrainTimeout: .revert)
            #expect(try await scene.host.swap("waits", to: scene.next, options).retired == .ready)
            #expect(try scene.tell.send("") == "1.1.0")
            let error = try await hostError { _ = try await scene.host.commit("waits") }
            #expect(error.code == "timed-out" && "\(error)".contains("put back"))
            #expect(try scene.tell.send("") == "1.0.0")
            #expect(
                scene.host.list(includingRetired: true).map { "\($0.stamp.version) \($0.state)" } == ["1.0.0 current"])
        }
    }

    @Test func aSwapsOwnDrainLimitIsItsOwn() async throws {
        try await withCallInside({ $0.drainLimit = .seconds(600) }) { scene in
            let error = try await hostError {
                _ = try await scene.host.swap("waits", to: scene.next, SwapOptions(drainLimit: .milliseconds(50)))
            }
            #expect(error.code == "timed-out")
        }
    }

    @Test func theLedgerSaysWhoIsInsideSinceWhen() async throws {
        try await withCallInside { scene in
            _ = scene.host.list()
            let inside = try #require(scene.host.list().first?.inside.first)
            #expect(inside.export == "wait" && inside.thread > 0 && !inside.threadName.isEmpty && inside.seconds > 0)
            let ledger = scene.host.ledger()
            #expect(ledger.callsInFlight == 1 && ledger.longestInside > 0)
            #expect(ledger.generations == 1 && ledger.resident == 0 && ledger.bytes > 0 && ledger.mappings > 2)
            #expect(ledger.processMappings > ledger.mappings && ledger.mappingLimit > 1000)
        }
    }

    @Test func aLongCallElsewhereDelaysNoDrain() async throws {
        try await withCallInside({ $0.drainLimit = .seconds(600) }) { scene in
            let folder = try TemporaryFolder()
            _ = try await scene.host.load(Plugins.answers("1.0.0", answer: 1, into: folder))
            let reply = try await scene.host.swap("answers", to: Plugins.answers("1.1.0", answer: 2, into: folder))
            #expect(reply.retired == .unmapped)
        }
    }
}

/// How much the plugins may take.
@Suite(.timeLimit(.minutes(2))) struct BudgetTests {
    @Test func aLoadBeyondTheBudgetIsRefusedAndWarnedOfBefore() async throws {
        let events = Events()
        try await withHost({
            $0.onEvent = events.sink
            $0.budget.generations = .init(warning: 1, limit: 2)
        }) { host, folder in
            _ = try await host.load(Plugins.answers("1.0.0", answer: 1, into: folder))
            #expect(events.all == [])
            _ = try await host.load(Plugins.answers("1.1.0", answer: 2, into: folder))
            #expect(events.all.map(\.code) == ["ledger.warning"])
            #expect(host.ledger().warnings == ["2 generations in memory, the budget has 1"])
            let third = try Plugins.answers("1.2.0", answer: 3, into: folder)
            let error = try await hostError { _ = try await host.load(third) }
            #expect(error.code == "over-budget" && "\(error)".contains("2 generations in memory"))
            _ = try await host.unload("answers", SemanticVersion("1.0.0"))
            _ = try await host.load(third)
        }
    }
}
