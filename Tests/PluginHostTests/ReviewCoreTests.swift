import Compatibility
import Glibc
import PluginRegistry
import Synchronization
import TestSupport
import Testing

@testable import PluginHost

@Suite(.timeLimit(.minutes(2))) struct ReviewCoreTests {
    private let slow = SwapOptions(probation: .seconds(3600))
    private let answersTarget = ["-DTARGET=\"answers\""]

    // T1
    @Test func t1_hangingStartInASwapStaysMapped() async throws {
        try await withHost({ $0.startLimit = .milliseconds(100) }) { host, folder in
            let barrier = try Barrier(in: folder)
            let path = try Plugins.build("hangs_in_start.c", barrier: barrier, into: folder)
            let error = try await hostError { _ = try await host.swap("hangs-in-start", to: path) }
            #expect(error.code == "timed-out")
            #expect(!mappedCopies(under: folder).isEmpty, "swb_start is inside")
            #expect(host.list(includingRetired: true).map { "\($0.state)" } == ["stuck"])
        }
    }
    @Test func t1b_hangingStartInASwapReturns() async {
        await #expect(processExitsWith: .success) {
            let folder = try TemporaryFolder()
            let log = Log()
            let host = try PluginHost(
                HostConfiguration(stagingDirectory: folder.file("staging"), startLimit: .milliseconds(100), log: log.sink))
            let barrier = try Barrier(in: folder)
            let path = try Plugins.build("hangs_in_start.c", barrier: barrier, into: folder)
            _ = try? await host.swap("hangs-in-start", to: path)
            try await barrier.waitUntilEntered()
            barrier.open(for: 2)
            try await eventually { log.texts.contains("started late") }
        }
    }

    // T2
    @Test func t2_failedSwapsOfAnImporterLeaveNothing() async throws {
        try await withHost { host, folder in
            _ = try await host.load(Plugins.answers("1.0.0", answer: 1, into: folder))
            let bad = try Plugins.build("rv_importer.c", "1.0.0", flags: answersTarget + ["-DFAILS"], into: folder)
            for _ in 1...20 { _ = try? await host.swap("importer", to: bad) }
            for _ in 1...20 { _ = try? await host.load(bad) }
            let (entries, routes, targets) = host.state.withLock {
                ($0.catalog.routes.count, $0.routes.count, $0.records.values.map { $0.targets.count })
            }
            #expect(entries == 0 && routes == 0 && targets == [0], "\(entries) \(routes) \(targets)")
            let reply = try await host.unload("answers")
            #expect(reply.retired.count == 1)
        }
    }
    @Test func t2b_dryRunOfAnImporterDoesNotPinTheProvider() async throws {
        try await withHost { host, folder in
            _ = try await host.load(Plugins.answers("1.0.0", answer: 1, into: folder))
            let good = try Plugins.build("rv_importer.c", "1.0.0", flags: answersTarget, into: folder)
            _ = try await host.swap("importer", to: good, SwapOptions(isDryRun: true))
            _ = try await host.unload("answers")
        }
    }
    // T3
    @Test func t3_shutdownAfterAFailedImporterStopsTheProvider() async throws {
        let log = Log()
        try await withHost({ $0.log = log.sink }) { host, folder in
            _ = try await host.load(Plugins.build("rv_answers_thread.c", "1.0.0", into: folder))
            let bad = try Plugins.build("rv_importer.c", "1.0.0", flags: answersTarget + ["-DFAILS"], into: folder)
            _ = try? await host.load(bad)
        }
        #expect(log.texts == ["thread ended", "stopped"])
    }

    // T4
    @Test func t4_swapsOfAnImporterLeaveNoTargetsInTheProvider() async throws {
        try await withHost { host, folder in
            let provider = try await host.load(Plugins.answers("1.0.0", answer: 1, into: folder)).loaded.generation
            let paths = try ["1.0.0", "1.1.0"].map {
                try Plugins.build("rv_importer.c", $0, flags: answersTarget, into: folder)
            }
            for round in 0..<20 { _ = try await host.swap("importer", to: paths[round % 2]) }
            try await eventually { host.state.withLock { $0.background.isEmpty } }
            let count = host.state.withLock { $0.records[provider]?.targets.count }
            #expect(count == 1)
        }
    }

    // T5
    @Test func t5_aRefusedRevertKeepsTheProbation() async throws {
        try await withHost { host, folder in
            _ = try await host.load(Plugins.answers("1.0.0", answer: 1, into: folder))
            _ = try host.bind("answers", "^1", answer)
            _ = try await host.swap(
                "answers", to: Plugins.build("rv_answers_more.c", "1.1.0", flags: ["-DANSWER=2"], into: folder), slow)
            _ = try host.bind("answers", "^1", Export("extra", as: (@convention(c) () -> Int32).self))
            #expect(try await hostError { _ = try await host.revert("answers") }.code == "conflict")
            #expect(host.list().map { "\($0.stamp.version) \($0.state)" } == ["1.1.0 current", "1.0.0 ready"])
            _ = try await host.commit("answers")
            #expect(host.list().map { "\($0.stamp.version) \($0.state)" } == ["1.1.0 current"])
        }
    }

    // T6
    @Test func t6_theWatchDoesNotRevertALaterSwap() async throws {
        let events = Events()
        try await withHost({
            $0.watchInterval = .milliseconds(5)
            $0.healthLimit = .seconds(20)
            $0.onEvent = events.sink
        }) { host, folder in
            let barrier = try Barrier(in: folder)
            _ = try await host.load(Plugins.build("keeps_state.c", "1.0.0", into: folder))
            let set = try host.messages("keeper", "^1", "set")
            let options = SwapOptions(probation: .seconds(3600), state: .discard)
            _ = try await host.swap(
                "keeper", to: Plugins.build("rv_slow_health.c", "1.1.0", barrier: barrier, into: folder), options)
            _ = try set.send("ill")
            try await barrier.waitUntilEntered()
            _ = try await host.swap("keeper", to: Plugins.build("keeps_state.c", "1.2.0", into: folder), options)
            barrier.open(for: 64)
            try await eventually { !events.all.isEmpty || host.state.withLock { $0.watch == nil } || host.list().first?.state != .current }
            try await Task.sleep(for: .milliseconds(300))
            #expect(host.list().first { $0.state == .current }.map { "\($0.stamp.version)" } == "1.2.0", "\(events.all)")
        }
    }

    // T7
    @Test func t7_aTransactionOfWhichOneServedAlreadyCanBeReverted() async throws {
        try await withHost { host, folder in
            let first = try Plugins.answers("1.0.0", answer: 1, into: folder)
            let counts = try Plugins.counts("1.0.0", into: folder)
            _ = try await host.load(first)
            _ = try await host.load(counts)
            let binding = try host.bind("answers", "^1", answer)
            let name = host.list().map(\.plugin).first { $0 != "answers" } ?? ""
            _ = try await host.swap(
                together: [("answers", Plugins.answers("1.1.0", answer: 2, into: folder)), (name, counts)], slow)
            #expect(try call(binding) == 2)
            _ = try await host.revert("answers")
            #expect(try call(binding) == 1)
        }
    }

    // T8
    @Test func t8_aDryRunToALoadedVersionLeavesItsState() async throws {
        try await withHost { host, folder in
            _ = try await host.load(Plugins.build("keeps_state.c", "1.0.0", into: folder))
            _ = try await host.load(Plugins.build("keeps_state.c", "1.1.0", into: folder))
            let (old, new) = ("=1.0.0", "=1.1.0")
            _ = try host.messages("keeper", old, "set").send("mine")
            _ = try host.messages("keeper", new, "set").send("other")
            _ = try await host.swap("keeper", to: SemanticVersion("1.1.0"), SwapOptions(isDryRun: true))
            #expect(try host.messages("keeper", new, "tell").send("") == "other")
        }
    }

    // T9
    @Test func t9_aFixedRouteGoesBackWithARevertedRebuild() async throws {
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

    // T10
    @Test func t10_anImporterThatComesAgainDuringAHandOver() async {
        await #expect(processExitsWith: .success) {
            let folder = try TemporaryFolder()
            let host = try PluginHost(
                HostConfiguration(stagingDirectory: folder.file("staging"), handOverLimit: .seconds(20), log: { _ in }))
            let barrier = try Barrier(in: folder)
            _ = try await host.load(Plugins.build("hangs_in_save.c", "1.0.0", barrier: barrier, into: folder))
            let path = try Plugins.build("rv_importer.c", "1.0.0", flags: ["-DTARGET=\"keeper\""], into: folder)
            _ = try await host.load(path)
            let next = try Plugins.build("keeps_state.c", "1.1.0", into: folder)
            async let swap = host.swap("keeper", to: next)
            try await barrier.waitUntilEntered()
            _ = try await host.unload("importer")
            _ = try await host.load(path)
            barrier.open(for: 4)
            _ = try await swap
            await host.shutdown()
        }
    }

    // T11
    @Test func t11_aKeptGenerationOutlivesTheHost() async throws {
        let folder = try TemporaryFolder()
        let barrier = try Barrier(in: folder)
        let host = try PluginHost(HostConfiguration(stagingDirectory: folder.file("staging"), log: { _ in }))
        let first = try await host.load(Plugins.build("waits_in_call.c", "1.0.0", barrier: barrier, into: folder))
        let wait = try host.messages("waits", "^1", "wait")
        weak let generation = host.state.withLock { $0.records[first.loaded.generation]?.generation }
        async let answer = onThread { try wait.send("") }
        try await barrier.waitUntilEntered()
        let reply = try await host.swap(
            "waits", to: Plugins.build("waits_in_call.c", "1.1.0", barrier: barrier, into: folder),
            SwapOptions(drainLimit: .milliseconds(50), onDrainTimeout: .resident))
        #expect(reply.new.generation == 2)
        await host.shutdown()
        #expect(generation != nil, "a call is inside")
        if generation != nil { barrier.open(for: 2); _ = try await answer } else { _exit(77) }
    }

    // T12
    @Test func t12_whoLeavesByABindIsRetired() async throws {
        try await withHost { host, folder in
            _ = try await host.load(Plugins.answers("1.0.0", answer: 1, into: folder))
            _ = try host.bind("answers", "^1", answer)
            try await host.changeRoute("answers", "^1", by: .canary(SemanticVersion("1.0.0"), basisPoints: 5000))
            _ = try await host.swap(
                "answers", to: Plugins.build("rv_answers_more.c", "1.1.0", flags: ["-DANSWER=2"], into: folder))
            #expect(host.list(includingRetired: true).count == 2)
            _ = try host.bind("answers", "^1", Export("extra", as: (@convention(c) () -> Int32).self))
            try await Task.sleep(for: .milliseconds(500))
            #expect(host.list(includingRetired: true).map { "\($0.stamp.version) \($0.state)" } == ["1.1.0 current"])
        }
    }

    // T13
    @Test func t13_revertedSwapsLeaveNoTargets() async throws {
        try await withHost { host, folder in
            let first = try await host.load(Plugins.answers("1.0.0", answer: 1, into: folder)).loaded.generation
            _ = try host.bind("answers", "^1", answer)
            let next = try Plugins.answers("1.1.0", answer: 2, into: folder)
            for _ in 1...20 {
                _ = try await host.swap("answers", to: next, slow)
                _ = try await host.revert("answers")
            }
            try await eventually { host.state.withLock { $0.background.isEmpty } }
            let count = host.state.withLock { $0.records[first]?.targets.count }
            #expect(count == 1)
        }
    }

    // T14
    @Test func t14_aRouteChangeDuringShutdownServesNothing() async throws {
        let folder = try TemporaryFolder()
        let barrier = try Barrier(in: folder)
        let log = Log()
        let host = try PluginHost(HostConfiguration(stagingDirectory: folder.file("staging"), drainLimit: .seconds(20), log: log.sink))
        let provider = try await host.load(Plugins.build("rv_answers_thread.c", "1.0.0", into: folder)).loaded.generation
        weak let generation = host.state.withLock { $0.records[provider]?.generation }
        _ = try await host.load(
            Plugins.build("rv_importer.c", "1.0.0", barrier: barrier, flags: answersTarget, into: folder))
        let binding = try host.bind("answers", "^1", answer)
        let wait = try host.messages("importer", "^1", "wait")
        async let inside = onThread { try wait.send("") }
        try await barrier.waitUntilEntered()
        await host.takeTurn(of: ["answers"])
        async let change = host.changeRoute("answers", "^1", by: .follow)
        try await eventually { host.state.withLock { $0.turns["answers"]?.count == 1 } }
        async let end: Void = host.shutdown()
        try await eventually { host.state.withLock { $0.records.values.contains { $0.state == .draining } } }
        host.endTurn(of: ["answers"])
        _ = try? await change
        barrier.open(for: 2)
        _ = try await inside
        await end
        #expect(log.texts == ["thread ended", "stopped"])
        let isAlive = generation != nil
        if let answered = try? call(binding) {
            Issue.record("after shutdown the binding answers \(answered); generation alive: \(isAlive)")
        }
    }

    // T15
    @Test func t15_theProviderOfAStuckImporterOutlivesTheHost() async throws {
        let folder = try TemporaryFolder()
        let barrier = try Barrier(in: folder)
        let log = Log()
        let host = try PluginHost(
            HostConfiguration(stagingDirectory: folder.file("staging"), stopLimit: .milliseconds(100), log: log.sink))
        let provider = try await host.load(Plugins.build("rv_answers_thread.c", "1.0.0", into: folder)).loaded.generation
        weak let generation = host.state.withLock { $0.records[provider]?.generation }
        _ = try await host.load(
            Plugins.build("rv_importer.c", "1.0.0", barrier: barrier, flags: answersTarget + ["-DSTAYS"], into: folder))
        try await barrier.waitUntilEntered()
        await host.shutdown()
        #expect(generation != nil, "a thread of the importer may call it; log \(log.texts)")
        barrier.open(for: 2)
    }

    // T16
    @Test func t16_heldTasksOnThePoolDoNotKeepTheLimitsFromPassing() async throws {
        try await withHost({ $0.handOverLimit = .seconds(1); $0.stopLimit = .milliseconds(200) }) { host, folder in
            let barrier = try Barrier(in: folder)
            _ = try await host.load(Plugins.build("hangs_in_save.c", "1.0.0", barrier: barrier, into: folder))
            let (set, tell) = (try host.messages("keeper", "^1", "set"), try host.messages("keeper", "^1", "tell"))
            _ = try set.send("kept")
            let next = try Plugins.build("keeps_state.c", "1.1.0", into: folder)
            async let swap = host.swap("keeper", to: next)
            try await barrier.waitUntilEntered()
            let answers = await withTaskGroup(of: String.self) { group in
                for _ in 1...64 { group.addTask { (try? tell.send("").isEmpty).map { "\($0)" } ?? "held" } }
                return await group.reduce(into: Set<String>()) { $0.insert($1) }
            }
            #expect(answers == ["false"])
            do { _ = try await swap; Issue.record("no error") } catch { #expect("\(error)".contains("swb_save")) }
            barrier.open(for: 8)
        }
    }

    // T17
    @Test func t17_whatARevertWithACallInsideSays() async throws {
        try await withHost({ $0.drainLimit = .milliseconds(100) }) { host, folder in
            let barrier = try Barrier(in: folder)
            _ = try await host.load(Plugins.build("waits_in_call.c", "1.0.0", barrier: barrier, into: folder))
            let wait = try host.messages("waits", "^1", "wait")
            _ = try await host.swap(
                "waits", to: Plugins.build("waits_in_call.c", "1.1.0", barrier: barrier, into: folder), slow)
            async let inside = onThread { try wait.send("") }
            try await barrier.waitUntilEntered()
            let error = try await hostError { _ = try await host.revert("waits") }
            #expect(!"\(error)".contains("1.1.0 serves"), "\(error)")
            barrier.open(for: 2)
            _ = try await inside
        }
    }

    // T14 control: the same without the change.
    @Test func t14c_control() async throws {
        let folder = try TemporaryFolder()
        let barrier = try Barrier(in: folder)
        let log = Log()
        let host = try PluginHost(HostConfiguration(stagingDirectory: folder.file("staging"), drainLimit: .seconds(20), log: log.sink))
        _ = try await host.load(Plugins.build("rv_answers_thread.c", "1.0.0", into: folder))
        _ = try await host.load(
            Plugins.build("rv_importer.c", "1.0.0", barrier: barrier, flags: answersTarget, into: folder))
        _ = try host.bind("answers", "^1", answer)
        let wait = try host.messages("importer", "^1", "wait")
        async let inside = onThread { try wait.send("") }
        try await barrier.waitUntilEntered()
        async let end: Void = host.shutdown()
        try await eventually { host.state.withLock { $0.records.values.contains { $0.state == .draining } } }
        barrier.open(for: 2)
        _ = try await inside
        await end
        #expect(log.texts == ["thread ended", "stopped"])
    }

    // T18
    @Test func t18_shutdownDuringAHandOverWithAnImporter() async throws {
        let folder = try TemporaryFolder()
        let barrier = try Barrier(in: folder)
        let host = try PluginHost(HostConfiguration(
            stagingDirectory: folder.file("staging"), stopLimit: .milliseconds(300), drainLimit: .seconds(2),
            handOverLimit: .seconds(1), log: { _ in }))
        _ = try await host.load(Plugins.build("hangs_in_save.c", "1.0.0", barrier: barrier, into: folder))
        _ = try await host.load(Plugins.build("rv_importer.c", "1.0.0", flags: ["-DTARGET=\"keeper\""], into: folder))
        let tell = try host.messages("keeper", "^1", "tell")
        let next = try Plugins.build("keeps_state.c", "1.1.0", into: folder)
        async let swap = host.swap("keeper", to: next)
        try await barrier.waitUntilEntered()
        async let held = onThread { try tell.send("") }
        async let end: Void = host.shutdown()
        do { _ = try await swap; Issue.record("published") } catch { print("swap: \(error)") }
        do { _ = try await held; Issue.record("answered") } catch { print("held: \(error)") }
        await end
        barrier.open(for: 8)
    }

    // T19
    @Test func t19_theWatchGoesOnWhileThePoolIsBlocked() async throws {
        let events = Events()
        try await withHost({
            $0.watchInterval = .milliseconds(5)
            $0.onEvent = events.sink
        }) { host, folder in
            let barrier = try Barrier(in: folder)
            _ = try await host.load(Plugins.build("keeps_state.c", "1.0.0", into: folder))
            _ = try await host.load(Plugins.build("waits_in_call.c", "1.0.0", barrier: barrier, into: folder))
            let (set, wait) = (try host.messages("keeper", "^1", "set"), try host.messages("waits", "^1", "wait"))
            _ = try await host.swap(
                "keeper", to: Plugins.build("unhealthy.c", "1.1.0", into: folder),
                SwapOptions(probation: .seconds(3600), state: .discard))
            async let isReverted = onThread {
                usleep(1_000_000)  // all threads of the pool are inside by then
                _ = try set.send("ill")
                var found = false
                for _ in 1...500 where !found {
                    found = events.all.contains { $0.code == "swap.reverted" }
                    usleep(10_000)
                }
                barrier.open(for: 64)
                return found
            }
            for _ in 1...32 { Task.detached { _ = try? wait.send("") } }
            #expect(try await isReverted)
        }
    }

    // T20
    @Test func t20_aSwapToANewLineCanBeReverted() async throws {
        try await withHost { host, folder in
            _ = try await host.load(Plugins.answers("1.0.0", answer: 1, into: folder))
            let tell = try host.messages("answers", ">=1.0.0 <3.0.0", "tell")
            _ = try await host.swap("answers", to: Plugins.answers("2.0.0", answer: 2, into: folder), slow)
            #expect(try tell.send("") == "2.0.0 says 2")
            _ = try await host.revert("answers")
            #expect(try tell.send("") == "1.0.0 says 1")
        }
    }

    // T21
    @Test func t21_failedHandOversLeaveNothing() async throws {
        try await withHost { host, folder in
            _ = try await host.load(Plugins.build("keeps_state.c", "1.0.0", into: folder))
            let tell = try host.messages("keeper", "^1", "tell")
            let bad = try Plugins.build("refuses_state.c", "1.1.0", into: folder)
            for _ in 1...30 { _ = try? await host.swap("keeper", to: bad) }
            _ = try tell.send("")
            try await eventually { host.state.withLock { $0.background.isEmpty } }
            let (records, targets, turns) = host.state.withLock { ($0.records.count, $0.records.values.map { $0.targets.count }, $0.turns.count) }
            #expect(records == 1 && targets == [1] && turns == 0, "\(records) \(targets) \(turns)")
        }
    }

    // T22: the drain policy that takes back, and cannot.
    @Test func t22_whoCannotBeTakenBackIsRetiredLater() async throws {
        try await withHost({ $0.drainLimit = .seconds(1) }) { host, folder in
            let barrier = try Barrier(in: folder)
            let path = try Plugins.build("waits_in_call.c", "1.0.0", barrier: barrier, into: folder)
            _ = try await host.load(path)
            let wait = try host.messages("waits", "^1", "wait")
            async let inside = onThread { try wait.send("") }
            try await barrier.waitUntilEntered()
            let next = try Plugins.build("rv_waits_more.c", "1.1.0", barrier: barrier, into: folder)
            async let swap = host.swap("waits", to: next, SwapOptions(onDrainTimeout: .revert))
            try await eventually { host.list().first { $0.state == .current }.map { "\($0.stamp.version)" } == "1.1.0" }
            _ = try host.messages("waits", "^1", "more")
            do { _ = try await swap; Issue.record("no error") } catch { print("swap: \(error)") }
            barrier.open(for: 2)
            _ = try await inside
            try await Task.sleep(for: .milliseconds(500))
            #expect(host.list(includingRetired: true).map { "\($0.stamp.version) \($0.state)" } == ["1.1.0 current"])
        }
    }

    // T23: an operator reverts, though the version before its own failures is counted in.
    @Test func t23_failuresBeforeTheProbationDoNotCount() async throws {
        let events = Events()
        try await withHost({
            $0.watchInterval = .milliseconds(5)
            $0.errorRate = ErrorRateLimit(share: 0.2, minimumCalls: 10)
            $0.onEvent = events.sink
        }) { host, folder in
            _ = try await host.load(Plugins.build("keeps_state.c", "1.0.0", into: folder))
            _ = try await host.load(Plugins.build("keeps_state.c", "1.1.0", into: folder))
            let set = try host.messages("keeper", "=1.1.0", "set")
            for _ in 1...20 { _ = try? set.send(String(repeating: "too long ", count: 64)) }
            _ = try await host.swap("keeper", to: SemanticVersion("1.1.0"), SwapOptions(probation: .seconds(3600), state: .discard))
            try await Task.sleep(for: .milliseconds(300))
            #expect(events.all.map(\.code) == [])
        }
    }

    // T24
    @Test func t24_anImporterUnloadedDuringAHandOverLeavesNothing() async throws {
        try await withHost({ $0.handOverLimit = .seconds(20) }) { host, folder in
            let barrier = try Barrier(in: folder)
            _ = try await host.load(Plugins.build("hangs_in_save.c", "1.0.0", barrier: barrier, into: folder))
            let path = try Plugins.build("rv_importer.c", "1.0.0", flags: ["-DTARGET=\"keeper\""], into: folder)
            _ = try await host.load(path)
            async let swap = host.swap("keeper", to: Plugins.build("keeps_state.c", "1.1.0", into: folder))
            try await barrier.waitUntilEntered()
            _ = try await host.unload("importer")
            barrier.open(for: 4)
            _ = try await swap
            let (routes, idle) = host.state.withLock { ($0.routes.count, $0.idleRoutes.values.map(\.count)) }
            #expect(routes == 0, "\(routes) \(idle)")
        }
    }

    // T25: two swaps of one provider, swapped under a call of the importer, and an unload of all in between.
    @Test func t25_restoreIntoAServingVersionWithCallsInside() async throws {
        try await withHost { host, folder in
            let barrier = try Barrier(in: folder)
            _ = try await host.load(Plugins.build("keeps_state.c", "1.0.0", into: folder))
            _ = try await host.load(Plugins.build("keeps_state_at_barrier.c", "1.1.0", barrier: barrier, into: folder))
            _ = try host.messages("keeper", "=1.0.0", "set").send("old")
            let (set, tell) = (try host.messages("keeper", "=1.1.0", "set"), try host.messages("keeper", "=1.1.0", "tell"))
            _ = try set.send("new")
            let still = try host.bind("keeper", "=1.1.0", Export("hold_still", as: (@convention(c) () -> Void).self))
            async let inside: Void = onThread { try still { $0() } }
            try await barrier.waitUntilEntered()
            let reply = try await host.swap("keeper", to: SemanticVersion("1.1.0"))
            print("restored while a call is inside: \(String(describing: reply.handOver)), state \(try tell.send(""))")
            barrier.open(for: 2)
            try await inside
        }
    }

    // T26
    @Test func t26_aRequirementThatIsGoneByPublicationIsRefused() async throws {
        try await withHost { host, folder in
            _ = try await host.load(Plugins.answers("1.0.0", answer: 1, into: folder))
            let path = try Plugins.build("needs_answers.c", flags: ["-DRANGE=\"^1\""], into: folder)
            await host.takeTurn(of: ["needs-answers"])
            async let load = host.load(path)
            try await eventually { host.state.withLock { $0.turns["needs-answers"]?.count == 1 } }
            _ = try await host.unload("answers")
            host.endTurn(of: ["needs-answers"])
            do { _ = try await load; Issue.record("loaded: \(host.list().map(\.plugin))") } catch { print("load: \(error)") }
        }
    }
    // T29
    @Test func t29_failedImportCallsCount() async throws {
        let events = Events()
        try await withHost({
            $0.watchInterval = .milliseconds(5)
            $0.errorRate = ErrorRateLimit(share: 0.2, minimumCalls: 10)
            $0.onEvent = events.sink
        }) { host, folder in
            _ = try await host.load(Plugins.build("keeps_state.c", "1.0.0", into: folder))
            _ = try await host.load(Plugins.build("rv_relay.c", into: folder))
            let pass = try host.messages("relay", "^1", "pass")
            _ = try await host.swap(
                "keeper", to: Plugins.build("keeps_state.c", "1.1.0", into: folder),
                SwapOptions(probation: .seconds(3600), state: .discard))
            for _ in 1...50 { _ = try? pass.send(String(repeating: "too long ", count: 64)) }
            let number = host.list().first { $0.plugin == "keeper" && $0.state == .current }?.stamp.generation ?? 0
            let tally = host.state.withLock { $0.records[number]?.generation.table.tally.read() }
            #expect(tally?.failures == 50, "\(String(describing: tally))")
        }
    }
    // T30: the stale verdict and a canary that was changed meanwhile.
    @Test func t30_theWatchClosesTheCanaryThatItJudged() async throws {
        let events = Events()
        try await withHost({
            $0.watchInterval = .milliseconds(5)
            $0.healthLimit = .seconds(20)
            $0.onEvent = events.sink
        }) { host, folder in
            let barrier = try Barrier(in: folder)
            _ = try await host.load(Plugins.build("keeps_state.c", "1.0.0", into: folder))
            _ = try host.messages("keeper", "^1", "tell")
            _ = try await host.load(Plugins.build("rv_slow_health.c", "1.1.0", barrier: barrier, into: folder))
            _ = try await host.load(Plugins.build("keeps_state.c", "1.2.0", into: folder))
            _ = try host.messages("keeper", "=1.1.0", "set").send("ill")
            try await host.changeRoute("keeper", "^1", by: .canary(SemanticVersion("1.1.0"), basisPoints: 500))
            try await barrier.waitUntilEntered()
            try await host.changeRoute("keeper", "^1", by: .canary(SemanticVersion("1.2.0"), basisPoints: 500))
            barrier.open(for: 64)
            try await Task.sleep(for: .milliseconds(500))
            #expect(host.routes().first { $0.range == "^1" }?.canary.map { "\($0.version)" } == "1.2.0", "\(events.all.map(\.sentence))")
        }
    }
    // T31: a thread that does not end, in a start that fails by swap.
    @Test func t31_swapOfAStartThatFailsWithAStuckThread() async throws {
        try await withHost({ $0.stopLimit = .milliseconds(200); $0.startLimit = .milliseconds(500) }) { host, folder in
            let path = try Plugins.build("starts_badly_and_stays.c", into: folder)
            let name = try #require(["starts-badly-and-stays"].first)
            do { _ = try await host.swap(name, to: path) } catch { print("swap: \(error)") }
            print("swap: \(host.list(includingRetired: true).map { "\($0.stamp.version) \($0.state)" }) \(mappedCopies(under: folder).count) mapped")
        }
    }
}
