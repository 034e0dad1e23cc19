import Glibc
import PluginHost
import Synchronization
import TestSupport
import Testing

@testable import PluginHost

/// swap, end to end.
@Suite struct SwapTests {
    @Test func newContentAtTheSamePathRunsTheNewCode() async throws {
        try await withHost { host, folder in
            let path = folder.file("plugin.so")
            try folder.write(readFile(Plugins.answers("1.0.0", answer: 1, into: folder)), to: "plugin.so")
            let loaded = try await host.load(path)
            let binding = try host.bind("answers", "^1", answer)
            #expect(try binding { $0() } == 1)

            try folder.write(readFile(Plugins.answers("1.1.0", answer: 2, into: folder)), to: "plugin.so")
            let reply = try await host.swap("answers", to: path)
            #expect(try binding { $0() } == 2)
            #expect(reply.old == loaded.loaded)
            #expect("\(reply.new.version)" == "1.1.0")
            #expect(reply.new.image != loaded.loaded.image)
            #expect(reply.new.generation == 2)
            #expect(reply.retired == .unmapped)
            #expect(reply.publishNanoseconds > 0 && reply.drainNanoseconds > 0)
            #expect(mappedCopies(under: folder).count == 1)
        }
    }

    @Test func sameVersionRebuiltIsSwappedWithAWarning() async throws {
        try await withHost { host, folder in
            _ = try await host.load(Plugins.answers("1.0.0", answer: 1, into: folder))
            let binding = try host.bind("answers", "^1", answer)
            let reply = try await host.swap("answers", to: Plugins.answers("1.0.0", answer: 2, into: folder))
            #expect(reply.warnings.map(\.code) == ["version.duplicate"])
            #expect(reply.old?.image != reply.new.image)
            #expect(try binding { $0() } == 2)
            #expect(host.list().count == 1)
        }
    }

    @Test func veryImageThatIsCurrentIsLeftAlone() async throws {
        try await withHost { host, folder in
            let path = try Plugins.answers("1.0.0", answer: 1, into: folder)
            let loaded = try await host.load(path)
            let reply = try await host.swap("answers", to: path)
            #expect(reply.unchanged && reply.new == loaded.loaded && reply.old == loaded.loaded)
        }
    }

    @Test func anotherNameThanTheManifestsIsAnInvalidRequest() async throws {
        try await withHost { host, folder in
            _ = try await host.load(Plugins.answers("1.0.0", answer: 1, into: folder))
            let other = try Plugins.counts("1.1.0", into: folder)
            let error = try await hostError { _ = try await host.swap("answers", to: other) }
            #expect(error.code == "invalid-request")
            #expect(error.description.contains("counts") && error.description.contains("answers"))
            #expect(host.list().map(\.plugin) == ["answers"])
        }
    }

    @Test func versionThatComesBackIsAFreshGeneration() async throws {
        try await withHost { host, folder in
            let (first, second) = (try Plugins.counts("1.0.0", into: folder), try Plugins.counts("1.1.0", into: folder))
            _ = try await host.load(first)
            let count = try host.bind(
                "counts", "^1", Export("count", as: (@convention(c) (UnsafeMutableRawPointer?) -> Int32).self))
            #expect(try count { $0($1) } == 1)
            #expect(try count { $0($1) } == 2)
            _ = try await host.swap("counts", to: second)
            #expect(try count { $0($1) } == 1)
            let back = try await host.swap("counts", to: first)
            #expect(back.new.generation == 3)
            #expect(try count { $0($1) } == 1, "clean state")
        }
    }

    @Test func waitingVersionIsPutInFrontByItsNumber() async throws {
        try await withHost { host, folder in
            _ = try await host.load(Plugins.answers("1.0.0", answer: 1, into: folder))
            let waiting = try await host.load(Plugins.answers("1.1.0", answer: 2, into: folder))
            let binding = try host.bind("answers", "^1", answer)
            let version = try SemanticVersion("1.1.0")
            let reply = try await host.swap("answers", to: version)
            #expect(reply.new == waiting.loaded && !reply.unchanged)
            #expect(reply.retired == .unmapped)
            #expect(try binding { $0() } == 2)
            #expect(try await host.swap("answers", to: version).unchanged)
            let error = try await hostError { _ = try await host.swap("answers", to: SemanticVersion("1.0.0")) }
            #expect(error.code == "not-found", "1.0.0 has left")
        }
    }

    @Test func predecessorServesOnWhereARouteNeedsIt() async throws {
        try await withHost { host, folder in
            _ = try await host.load(Plugins.answers("1.0.0", answer: 1, into: folder))
            let (narrow, wide) = (try host.bind("answers", "~1.0", answer), try host.bind("answers", "^1", answer))
            let reply = try await host.swap("answers", to: Plugins.answers("1.1.0", answer: 2, into: folder))
            #expect(reply.retired == .serving)
            #expect(try narrow { $0() } == 1)
            #expect(try wide { $0() } == 2)
            _ = try await host.swap("answers", to: Plugins.answers("1.0.1", answer: 3, into: folder))
            #expect(try narrow { $0() } == 3)
            #expect(try wide { $0() } == 3)
            try await eventually { host.list().map { "\($0.stamp.version)" } == ["1.0.1"] }
            try await eventually { mappedCopies(under: folder).count == 1 }
        }
    }

