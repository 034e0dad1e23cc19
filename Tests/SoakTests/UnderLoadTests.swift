import Compatibility
import PluginHost
import PluginRegistry
import Synchronization
import TestSupport
import Testing

/// Many swaps of one kind under calls from four threads, each in a process of its own: briefly in the suite, as often as
/// was promised by `scripts/soak`.
@Suite(.timeLimit(.minutes(60))) struct UnderLoadTests {
    @Test func swapsOfAPluginThatIsUnmappedGrowNothing() async {
        let result = await #expect(processExitsWith: .success, observing: [\.standardOutputContent]) {
            let scene = try await Scene(["beta"])
            let binding = try scene.bind("beta")
            let callers = try CallingThreads(4) { try binding { $0() } > 10 }
            // Warm: the allocator and the runtime have what they keep.
            for round in 1...500 { try await scene.swap("beta", round, retiring: { $0 == .unmapped }) }
            let (before, memory) = (Footprint.now(copiesUnder: scene.folder.path), Footprint.residentKiB())
            for round in 1...Effort.current.swaps { try await scene.swap("beta", round, retiring: { $0 == .unmapped }) }
            let growth = Footprint.residentKiB() - memory
            #expect(Footprint.now(copiesUnder: scene.folder.path).excess(over: before) == [])
            #expect(try await callers.finish() == [])
            say("memory: \(growth) KiB more after \(Effort.current.swaps) swaps of an unloadable plugin")
            #expect(growth <= 1024)
            await scene.shutdown()
        }
        pass(on: result)
    }

    @Test func aPluginThatStaysGrowsByItsOwnSizeEachTime() async {
        let result = await #expect(processExitsWith: .success, observing: [\.standardOutputContent]) {
            let scene = try await Scene(["beta"], flags: ["-Wl,-z,nodelete"])
            func isResident(_ retirement: Retirement?) -> Bool {
                if case .resident = retirement { true } else { false }
            }
            for round in 1...10 { try await scene.swap("beta", round, retiring: isResident) }
            let (memory, ledger) = (Footprint.residentKiB(), scene.host.ledger())
            let swaps = Effort.current.residentSwaps
            for round in 1...swaps { try await scene.swap("beta", round, retiring: isResident) }
            let (now, grown) = (scene.host.ledger(), Footprint.residentKiB() - memory)
            #expect(now.resident - ledger.resident == swaps)
            say(
                "memory: \(Double(grown) / Double(swaps)) KiB resident and "
                    + "\(Double(now.processMappings - ledger.processMappings) / Double(swaps)) mappings more "
                    + "per swap of a plugin that stays, over \(swaps) swaps; the ledger counts "
                    + "\((now.bytes - ledger.bytes) / swaps / 1024) KiB of address space each")
            #expect(grown / swaps < 100)
            await scene.shutdown()
        }
        pass(on: result)
    }

    @Test func handOversLoseNoAdditionAndPauseBriefly() async {
        let result = await #expect(processExitsWith: .success, observing: [\.standardOutputContent]) {
            let folder = try TemporaryFolder()
            let paths = try ["1.0.0", "1.1.0"].map {
                try Fixture.build(
                    .file("../../Plugins/Counter/counter.c"), named: "counter-\($0)", flags: ["-DVERSION=\"\($0)\""],
                    into: folder)
            }
            let host = try PluginHost(HostConfiguration(stagingDirectory: folder.file("staging"), log: { _ in }))
            _ = try await host.load(paths[0])
            let add = try host.bind(
                "counter", "^1",
                Export("counter_add", as: (@convention(c) (UnsafeMutableRawPointer?, Int64) -> Int64).self))
            let calls = Atomic(0)
            let callers = try CallingThreads(4) {
                let total = try add { add, instance in add(instance, 1) }
                calls.add(1, ordering: .relaxed)
                return total > 0
            }
            var pauses: [Int] = []
            for round in 1...Effort.current.handOvers {
                let reply = try await host.swap("counter", to: paths[round % 2])
                let handOver = try #require(reply.handOver)
                #expect(handOver.mode == .quiesced)
                pauses.append(handOver.pauseNanoseconds)
            }
            #expect(try await callers.finish() == [], "no call fails")
            let total = try add { add, instance in add(instance, 0) }
            #expect(total == Int64(calls.load(ordering: .relaxed)), "the sum of all additions")
            pauses.sort()
            say(
                "hand-over: \(pauses.count) under \(total) calls from 4 threads, the sum is exact; pause median "
                    + "\(pauses[pauses.count / 2] / 1000) µs, maximum \((pauses.last ?? 0) / 1000) µs")
            await host.shutdown()
            #expect(Target.liveCount == 0)
        }
        pass(on: result)
    }

    @Test func pluginsThatAreSwappedTogetherAreNeverSeenMixed() async {
        let result = await #expect(processExitsWith: .success, observing: [\.standardOutputContent]) {
            let scene = try await Scene(["left", "right"])
            let (left, right) = (try scene.bind("left"), try scene.bind("right"))
            let host = scene.host
            let blocks = Atomic(0)
            let callers = try CallingThreads(4) {
                blocks.add(1, ordering: .relaxed)
                return try host.pin(left, right) { left, right in
                    // Twice: a block stays on what it has.
                    let first = left { $0() }
                    return right { $0() } == first + 10 && left { $0() } == first
                }
            }
            for round in 1...Effort.current.jointSwaps {
                let reply = try await host.swap(
                    together: ["left", "right"].map { (name: $0, path: scene.path($0, round)) })
                #expect(reply.swaps.allSatisfy { $0.retired == .unmapped })
            }
            #expect(try await callers.finish() == [], "no mixture")
            say(
                "transaction: \(Effort.current.jointSwaps) joint swaps, \(blocks.load(ordering: .relaxed)) pinned blocks, "
                    + "no mixture")
            await scene.shutdown()
        }
        pass(on: result)
    }

    @Test func aSplitIsOfTheSizeThatWasAskedForAndSticky() async {
        let result = await #expect(processExitsWith: .success, observing: [\.standardOutputContent]) {
            let scene = try await Scene(["beta"])
            let binding = try scene.bind("beta")
            let (main, canary) = (Build.of("beta")[0], Build.of("beta")[1])
            _ = try await scene.host.load(canary.path(in: scene.folder))
            let version = try SemanticVersion("\(canary.version)")
            func arms(_ keys: Int) throws -> [Int32] {
                try (0..<keys).map { key in try binding(key: ArmKey(UInt64(key))) { $0() } }
            }
            try await scene.host.changeRoute("beta", "^1", by: .canary(version, basisPoints: 500))
            let keys = 1_000_000
            let first = try arms(keys)
            let share = first.count { $0 == Int32(canary.number) }
            #expect(share + first.count { $0 == Int32(main.number) } == keys)
            // Five standard deviations of a binomial distribution: once in two million.
            let deviation = (Double(keys) * 0.05 * 0.95).squareRoot()
            #expect(abs(Double(share) - 50_000) < 5 * deviation)
            #expect(try arms(200_000) == Array(first.prefix(200_000)), "each key keeps its arm")
            try await scene.host.changeRoute("beta", "^1", by: .canary(version, basisPoints: 1_000))
            let more = try arms(200_000)
            #expect(zip(first, more).allSatisfy { $0 != Int32(canary.number) || $1 == $0 }, "a larger share only adds")
            say(
                "split: \(share) of \(keys) keyed calls on a canary of 5 %, "
                    + "\(((Double(share) - 50_000) / deviation * 10).rounded() / 10) standard deviations off; sticky")
            await scene.shutdown()
        }
        pass(on: result)
    }
}

