import Glibc
import PluginHost
import TestSupport
import Testing

/// swb_start and swb_stop that fail or hang.
@Suite(.timeLimit(.minutes(2))) struct LifecycleTests {
    @Test func startThatFailsLeavesTheOldVersionServingAndNothingElse() async throws {
        try await withHost { host, folder in
            _ = try await host.load(Plugins.answers("1.0.0", answer: 1, into: folder))
            let binding = try host.bind("answers", "^1", answer)
            let stopped = folder.file("stopped")
            let path = try Plugins.build("fails_to_start.c", "1.1.0", flags: ["-DSTOPPED=\"\(stopped)\""], into: folder)
            for attempt in [{ _ = try await host.swap("answers", to: path) }, { _ = try await host.load(path) }] {
                guard case .pluginFailed(let plugin, let step, let detail) = try await hostError(attempt) else {
                    Issue.record("another error")
                    return
                }
                #expect(plugin == "answers 1.1.0" && step == "start" && detail.contains("42"))
            }
            #expect(try call(binding) == 1)
            #expect(host.list(includingRetired: true).map { "\($0.stamp.version)" } == ["1.0.0"])
            #expect(mappedCopies(under: folder).count == 1)
            #expect(try copies(of: host).count == 1)
            #expect(access(stopped, F_OK) != 0, "swb_stop is not called where swb_start failed")
        }
    }

    @Test func startThatFailsInAResidentImageIsInTheLedger() async throws {
        try await withHost { host, folder in
            let path = try Plugins.build("starts_badly_and_stays.c", into: folder)
            _ = try await hostError { _ = try await host.load(path) }
            #expect(host.list().isEmpty)
            let status = try #require(host.list(includingRetired: true).first)
            #expect(status.plugin == "stays" && status.state == .resident)
            #expect(status.reason?.contains("swb_start answered 3") == true)
            #expect(status.reason?.contains("pthread_create") == true)
            #expect(mappedCopies(under: folder).count == 1)
            #expect(try copies(of: host).count == 1)
        }
    }

    @Test func startThatHangsTimesOutWhileOtherLoadsGoOn() async throws {
        let log = Log()
        try await withHost({
            $0.startLimit = .milliseconds(300)
            $0.log = log.sink
        }) { host, folder in
            let barrier = try Barrier(in: folder)
            let path = try Plugins.build("hangs_in_start.c", barrier: barrier, into: folder)
            let others = try ["1.0.0", "2.0.0"].map { try Plugins.answers($0, answer: 1, into: folder) }
            async let hanging = hostError { _ = try await host.load(path) }
            try await barrier.waitUntilEntered()
            for other in others { _ = try await host.load(other) }
            let error = try await hanging
            guard case .timedOut(let plugin, let step, let detail) = error else { Issue.record("\(error)"); return }
            #expect(plugin == "hangs-in-start 1.0.0" && step == "start")
            #expect(detail.contains("0.3 seconds") && detail.contains("stays in memory"))
            #expect(host.list().map(\.plugin) == ["answers", "answers", "hangs-in-start"])

            let stuck = try #require(host.list(includingRetired: true).first { $0.plugin == "hangs-in-start" })
            #expect(stuck.state == .stuck)
            #expect(stuck.reason?.contains("swb_start did not return") == true)
            #expect(try copies(of: host).count == 3, "its copy stays as long as its code runs")
            #expect(throws: PluginHostError.self) { _ = try host.bind("hangs-in-start", "^1", answer) }

            barrier.open()
            try await eventually { log.texts == ["started late", "stopped"] }
            #expect(throws: PluginHostError.self) { _ = try host.bind("hangs-in-start", "^1", answer) }
        }
    }

    @Test func aLimitOfNothingStillEnds() async throws {
        try await withHost({ $0.startLimit = .zero }) { host, folder in
            let barrier = try Barrier(in: folder)
            let path = try Plugins.build("hangs_in_start.c", barrier: barrier, into: folder)
            for _ in 1...5 { #expect(try await hostError { _ = try await host.load(path) }.code == "timed-out") }
            barrier.open(for: 5)
        }
    }

    @Test func stopThatHangsMakesTheGenerationStayAndTheReplySaysSo() async throws {
        let log = Log()
        try await withHost({
            $0.stopLimit = .milliseconds(200)
            $0.log = log.sink
        }) { host, folder in
            let barrier = try Barrier(in: folder)
            _ = try await host.load(Plugins.build("hangs_in_stop.c", "1.0.0", barrier: barrier, into: folder))
            let tell = try host.messages("hangs-in-stop", "^1", "tell")
            let reply = try await host.swap(
                "hangs-in-stop", to: Plugins.build("hangs_in_stop.c", "1.1.0", barrier: barrier, into: folder))
            guard case .resident(let reason) = reply.retired else { Issue.record("not resident"); return }
            #expect(reason.contains("swb_stop did not return within 0.2 seconds"))
            #expect(try tell.send("") == "1.1.0")
            let stuck = try #require(host.list(includingRetired: true).first { $0.state == .stuck })
            #expect("\(stuck.stamp.version)" == "1.0.0" && stuck.reason == reason)
            barrier.open()
            try await eventually { log.texts == ["stopped late"] }
            barrier.open()  // for 1.1.0, at the shutdown
        }
    }

    /// The loader thread is inside the constructor: every load waits for it, and each says so in its time.
    ///
    /// In a process of its own, because the dynamic linker's lock is held meanwhile.
    @Test func constructorThatHangsTimesOutInOpen() async {
        await #expect(processExitsWith: .success) {
            try await withHost({ $0.openLimit = .milliseconds(300) }) { host, folder in
                let barrier = try Barrier(in: folder)
                let path = try Plugins.build("hangs_in_constructor.c", barrier: barrier, into: folder)
                let other = try Plugins.answers("1.0.0", answer: 1, into: folder)
                for file in [path, other] {
                    guard
                        case .timedOut(_, let step, let detail) = try await hostError({ _ = try await host.load(file) })
                    else { throw TestSupportError("another error") }
                    #expect(step == "open" && detail.contains("constructor"))
                }
                barrier.open()
                var loaded: LoadReply?
                while loaded == nil {
                    do { loaded = try await host.load(other) } catch PluginHostError.timedOut { continue }
                }
                #expect(loaded?.unchanged == false, "what came too late was closed again, not served")
                #expect(mappedCopies(under: folder).count == 1)
            }
        }
    }
}
