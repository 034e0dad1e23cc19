import Compatibility
import TestSupport
import Testing

@testable import PluginHost

/// Swaps that fail, are refused or are taken back: what serves then, and what is left of the other version.
@Suite(.timeLimit(.minutes(2))) struct SwapFailureTests {
    private let slow = SwapOptions(probation: .seconds(3600))

    /// The failed swap closed what it had opened: the image went from under the `swb_start` that had not returned.
    @Test func aStartThatHangsInASwapKeepsItsImageUntilItHasReturned() async {
        await #expect(processExitsWith: .success) {
            let log = Log()
            try await withHost({
                $0.startLimit = .milliseconds(100)
                $0.log = log.sink
            }) { host, folder in
                let barrier = try Barrier(in: folder)
                let path = try Plugins.build("hangs_in_start.c", barrier: barrier, into: folder)
                #expect(try await hostError { _ = try await host.swap("hangs-in-start", to: path) }.code == "timed-out")
                try await barrier.waitUntilEntered()
                #expect(mappedCopies(under: folder).count == 1)
                #expect(host.list(includingRetired: true).map(\.state) == [.stuck])
                barrier.open()
                try await eventually { log.texts == ["started late", "stopped"] }
            }
        }
    }

    /// So it did with the image of a thread that had not ended.
    @Test func aStartThatFailsInASwapKeepsTheImageOfAThreadThatStays() async {
        await #expect(processExitsWith: .success) {
            try await withHost({ $0.startLimit = .milliseconds(200) }) { host, folder in
                let barrier = try Barrier(in: folder)
                let path = try Plugins.build("fails_to_start_with_stubborn_thread.c", barrier: barrier, into: folder)
                let error = try await hostError { _ = try await host.swap("fails-with-stubborn-thread", to: path) }
                #expect("\(error)".contains("swb_start answered 42"))
                #expect(host.list(includingRetired: true).map(\.state) == [.stuck])
                #expect(mappedCopies(under: folder).count == 1)
                barrier.open()
            }
        }
    }

    /// What a failed hand-over had made besides the error: generations, targets of the held routes, turns.
    @Test func failedHandOversLeaveNothing() async throws {
        try await withHost { host, folder in
            _ = try await host.load(Plugins.build("keeps_state.c", "1.0.0", into: folder))
            let tell = try host.messages("keeper", "^1", "tell")
            let bad = try Plugins.build("refuses_state.c", "1.1.0", into: folder)
            for _ in 1...30 {
                #expect(try await hostError { _ = try await host.swap("keeper", to: bad) }.code == "plugin-failed")
            }
            #expect(try tell.send("") == "")
            try await eventually { host.state.withLock { $0.background.isEmpty } }
            let (targets, turns) = host.state.withLock { ($0.records.values.map { $0.targets.count }, $0.turns.count) }
            #expect(targets == [1] && turns == 0)
        }
    }

    /// The state of the old version overwrote that of the loaded one, which serves its own routes; a dry run's, too.
    @Test(arguments: [true, false])
    func aLoadedVersionKeepsItsStateWhenItIsSwappedIn(_ isDryRun: Bool) async throws {
        try await withHost { host, folder in
            for version in ["1.0.0", "1.1.0"] {
                _ = try await host.load(Plugins.build("keeps_state.c", version, into: folder))
                _ = try host.messages("keeper", "=\(version)", "set").send("of \(version)")
            }
            let (next, tell) = (try SemanticVersion("1.1.0"), try host.messages("keeper", "=1.1.0", "tell"))
            let error = try await hostError {
                _ = try await host.swap("keeper", to: next, SwapOptions(isDryRun: isDryRun))
            }
            #expect(error.code == "conflict" && "\(error)".contains("discard the state"))
            #expect(try tell.send("") == "of 1.1.0")
            let options = SwapOptions(state: .discard, isDryRun: isDryRun)
            #expect(try await host.swap("keeper", to: next, options).handOver == nil)
            #expect(try tell.send("") == "of 1.1.0")
        }
    }

    /// The refusal ended the probation: the old version stayed ready, and nobody could decide any more.
    @Test func aRevertThatABoundRouteRefusesKeepsTheProbation() async throws {
        try await withHost { host, folder in
            _ = try await host.load(Plugins.answers("1.0.0", answer: 1, into: folder))
            _ = try host.bind("answers", "^1", answer)
            let next = try Plugins.build("answers_with_extra.c", "1.1.0", flags: ["-DANSWER=2"], into: folder)
            _ = try await host.swap("answers", to: next, slow)
            _ = try host.bind("answers", "^1", Export("extra", as: (@convention(c) () -> Int32).self))
            #expect(try await hostError { _ = try await host.revert("answers") }.code == "conflict")
            #expect(states(host) == ["1.1.0 current", "1.0.0 ready"])
            _ = try await host.commit("answers")
            #expect(states(host) == ["1.1.0 current"])
        }
    }

    /// The plugin that was left alone had no old version, for the lack of which the revert of all was refused.
    @Test func aTransactionOfWhichOneServedAlreadyCanBeReverted() async throws {
        try await withHost { host, folder in
            let counts = try Plugins.counts("1.0.0", into: folder)
            _ = try await host.load(Plugins.answers("1.0.0", answer: 1, into: folder))
            _ = try await host.load(counts)
            let binding = try host.bind("answers", "^1", answer)
            let next = try Plugins.answers("1.1.0", answer: 2, into: folder)
            _ = try await host.swap(together: [(name: "answers", path: next), (name: "counts", path: counts)], slow)
            #expect(try call(binding) == 2)
            _ = try await host.revert("answers")
            #expect(try call(binding) == 1)
            #expect(try host.messages("counts", "^1", "report").send("") == "1.0.0 counted 0")
        }
    }

    /// Two builds of the fixed version were there after the revert, and the route stayed with the wrong one.
    @Test func aFixedRouteGoesBackWithARebuildThatIsReverted() async throws {
        try await withHost { host, folder in
            _ = try await host.load(Plugins.answers("1.0.0", answer: 1, into: folder))
            let binding = try host.bind("answers", "^1", answer)
            try await host.changeRoute("answers", "^1", by: .fix(SemanticVersion("1.0.0")))
            _ = try await host.swap("answers", to: Plugins.answers("1.0.0", answer: 2, into: folder), slow)
            #expect(try call(binding) == 2)
            _ = try await host.revert("answers")
            #expect(try call(binding) == 1)
            #expect(host.list(includingRetired: true).count == 1)
        }
    }

    /// A version that was ready kept the targets of each time that it had served.
    @Test func revertedSwapsLeaveNoTargets() async throws {
        try await withHost { host, folder in
            let first = try await host.load(Plugins.answers("1.0.0", answer: 1, into: folder)).loaded.generation
            _ = try host.bind("answers", "^1", answer)
            let next = try Plugins.answers("1.1.0", answer: 2, into: folder)
            for _ in 1...20 {
                _ = try await host.swap("answers", to: next, slow)
                _ = try await host.revert("answers")
            }
            try await eventually { host.state.withLock { $0.background.isEmpty } }
            #expect(host.state.withLock { $0.records[first]?.targets.count } == 1)
        }
    }

    /// Its error said that the version which was taken back serves.
    @Test func aRevertUnderACallNamesTheVersionThatServes() async throws {
        try await withHost({ $0.drainLimit = .milliseconds(100) }) { host, folder in
            let barrier = try Barrier(in: folder)
            let paths = try ["1.0.0", "1.1.0"].map {
                try Plugins.build("waits_in_call.c", $0, barrier: barrier, into: folder)
            }
            _ = try await host.load(paths[0])
            let wait = try host.messages("waits", "^1", "wait")
            _ = try await host.swap("waits", to: paths[1], slow)
            async let inside = onThread { try wait.send("") }
            try await barrier.waitUntilEntered()
            let error = try await hostError { _ = try await host.revert("waits") }
            #expect(error.code == "timed-out" && "\(error)".contains("waits 1.0.0 serves (generation 1)"))
            #expect(!"\(error)".contains("1.1.0 serves"))
            barrier.open()
            #expect(try await inside == "finished in 1.1.0")
        }
    }

    /// The revert at the drain's limit was refused, and the old version was never retired.
    @Test func anOldVersionThatCannotBePutBackIsRetiredWhenItsCallsReturn() async throws {
        try await withHost({ $0.drainLimit = .milliseconds(300) }) { host, folder in
            let barrier = try Barrier(in: folder)
            _ = try await host.load(Plugins.build("waits_in_call.c", barrier: barrier, into: folder))
            let wait = try host.messages("waits", "^1", "wait")
            async let inside = onThread { try wait.send("") }
            try await barrier.waitUntilEntered()
            let next = try Plugins.build("waits_with_extra.c", "1.1.0", into: folder)
            async let swap = hostError {
                _ = try await host.swap("waits", to: next, SwapOptions(onDrainTimeout: .revert))
            }
            // From here on 1.0.0 cannot serve the route.
            try await eventually { (try? host.messages("waits", "^1", "extra")) != nil }
            let error = try await swap
            #expect(error.code == "timed-out" && "\(error)".contains("waits 1.1.0 serves"))
            barrier.open()
            #expect(try await inside == "finished in 1.0.0")
            try await eventually { states(host) == ["1.1.0 current"] }
        }
    }

    /// A bind moved the last route of a replaced version, which then stayed loaded without a use.
    @Test func aReplacedVersionThatLosesItsRouteToABindIsRetired() async throws {
        try await withHost { host, folder in
            _ = try await host.load(Plugins.answers("1.0.0", answer: 1, into: folder))
            _ = try host.bind("answers", "^1", answer)
            try await host.changeRoute("answers", "^1", by: .canary(SemanticVersion("1.0.0"), basisPoints: 5000))
            let next = try Plugins.build("answers_with_extra.c", "1.1.0", flags: ["-DANSWER=2"], into: folder)
            _ = try await host.swap("answers", to: next)
            #expect(host.list(includingRetired: true).count == 2)
            _ = try host.bind("answers", "^1", Export("extra", as: (@convention(c) () -> Int32).self))
            try await eventually { states(host) == ["1.1.0 current"] }
        }
    }

    private func states(_ host: PluginHost) -> [String] {
        host.list(includingRetired: true).map { "\($0.stamp.version) \($0.state)" }
    }
}