    @Test func goingToAndFroBetweenLoadedVersionsLeavesNoTargetsBehind() async throws {
        try await withHost { host, folder in
            _ = try await host.load(Plugins.answers("1.0.0", answer: 1, into: folder))
            _ = try await host.load(Plugins.answers("1.1.0", answer: 2, into: folder))
            let held = [try host.bind("answers", "~1.0", answer), try host.bind("answers", "~1.1", answer)]
            let wide = try host.bind("answers", "^1", answer)
            for round in 0..<10 {
                let version = try SemanticVersion(round % 2 == 0 ? "1.1.0" : "1.0.0")
                _ = try await host.swap("answers", to: version)
                #expect(try wide { $0() } == (round % 2 == 0 ? 2 : 1))
            }
            #expect(try held.map { try $0 { $0() } } == [1, 2])
            try await eventually { host.state.withLock { $0.records.values.map(\.targets.count).reduce(0, +) } == 3 }
        }
    }

    @Test func swapThatWouldBreakABoundRouteIsRefusedAndLeavesNothing() async throws {
        try await withHost { host, folder in
            _ = try await host.load(Plugins.answers("1.0.0", answer: 1, into: folder))
            let binding = try host.bind("answers", "^1", answer)
            let path = try Plugins.build("answers_without_answer.c", "1.1.0", into: folder)
            let error = try await hostError { _ = try await host.swap("answers", to: path) }
            #expect(error.code == "conflict")
            #expect(error.description.contains("answers ^1") && error.description.contains("bound to answer"))
            #expect(try binding { $0() } == 1)
            #expect(host.list(includingRetired: true).count == 1)
            #expect(mappedCopies(under: folder).count == 1)
        }
    }

    @Test func typedExportBoundThroughTheOldLineIsNoReasonAgainstANewLine() async throws {
        try await withHost { host, folder in
            _ = try await host.load(Plugins.answers("1.0.0", answer: 1, into: folder))
            let binding = try host.bind("answers", "^1", answer)
            let reply = try await host.swap(
                "answers", to: Plugins.build("answers_without_answer.c", "2.0.0", into: folder))
            #expect(reply.old == nil && reply.retired == nil)
            #expect(try binding { $0() } == 1)
        }
    }

    @Test func swapsUnderCallsFromFourThreadsFailNoCallAndNoAnswerIsWrong() async throws {
        try await withHost { host, folder in
            let paths = [
                try Plugins.answers("1.0.0", answer: 1, into: folder),
                try Plugins.answers("1.1.0", answer: 2, into: folder),
            ]
            _ = try await host.load(paths[0])
            let (typed, message) = (
                try host.bind("answers", "^1", answer), try host.messages("answers", "^1", "tell")
            )
            let callers = Callers()
            defer { callers.isOver.store(true, ordering: .relaxed) }
            try await withThrowingTaskGroup(of: [Int32: Int].self) { group in
                for thread in 0..<4 {
                    group.addTask {
                        try await onThread {
                            try callers.callUntilOver(typed, thread % 2 == 0 ? nil : message)
                        }
                    }
                }
                for round in 1...60 {
                    let before = callers.calls.load(ordering: .relaxed)
                    let reply = try await host.swap("answers", to: paths[round % 2])
                    #expect(reply.retired == .unmapped)
                    try await eventually { callers.calls.load(ordering: .relaxed) > before }
                }
                callers.isOver.store(true, ordering: .relaxed)
                var answers: [Int32: Int] = [:]
                for try await counts in group { answers.merge(counts, uniquingKeysWith: +) }
                #expect(Set(answers.keys) == [1, 2], "nothing but what the two builds say")
            }
            #expect(mappedCopies(under: folder).count == 1)
        }
    }
}

/// Threads that call one plugin until they are told to stop.
private final class Callers: Sendable {
    let isOver = Atomic(false)
    let calls = Atomic(0)

    /// How often each answer came.
    ///
    /// Throws at the first call that fails.
    func callUntilOver(
        _ typed: Binding<@convention(c) () -> Int32>, _ message: MessageBinding?
    ) throws -> [Int32: Int] {
        var answers: [Int32: Int] = [:]
        while !isOver.load(ordering: .relaxed) {
            if let message {
                switch try message.send("") {
                case "1.0.0 says 1": answers[1, default: 0] += 1
                case "1.1.0 says 2": answers[2, default: 0] += 1
                default: answers[-1, default: 0] += 1
                }
            } else {
                answers[try typed { $0() }, default: 0] += 1
            }
            calls.add(1, ordering: .relaxed)
        }
        return answers
    }
}
