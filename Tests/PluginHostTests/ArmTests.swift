import PluginHost
import PluginRegistry
import TestSupport
import Testing

/// The arms of a route: canary, labels, a fixed version, a fallback.
@Suite(.timeLimit(.minutes(2))) struct ArmTests {
    @Test func aCanaryGetsItsShareOfTheKeysAndUnkeyedCallsStayOnTheMainArm() async throws {
        try await withHost { host, folder in
            _ = try await host.load(Plugins.answers("1.0.0", answer: 1, into: folder))
            _ = try await host.load(Plugins.answers("1.1.0", answer: 2, into: folder))
            let binding = try host.bind("answers", "^1", answer)
            func share() throws -> Int { try (0..<10_000).count { try binding(key: ArmKey(UInt64($0))) { $0() } == 2 } }
            #expect(try share() == 0)
            let status = try await host.changeRoute(
                "answers", "^1", by: .canary(SemanticVersion("1.1.0"), basisPoints: 2_000))
            #expect(
                status.canary.map { "\($0.version) \($0.basisPoints) \($0.serves.map { "\($0.version)" } ?? "-")" }
                    == "1.1.0 2000 1.1.0")
            #expect((1_700...2_300).contains(try share()))
            #expect(try call(binding) == 1)
            try await host.changeRoute("answers", "^1", by: .closeCanary)
            #expect(try share() == 0)
        }
    }

    @Test func aCanaryOfAVersionThatGoesLeadsToTheMainArm() async throws {
        try await withHost { host, folder in
            _ = try await host.load(Plugins.answers("1.0.0", answer: 1, into: folder))
            _ = try await host.load(Plugins.answers("1.1.0", answer: 2, into: folder))
            let binding = try host.bind("answers", "^1", answer)
            try await host.changeRoute("answers", "^1", by: .canary(SemanticVersion("1.1.0"), basisPoints: 10_000))
            #expect(try binding(key: ArmKey("someone")) { $0() } == 2)
            #expect(try await host.unload("answers", SemanticVersion("1.1.0")).retired.map(\.outcome) == [.unmapped])
            #expect(try binding(key: ArmKey("someone")) { $0() } == 1)
        }
    }

    @Test func aCanaryThatFallsIllIsClosedByItselfAndTheEventSaysWhy() async throws {
        let events = Events()
        try await withHost({
            $0.watchInterval = .milliseconds(5)
            $0.errorRate = ErrorRateLimit(share: 0.2, minimumCalls: 10)
            $0.onEvent = events.sink
        }) { host, folder in
            _ = try await host.load(Plugins.build("keeps_state.c", "1.0.0", into: folder))
            _ = try await host.load(Plugins.build("keeps_state.c", "1.1.0", into: folder))
            let set = try host.messages("keeper", "^1", "set")
            try await host.changeRoute("keeper", "^1", by: .canary(SemanticVersion("1.1.0"), basisPoints: 10_000))
            let tooLong = [UInt8](repeating: 0, count: 1000)
            for _ in 1...20 { _ = try? set.send(tooLong, key: ArmKey("someone")) }
            try await eventually { events.all.contains { $0.code == "canary.closed" } }
            #expect(
                events.all.first?.sentence.contains("the canary of keeper ^1 is closed: 1.1.0 failed 20 of 20 calls")
                    == true)
            #expect(host.routes().first?.canary == nil)
            #expect(host.list().count == 2, "both are still loaded")
        }
    }

    /// The watch was inside the health of 1.1.0 when the canary became 1.2.0's, and closed that for what it had found.
    @Test func theWatchLeavesACanaryThatWasChangedMeanwhile() async throws {
        try await withHost({
            $0.watchInterval = .milliseconds(5)
            $0.healthLimit = .seconds(20)
        }) { host, folder in
            let (ill, well) = (try Barrier(in: folder, named: "ill"), try Barrier(in: folder, named: "well"))
            _ = try await host.load(Plugins.build("keeps_state.c", "1.0.0", into: folder))
            _ = try host.messages("keeper", "^1", "tell")
            for (version, barrier, health) in [("1.1.0", ill, 5), ("1.2.0", well, 0)] {
                let flags = ["-DHEALTH=\(health)"]
                _ = try await host.load(
                    Plugins.build("waits_in_health.c", version, barrier: barrier, flags: flags, into: folder))
                _ = try host.messages("keeper", "=\(version)", "set").send("wait")
            }
            try await host.changeRoute("keeper", "^1", by: .canary(SemanticVersion("1.1.0"), basisPoints: 500))
            try await ill.waitUntilEntered()
            try await host.changeRoute("keeper", "^1", by: .canary(SemanticVersion("1.2.0"), basisPoints: 500))
            ill.open()
            // The watch looks at one after the other: it is done with 1.1.0.
            try await well.waitUntilEntered()
            #expect(host.routes().first { $0.range == "^1" }?.canary.map { "\($0.version)" } == "1.2.0")
            _ = try host.messages("keeper", "=1.2.0", "set").send("well")
            well.open()
        }
    }

    @Test func aLabelLeadsToItsVersionAndToTheMainArmWithoutOne() async throws {
        try await withHost { host, folder in
            _ = try await host.load(Plugins.answers("1.0.0", answer: 1, into: folder))
            _ = try await host.load(Plugins.answers("1.1.0", answer: 2, into: folder))
            #expect(throws: PluginHostError.self) { _ = try host.bind("answers", "^1", answer, label: "beta") }
            try await host.changeRoute("answers", "^1", by: .label("beta", SemanticVersion("1.1.0")))
            let (main, beta) = (
                try host.bind("answers", "^1", answer), try host.bind("answers", "^1", answer, label: "beta")
            )
            #expect(try call(main) == 1 && call(beta) == 2)
            try await host.changeRoute("answers", "^1", by: .removeLabel("beta"))
            #expect(try call(beta) == 1)
        }
    }

    @Test func aFixedMainArmIgnoresWhatIsCurrent() async throws {
        try await withHost { host, folder in
            _ = try await host.load(Plugins.answers("1.0.0", answer: 1, into: folder))
            let binding = try host.bind("answers", "^1", answer)
            try await host.changeRoute("answers", "^1", by: .fix(SemanticVersion("1.0.0")))
            let reply = try await host.swap("answers", to: Plugins.answers("1.1.0", answer: 2, into: folder))
            #expect(reply.retired == .serving)
            #expect(try call(binding) == 1)
            try await host.changeRoute("answers", "^1", by: .follow)
            #expect(try call(binding) == 2)
            try await eventually { host.list(includingRetired: true).count == 1 }
        }
    }

    @Test func aFallbackStandsInWhereNoVersionIsAdmissibleAndTheEventSaysSo() async throws {
        let events = Events()
        try await withHost({ $0.onEvent = events.sink }) { host, folder in
            _ = try await host.load(Plugins.answers("1.0.0", answer: 1, into: folder))
            _ = try await host.load(Plugins.build("answers_standing_in.c", "0.1.0", into: folder))
            let binding = try host.bind("answers", "^1", answer)
            try await host.changeRoute("answers", "^1", by: .fallback("understudy"))
            #expect(try call(binding) == 1 && events.all == [])
            _ = try await host.unload("answers")
            #expect(try call(binding) == -1)
            #expect(events.all.map(\.code) == ["route.fallback"])
            #expect(host.routes().first?.isServedByFallback == true)
            _ = try await host.load(Plugins.answers("1.0.1", answer: 3, into: folder))
            #expect(try call(binding) == 3)
        }
    }

    /// The export was named by the substitute's own numbering, in which its place is another's.
    @Test func aCallInsideAFallbackIsNamedByTheExportThatItCalls() async throws {
        try await withHost({ $0.onEvent = { _ in } }) { host, folder in
            _ = try await host.load(Plugins.answers("1.0.0", answer: 1, into: folder))
            _ = try await host.load(Plugins.build("answers_standing_in.c", "0.1.0", into: folder))
            let binding = try host.bind("answers", "^1", answer)
            try await host.changeRoute("answers", "^1", by: .fallback("understudy"))
            _ = try await host.unload("answers")
            let exports = try binding { _ in host.list().flatMap { $0.inside.map(\.export) } }
            #expect(exports == ["answer"])
        }
    }

    @Test(arguments: [
        (RouteChange.canary(try! SemanticVersion("1.5.0"), basisPoints: 1), "not-found"),
        (.canary(try! SemanticVersion("1.0.0"), basisPoints: 10_001), "invalid-request"),
        (.canary(try! SemanticVersion("2.0.0"), basisPoints: 1), "invalid-request"),
        (.label("a b", try! SemanticVersion("1.0.0")), "invalid-request"),
        (.removeLabel("none"), "not-found"), (.fix(try! SemanticVersion("1.5.0")), "not-found"),
        (.fallback("nobody"), "not-found"), (.fallback("answers"), "invalid-request"),
        (.fallback("counts"), "conflict"),
    ])
    func aChangeThatCannotBeIsRefusedAndChangesNothing(_ change: RouteChange, _ code: String) async throws {
        try await withHost { host, folder in
            _ = try await host.load(Plugins.answers("1.0.0", answer: 1, into: folder))
            _ = try await host.load(Plugins.answers("2.0.0", answer: 2, into: folder))
            _ = try await host.load(Plugins.counts("1.0.0", into: folder))
            let binding = try host.bind("answers", "^1", answer)
            let before = host.routes()
            #expect(try await hostError { try await host.changeRoute("answers", "^1", by: change) }.code == code)
            #expect(host.routes() == before)
            #expect(try call(binding) == 1)
        }
    }
}
