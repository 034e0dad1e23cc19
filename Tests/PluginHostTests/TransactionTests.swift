import PluginHost
import TestSupport
import Testing

/// Several plugins swapped as one.
@Suite(.timeLimit(.minutes(2))) struct TransactionTests {
    @Test func allAreExchangedAndEachIsToldOf() async throws {
        try await withHost { host, folder in
            _ = try await host.load(Plugins.answers("1.0.0", answer: 1, into: folder))
            _ = try await host.load(Plugins.counts("1.0.0", into: folder))
            let binding = try host.bind("answers", "^1", answer)
            let reply = try await host.swap(together: [
                (name: "counts", path: try Plugins.counts("1.1.0", into: folder)),
                (name: "answers", path: try Plugins.answers("1.1.0", answer: 2, into: folder)),
            ])
            #expect(reply.swaps.map { "\($0.plugin) \($0.new.version)" } == ["counts 1.1.0", "answers 1.1.0"])
            #expect(reply.swaps.allSatisfy { $0.retired == .unmapped })
            #expect(try call(binding) == 2)
        }
    }

    /// What may be wrong with the second of two, and the code of the refusal.
    @Test(arguments: ["no file", "refused", "fails to start", "another name", "twice", "misses a bound export"])
    func aLaterOnesFailureLeavesEveryOldOneServing(_ what: String) async throws {
        try await withHost { host, folder in
            _ = try await host.load(Plugins.answers("1.0.0", answer: 1, into: folder))
            _ = try await host.load(Plugins.counts("1.0.0", into: folder))
            let (binding, report) = (
                try host.bind("answers", "^1", answer), try host.messages("counts", "^1", "report")
            )
            let good = (name: "counts", path: try Plugins.counts("1.1.0", into: folder))
            let bad: (name: String, path: String) =
                switch what {
                case "no file": (name: "answers", path: folder.file("none.so"))
                case "refused": (name: "answers", path: try Plugins.build("refused_missing_export.c", into: folder))
                case "fails to start": (name: "answers", path: try Plugins.failing(into: folder))
                case "another name": (name: "answer", path: try Plugins.answers("1.1.0", answer: 2, into: folder))
                case "twice": good
                default: (name: "answers", path: try Plugins.build("answers_without_answer.c", "1.1.0", into: folder))
                }
            let before = host.list()
            await #expect(throws: PluginHostError.self) { _ = try await host.swap(together: [good, bad]) }
            #expect(try call(binding) == 1)
            #expect(try report.send("").contains("1.0.0"))
            #expect(host.list(includingRetired: true).map(\.stamp) == before.map(\.stamp))
            #expect(mappedCopies(under: folder).count == 2, "what was opened for it is gone")
        }
    }

    @Test func revertOfOneBringsAllOfThemBack() async throws {
        try await withHost { host, folder in
            _ = try await host.load(Plugins.answers("1.0.0", answer: 1, into: folder))
            _ = try await host.load(Plugins.counts("1.0.0", into: folder))
            let binding = try host.bind("answers", "^1", answer)
            _ = try await host.swap(
                together: [
                    (name: "counts", path: try Plugins.counts("1.1.0", into: folder)),
                    (name: "answers", path: try Plugins.answers("1.1.0", answer: 2, into: folder)),
                ], SwapOptions(probation: .seconds(3600)))
            #expect(try call(binding) == 2)
            _ = try await host.revert("counts")
            #expect(try call(binding) == 1)
            #expect(
                host.list(includingRetired: true).map { "\($0.plugin) \($0.stamp.version)" }
                    == ["answers 1.0.0", "counts 1.0.0"])
        }
    }

    @Test func whatAnOldVersionImportsFromAnotherOldOneStaysWithIt() async throws {
        try await withHost { host, folder in
            let barrier = try Barrier(in: folder)
            _ = try await host.load(Plugins.answers("1.0.0", answer: 1, into: folder))
            _ = try await host.load(Plugins.build("asks_at_barrier.c", "1.0.0", barrier: barrier, into: folder))
            let ask = try host.messages("asks", "^1", "ask")
            async let old = onThread { try ask.send("") }
            try await barrier.waitUntilEntered()
            let next = try Plugins.build("asks_at_barrier.c", "1.1.0", barrier: barrier, into: folder)
            async let swap = host.swap(together: [
                (name: "asks", path: next),
                (name: "answers", path: try Plugins.answers("1.1.0", answer: 2, into: folder)),
            ])
            try await eventually { host.list().contains { $0.state == .draining } }
            barrier.open(for: 2)
            #expect(try await old == "1.0.0 got 1")
            #expect(try ask.send("") == "1.1.0 got 2")
            #expect(try await swap.swaps.map(\.retired) == [.unmapped, .unmapped])
            #expect(host.list(includingRetired: true).count == 2)
        }
    }
}
