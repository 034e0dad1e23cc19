import Testing

@testable import PluginHost

/// What a swap does next: every event in every state, and the ways through.
@Suite struct SwapMachineTests {
    typealias State = SwapMachine.State
    typealias Event = SwapMachine.Event
    typealias Action = SwapMachine.Action

    /// How each state is reached in a plain swap: quiesced where it needs to be, on probation, drained.
    private static let ways: [State: (plan: SwapMachine.Plan, events: [Event])] = [
        .idle: (.init(), []),
        .opening: (.init(), [.begin]),
        .starting: (.init(), [.begin, .opened]),
        .holding: (.init(), [.begin, .opened, .startedQuiesced]),
        .saving: (.init(), [.begin, .opened, .startedQuiesced, .quiesced]),
        .restoring: (.init(), [.begin, .opened, .startedQuiesced, .quiesced, .saved]),
        .publishing: (.init(), [.begin, .opened, .startedWithoutState]),
        .onProbation: (.init(hasProbation: true), [.begin, .opened, .startedWithoutState, .published]),
        .draining: (.init(), [.begin, .opened, .startedWithoutState, .published]),
        .returning: (.init(hasProbation: true), [.begin, .opened, .startedWithoutState, .published, .revert]),
        .ended: (.init(), [.begin, .servesAlready]),
    ]

    /// What each event means in each state where it means something.
    private static let table: [State: [Event: (State, [Action])]] = [
        .idle: [.begin: (.opening, [.open])],
        .opening: [
            .opened: (.starting, [.start]), .servesAlready: (.ended, [.answer(.unchanged)]),
            .failed: (.ended, [.discard, .answer(.failed)]),
        ],
        .starting: [
            .startedWithoutState: (.publishing, [.publish]), .startedQuiesced: (.holding, [.hold]),
            .startedLive: (.saving, [.save]), .failed: (.ended, [.discard, .answer(.failed)]),
        ],
        .holding: [
            .quiesced: (.saving, [.save]), .failed: (.ended, [.release, .discard, .answer(.failed)]),
        ],
        .saving: [.saved: (.restoring, [.restore]), .failed: (.ended, [.release, .discard, .answer(.failed)])],
        .restoring: [.restored: (.publishing, [.publish]), .failed: (.ended, [.release, .discard, .answer(.failed)])],
        .publishing: [.published: (.draining, [.drain]), .failed: (.ended, [.release, .discard, .answer(.failed)])],
        .onProbation: [.commit: (.draining, [.endWatch, .drain]), .revert: (.returning, [.publishOld])],
        .draining: [.retired: (.ended, [.answer(.done)]), .stillInside: (.ended, [.answer(.stillInside)])],
        .returning: [
            .published: (.draining, [.endWatch, .drain]), .failed: (.onProbation, [.watch, .answer(.failed)]),
        ],
        .ended: [:],
    ]

    @Test(arguments: SwapMachine.State.allCases, SwapMachine.Event.allCases)
    func everyEventInEveryStateDoesWhatTheTableSaysOrNothing(_ state: State, _ event: Event) throws {
        let way = try #require(Self.ways[state])
        var machine = SwapMachine(way.plan)
        for event in way.events { _ = machine.handle(event) }
        #expect(machine.state == state)
        let before = machine
        let actions = machine.handle(event)
        if let (next, expected) = try #require(Self.table[state])[event] {
            #expect(machine.state == next)
            #expect(actions == expected)
        } else {
            #expect(actions == [])
            #expect(machine == before, "an event out of its place changes nothing")
        }
    }

    @Test(arguments: [Event.startedWithoutState, .startedQuiesced, .startedLive])
    func aDryRunPublishesNothingAndUndoesAll(_ started: Event) {
        var machine = SwapMachine(.init(isDryRun: true, hasProbation: true))
        var actions = [Event.begin, .opened, started].flatMap { machine.handle($0) }
        for event in [Event.quiesced, .saved, .restored] where machine.state != .publishing {
            actions += machine.handle(event)
        }
        actions += machine.handle(.published)
        #expect(!actions.contains(.publish) && actions.contains(.judgePublication))
        #expect(Array(actions.suffix(3)) == [.release, .discard, .answer(.dryRun)])
        #expect(machine.state == .ended)
    }

    @Test func aProbationIsAnsweredAtOnceAndDecidedLater() {
        var machine = SwapMachine(.init(hasProbation: true))
        for event in [Event.begin, .opened, .startedWithoutState] { _ = machine.handle(event) }
        #expect(machine.handle(.published) == [.watch, .answer(.done)])
        #expect(machine.handle(.commit) == [.endWatch, .drain])
        #expect(machine.handle(.revert) == [], "too late")
        #expect(machine.handle(.retired) == [.answer(.done)])
    }

    @Test func aRevertThatIsRefusedLeavesTheProbation() {
        var machine = SwapMachine(.init(hasProbation: true))
        for event in [Event.begin, .opened, .startedWithoutState, .published, .revert] { _ = machine.handle(event) }
        #expect(machine.handle(.failed) == [.watch, .answer(.failed)])
        #expect(machine.state == .onProbation)
        #expect(machine.handle(.commit) == [.endWatch, .drain])
    }

    /// What is done about calls that do not leave the old generation, by policy.
    @Test func eachPolicyForCallsThatStayHasItsOwnEnd() {
        func atTheLimit(_ policy: DrainPolicy) -> (SwapMachine, [Action]) {
            var machine = SwapMachine(.init(onDrainTimeout: policy))
            for event in [Event.begin, .opened, .startedWithoutState, .published] { _ = machine.handle(event) }
            let actions = machine.handle(.stillInside)
            return (machine, actions)
        }
        #expect(atTheLimit(.wait).1 == [.answer(.stillInside)])
        #expect(atTheLimit(.resident).1 == [.keep, .answer(.done)])
        var (machine, actions) = atTheLimit(.revert)
        #expect(actions == [.publishOld])
        #expect(machine.handle(.published) == [.endWatch, .drain])
        #expect(machine.handle(.stillInside) == [.answer(.takenBack)], "the new one is waited for, not swapped again")
        (machine, _) = atTheLimit(.revert)
        _ = machine.handle(.published)
        #expect(machine.handle(.retired) == [.answer(.takenBack)])
        (machine, _) = atTheLimit(.revert)
        #expect(
            machine.handle(.failed) == [.letGo, .answer(.stillInside)], "it cannot be put back: the new one serves")
        #expect(machine.state == .ended)
    }
}
