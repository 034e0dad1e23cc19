import Glibc
import PluginRegistry
import Synchronization
import Testing

@Suite struct HandOverTests {
    /// Memory that is neither atomic nor locked is read and written by calls, and by whoever hands it over.
    ///
    /// Calls re-enter their own plugin, through routes and through leases. ThreadSanitizer sees what the sum does not.
    @Test func handsOverPlainMemoryUnderCalls() async {
        await #expect(processExitsWith: .success) {
            try Pins.start()
            try await handOver(times: 2_000)
        }
    }

    @Test func handsItOverInSequentialModeToo() async {
        await #expect(processExitsWith: .success) {
            try Pins.start(sequential: true)
            try await handOver(times: 500)
        }
    }
}

private typealias Count = @convention(c) (UnsafeMutableRawPointer?, Int) -> Void

/// Adds one to the place of a caller; no two share one.
private let count: Count = { memory, place in
    memory?.advanced(by: place * 64).withMemoryRebound(to: Int.self, capacity: 1) { $0.pointee += 1 }
}

private func handOver(times: Int) async throws {
    let places = 5
    nonisolated(unsafe) let memory = UnsafeMutableRawPointer.allocate(byteCount: places * 64, alignment: 64)
    memory.initializeMemory(as: UInt8.self, repeating: 0, count: places * 64)
    defer { memory.deallocate() }
    let function = unsafeBitCast(count, to: UnsafeMutableRawPointer.self)
    func generation(_ number: Int) -> Target {
        target([function], instance: memory, generation: number)
    }

    let route = Route(label: "counter ^1")
    route.publish(generation(0))
    let binding: Binding<Count> = try route.binding(0)
    let isOver = Atomic(false)
    let failures = Atomic(0)
    let calls = Lock([Int](repeating: 0, count: places))

    @Sendable func call(_ place: Int) {
        do {
            try binding { function, memory in
                function(memory, place)
                try binding { function, memory in function(memory, place) }
            }
            calls.withLock { $0[place] += 2 }
        } catch {
            failures.add(1, ordering: .relaxed)
        }
    }
    let callers = (0..<4).map { place in
        OSThread { while !isOver.load(ordering: .relaxed) { call(place) } }
    }
    let leaseholder = Task.detached {
        while !isOver.load(ordering: .relaxed) {
            try await binding.withLease { lease in
                await Task.yield()
                lease { function, memory in function(memory, places - 1) }
                try binding { function, memory in function(memory, places - 1) }
                try await binding.withLease { inner in inner { function, memory in function(memory, places - 1) } }
            }
            calls.withLock { $0[places - 1] += 3 }
        }
    }

    let reclaimer = try Reclaimer()
    for number in 1...times {
        let old = try #require(route.target)
        let hold = Hold([route], inside: [old], until: .now + .seconds(600))
        guard case .drained = await reclaimer.quiesce(hold, limit: .seconds(600)) else {
            Issue.record("hold \(number) did not become quiet")
            break
        }
        for place in 0..<places { count(memory, place) }
        hold.end([(route, generation(number))])
        guard case .drained = await reclaimer.drain([old], limit: .seconds(600)) else {
            Issue.record("generation \(number - 1) did not drain")
            break
        }
    }
    isOver.store(true, ordering: .relaxed)
    for caller in callers { caller.join() }
    try await leaseholder.value
    let last = try #require(route.publish(nil))
    _ = await reclaimer.drain([last], limit: .seconds(600))
    await reclaimer.shutdown()

    let sums = (0..<places).map { memory.load(fromByteOffset: $0 * 64, as: Int.self) - times }
    #expect(failures.load(ordering: .relaxed) == 0)
    #expect(sums == calls.withLock { $0 })
    #expect(sums.allSatisfy { $0 > 0 })
}