/// A host that serves the first build of some plugins.
private struct Scene: Sendable {
    let host: PluginHost
    let folder: TemporaryFolder

    init(_ plugins: [String], flags: [String] = []) async throws {
        folder = try TemporaryFolder()
        let barrier = try Barrier(in: folder)
        host = try PluginHost(
            HostConfiguration(stagingDirectory: folder.file("staging"), log: { _ in }, onEvent: { _ in }))
        for plugin in plugins {
            for build in Build.of(plugin) { try build.compile(into: folder, barrier: barrier, flags: flags) }
            _ = try await host.load(path(plugin, 0))
        }
    }

    /// Its first build in even rounds, its second in odd ones.
    func path(_ plugin: String, _ round: Int) -> String { Build.of(plugin)[round % 2].path(in: folder) }

    func bind(_ plugin: String) throws -> Binding<@convention(c) () -> Int32> {
        try host.bind(plugin, "^1", Export("answer", as: (@convention(c) () -> Int32).self))
    }

    func swap(_ plugin: String, _ round: Int, retiring isRight: (Retirement?) -> Bool) async throws {
        let reply = try await host.swap(plugin, to: path(plugin, round))
        guard isRight(reply.retired) else { throw TestSupportError("\(reply)") }
    }

    func shutdown() async {
        await host.shutdown()
        #expect(Target.liveCount == 0)
    }
}
