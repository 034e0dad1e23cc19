import CPin
import Glibc
import PluginRegistry
import Synchronization
import Testing

/// Calls under so many publications that a pin which does not protect would show: freed targets are inaccessible.
@Suite struct PoisonTests {
    @Test func aFreedTargetIsInaccessible() async {
        await #expect(processExitsWith: .signal(SIGSEGV)) {
            // ThreadSanitizer's handler would end the process its own way.
            signal(SIGSEGV, SIG_DFL)
            TargetMemory.poison()
            let memory = TargetMemory.allocate(byteCount: 40)
            memory.storeBytes(of: 7, toByteOffset: 32, as: Int.self)
            precondition(memory.load(fromByteOffset: 32, as: Int.self) == 7)
            TargetMemory.free(memory, byteCount: 40)
            _exit(Int32(truncatingIfNeeded: memory.load(fromByteOffset: 32, as: Int.self)))
        }
    }

    @Test(arguments: [false, true])
    func survivesAHundredThousandSwaps(sequential: Bool) async {
        await #expect(processExitsWith: .success) { [sequential] in
            TargetMemory.poison()
            try Pins.start(sequential: sequential)
            let outcome = try await exchange(times: 100_000)
            #expect(outcome.wrong == 0)
            #expect(outcome.degraded == 0)
            #expect(Target.liveCount == 0)
            // Freed neighbours have merged: else each of them were a mapping, and the kernel allows 65,530.
            #expect(mappingCount() < 5_000)
        }
    }

    @Test func freesNothingOnceMembarrierFails() async {
        await #expect(processExitsWith: .success) {
            TargetMemory.poison()
            try Pins.start()
            let outcome = try await exchange(times: 20_000) { number in
                if number == 10_000 { precondition(cpin_testing_forbid_membarrier() == 0) }
            }
            #expect(Pins.protection == .degraded)
            #expect(outcome.wrong == 0)
            #expect(outcome.degraded >= 10_000)
            #expect(Target.liveCount == outcome.degraded)
        }
    }
}

private typealias Tell = @convention(c) (UnsafeMutableRawPointer?) -> Int

// Two functions, so that a function of one target with the instance of another gives a wrong answer.
private let tell: Tell = { Int(bitPattern: $0) }
private let tellNegated: Tell = { -Int(bitPattern: $0) }

/// Publishes target after target on one route while four threads call: plainly, nested, in blocks; and a task by leases.
///
/// - Returns: how many answers were wrong, and how many drains were degraded.
private func exchange(
    times: Int, before: (Int) -> Void = { _ in }
) async throws -> (wrong: Int, degraded: Int) {
    let route = Route(label: "tell ^1")
    let wrong = Atomic(0), calls = Atomic(0)
    let isOver = Atomic(false)
    func target(_ number: Int) -> Target {
        let functions = [unsafeBitCast(number % 2 == 0 ? tell : tellNegated, to: UnsafeMutableRawPointer.self)]
        let instance = UnsafeMutableRawPointer(bitPattern: number)
        return PluginRegistryTests.target(
            functions, instance: instance, context: instance, generation: number)
    }
    route.publish(target(1))
    let binding: Binding<Tell> = try route.binding(0)

    @Sendable func check(_ tell: Tell, _ instance: UnsafeMutableRawPointer?, _ context: UnsafeMutableRawPointer?) {
        let number = Int(bitPattern: context)
        if tell(instance) != (number % 2 == 0 ? number : -number) { wrong.add(1, ordering: .relaxed) }
    }
    @Sendable func callSometimesNested(_ rounds: Int) throws {
        for round in 0..<rounds {
            try binding { tell, instance, context in
                check(tell, instance, context)
                if round % 8 == 0 { try binding.pin { pinned in for _ in 0..<4 { pinned { check($0, $1, $2) } } } }
                if round % 64 == 0 { sched_yield() }
                check(tell, instance, context)
            }
        }
        calls.add(rounds, ordering: .relaxed)
    }
    let callers = (0..<4).map { _ in
        OSThread { while !isOver.load(ordering: .relaxed) { try? callSometimesNested(512) } }
    }
    let leaseholder = Task.detached {
        while !isOver.load(ordering: .relaxed) {
            try await binding.withLease { lease in
                lease { check($0, $1, $2) }
                await Task.yield()
                lease { check($0, $1, $2) }
            }
        }
    }

    let reclaimer = try Reclaimer()
    let degraded = Lock(0)
    @Sendable func drain(_ old: Target) async {
        switch await reclaimer.drain([old], limit: .seconds(600)) {
        case .drained: break
        case .degraded: degraded.withLock { $0 += 1 }
        case .timedOut: Issue.record("target \(old.generation) did not drain")
        }
    }
    await withTaskGroup { group in
        for number in 2...(times + 1) {
            before(number)
            guard let old = route.publish(target(number)) else { continue }
            group.addTask { await drain(old) }
            // A preempted caller holds its target for a time slice: let some wait together.
            if number > 64 { await group.next() }
        }
        await group.waitForAll()
    }
    isOver.store(true, ordering: .relaxed)
    for caller in callers { caller.join() }
    try await leaseholder.value
    if let last = route.publish(nil) { await drain(last) }
    await reclaimer.shutdown()
    #expect(calls.load(ordering: .relaxed) > 0)
    return (wrong.load(ordering: .relaxed), degraded.withLock { $0 })
}

/// How many lines /proc/self/maps has.
private func mappingCount() -> Int {
    let file = open("/proc/self/maps", O_RDONLY | O_CLOEXEC)
    defer { close(file) }
    var lines = 0
    var bytes = [UInt8](repeating: 0, count: 65536)
    while true {
        let count = read(file, &bytes, bytes.count)
        guard count > 0 else { return lines }
        lines += bytes.prefix(count).count { $0 == UInt8(ascii: "\n") }
    }
}
