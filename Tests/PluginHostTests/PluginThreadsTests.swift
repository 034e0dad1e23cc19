import Glibc
import TestSupport
import Testing

@testable import PluginHost

/// Host-owned threads of plugins, `swb.threads.v1`.
@Suite(.timeLimit(.minutes(2))) struct PluginThreadsTests {
    @Test func aThreadThatObeysIsJoinedBeforeStopAndTheImageIsUnmapped() async throws {
        let log = Log()
        try await withHost({ $0.log = log.sink }) { host, folder in
            let loaded = try await host.load(Plugins.build("runs_thread.c", into: folder))
            #expect(loaded.unloadClass == .unloadable, "it imports no pthread_create")
            let run = try host.messages("runs-thread", "^1", "run")
            #expect(try run.send("") == "0")
            #expect(try await host.unload("runs-thread").retired.map(\.outcome) == [.unmapped])
            #expect(log.texts == ["thread ended", "thread ended", "stopped; a new thread: \(ECANCELED)"])
            #expect(mappedCopies(under: folder) == [])
        }
    }

    @Test func theLimitIsToldAndThreadsThatEndMakeRoom() async throws {
        try await withHost { host, folder in
            _ = try await host.load(Plugins.build("runs_thread.c", into: folder))
            let run = try host.messages("runs-thread", "^1", "run")
            let blink = try host.messages("runs-thread", "^1", "blink")
            for _ in 2..<64 { #expect(try run.send("") == "0") }
            for _ in 0..<200 {
                // The one that blinked before may still be on its way out.
                try await eventually { try blink.send("") == "0" }
            }
            try await eventually { try run.send("") == "0" }
            #expect(try run.send("") == "\(EAGAIN)")
            #expect(try await host.unload("runs-thread").retired.map(\.outcome) == [.unmapped])
        }
    }

    @Test func aThreadThatIgnoresStoppingKeepsTheImageAndTheReasonNamesIt() async throws {
        let log = Log()
        try await withHost({
            $0.stopLimit = .milliseconds(200)
            $0.log = log.sink
        }) { host, folder in
            let barrier = try Barrier(in: folder)
            _ = try await host.load(Plugins.build("ignores_stopping.c", barrier: barrier, into: folder))
            try await barrier.waitUntilEntered()
            guard case .resident(let reason) = try await host.unload("ignores-stopping").retired.first?.outcome else {
                Issue.record("not resident"); return
            }
            #expect(reason.contains(#/^thread \d+ \(stubborn\) does not stop when told to; /#))
            #expect(reason.contains("swb_stop was not called (limit 0.2 seconds)"))
            #expect(mappedCopies(under: folder).count == 1)
            #expect(host.list(includingRetired: true).map(\.state) == [.stuck])
            barrier.open()
            try await eventually { log.texts == ["told to stop"] }
        }
    }

    @Test func aFailedStartEndsItsThreads() async throws {
        let log = Log()
        try await withHost({ $0.log = log.sink }) { host, folder in
            let path = try Plugins.build("fails_to_start_with_thread.c", into: folder)
            let error = try await hostError { _ = try await host.load(path) }
            #expect(error.description.contains("swb_start answered 42"))
            #expect(log.texts == ["thread ended"])
            #expect(mappedCopies(under: folder) == [])
            #expect(host.list(includingRetired: true).isEmpty)
        }
    }

    @Test func aFailedStartWhoseThreadIgnoresStoppingKeepsTheImage() async throws {
        try await withHost({ $0.startLimit = .milliseconds(200) }) { host, folder in
            let barrier = try Barrier(in: folder)
            let path = try Plugins.build("fails_to_start_with_stubborn_thread.c", barrier: barrier, into: folder)
            let error = try await hostError { _ = try await host.load(path) }
            #expect(error.description.contains("swb_start answered 42"))
            let status = try #require(host.list(includingRetired: true).first)
            #expect(status.state == .stuck)
            #expect(status.reason?.contains(#/and thread \d+ \(stubborn\) does not stop when told to/#) == true)
            #expect(mappedCopies(under: folder).count == 1)
            barrier.open()
        }
    }

    @Test func aStartThatIsTooLateEndsItsThreadsBeforeItIsStopped() async throws {
        let log = Log()
        try await withHost({
            $0.startLimit = .milliseconds(200)
            $0.log = log.sink
        }) { host, folder in
            let barrier = try Barrier(in: folder)
            let path = try Plugins.build("hangs_in_start_with_thread.c", barrier: barrier, into: folder)
            #expect(try await hostError { _ = try await host.load(path) }.code == "timed-out")
            try await eventually { log.texts == ["thread ended"] }
            barrier.open()
            try await eventually { log.texts == ["thread ended", "started late", "stopped"] }
        }
    }

    @Test func aThreadWhoseDestructorHangsKeepsTheImageAndTheReasonSaysSo() async throws {
        try await withHost({ $0.stopLimit = .milliseconds(200) }) { host, folder in
            let barrier = try Barrier(in: folder)
            _ = try await host.load(Plugins.build("hangs_in_thread_destructor.c", barrier: barrier, into: folder))
            let reply = try await host.unload("hangs-in-destructor")
            guard case .resident(let reason) = reply.retired.first?.outcome else {
                Issue.record("not resident"); return
            }
            #expect(reason.contains(#/\(destroying\) does not end: a destructor of its thread-local storage hangs/#))
            #expect(mappedCopies(under: folder).count == 1)
            barrier.open()
        }
    }

    /// A generation that is left to the process, because a call never leaves it, has no use for its threads either.
    @Test func theThreadsOfAnAbandonedGenerationAreToldToStop() async throws {
        await #expect(processExitsWith: .success) {
            let log = Log()
            try await withHost({ $0.log = log.sink }) { host, folder in
                let number = try await host.load(Plugins.build("runs_thread.c", into: folder)).loaded.generation
                let generation = try #require(host.state.withLock { $0.records[number]?.generation })
                generation.abandon()
                try await eventually { log.texts == ["thread ended"] }
            }
        }
    }

    @Test func nothingOfAThousandThreadsStays() async {
        await #expect(processExitsWith: .success) {
            try await withHost { host, folder in
                let path = try Plugins.build("runs_thread.c", into: folder)
                func run(_ rounds: Int) async throws {
                    for _ in 0..<rounds {
                        _ = try await host.load(path)
                        for _ in 0..<20 { _ = try host.call("runs-thread", "^1", "run", []) }
                        #expect(try await host.unload("runs-thread").retired.map(\.outcome) == [.unmapped])
                    }
                }
                try await run(5)
                let before = Footprint.now(copiesUnder: folder.path)
                try await run(50)
                let excess = Footprint.now(copiesUnder: folder.path).excess(over: before)
                #expect(excess.isEmpty, "\(excess)")
            }
        }
    }
}
