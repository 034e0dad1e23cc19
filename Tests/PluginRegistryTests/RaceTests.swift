import Glibc
import PluginRegistry
import Synchronization
import Testing

@Suite struct RaceTests {
    @Test func survivesTenThousandSwapsUnderCalls() async {
        await #expect(processExitsWith: .success) {
            try Pins.start()
            try await race(swaps: 10_000)
        }
    }

    @Test func survivesThemInSequentialModeToo() async {
        await #expect(processExitsWith: .success) {
            try Pins.start(sequential: true)
            try await race(swaps: 10_000)
        }
    }
}

/// What one generation's calls read: its number, in a page of its own, which nobody may read once it is drained.
private final class Page: Sendable {
    static let size = sysconf(Int32(_SC_PAGESIZE))
    nonisolated(unsafe) let address: UnsafeMutableRawPointer

    init(_ number: Int) {
        address = mmap(nil, Self.size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)
        precondition(address != MAP_FAILED, "mmap: \(errno)")
        address.storeBytes(of: number, as: Int.self)
    }

    /// From now on a call that reads the page ends the process with SIGSEGV.
    func poison() { precondition(mprotect(address, Self.size, PROT_NONE) == 0) }

    deinit { munmap(address, Self.size) }
}

private typealias Read = @convention(c) (UnsafeMutableRawPointer?) -> Int

// Two functions, so that a function of one generation with the instance of another gives a wrong answer.
private let readEven: Read = { $0.map { $0.load(as: Int.self) } ?? -1 }
private let readOdd: Read = { $0.map { -$0.load(as: Int.self) } ?? -1 }

/// Publishes generation after generation on two routes while threads call through both, nested and not, and come and go.
///
/// A drained generation is poisoned at once and freed a little later: were its memory used again at once, a call that is
/// late could not be told from a good one. Ends with every answer right and every target's memory freed.
private func race(swaps: Int) async throws {
    let routes = [Route(label: "even and odd ^1"), Route(label: "even and odd ^2")]
    let bindings = try routes.map { try $0.binding(0, as: Read.self) }
    let wrong = Atomic<Int>(0)
    let calls = Atomic<Int>(0)
    let isOver = Atomic<Bool>(false)

    @Sendable func check(_ read: Read, _ instance: UnsafeMutableRawPointer?, _ context: UnsafeMutableRawPointer?) {
        let number = Int(bitPattern: context)
        if read(instance) != (number % 2 == 0 ? number : -number) { wrong.add(1, ordering: .relaxed) }
    }

    func generation(_ number: Int) -> (target: Target, page: Page) {
        let page = Page(number)
        let read = unsafeBitCast(number % 2 == 0 ? readEven : readOdd, to: UnsafeMutableRawPointer.self)
        let context = UnsafeMutableRawPointer(bitPattern: number)
        return (target([read], instance: page.address, context: context, generation: number), page)
    }

    // Preempted wherever the kernel likes, often between the instructions of a pin.
    @Sendable func callTightly(_ rounds: Int) {
        let binding = bindings[0]
        for _ in 0..<rounds { try? binding { check($0, $1, $2) } }
        calls.add(rounds, ordering: .relaxed)
    }

    // Nested, over both routes, and preempted inside a call.
    @Sendable func callAround(_ rounds: Int) {
        for round in 0..<rounds {
            let (outer, inner) = (bindings[round % 2], bindings[0])
            try? outer { read, instance, context in
                check(read, instance, context)
                if round % 8 == 0 { try? inner { check($0, $1, $2) } }
                if round % 64 == 0 { sched_yield() }
                check(read, instance, context)
            }
        }
        calls.add(rounds, ordering: .relaxed)
    }

    var pages: [Page] = []
    for (number, route) in zip(1..., routes) {
        let first = generation(number)
        route.publish(first.target)
        pages.append(first.page)
    }
    let callers = (0..<4).map { index in
        OSThread {
            while !isOver.load(ordering: .relaxed) { index < 3 ? callTightly(1024) : callAround(256) }
        }
    }
    let visitors = OSThread {
        while !isOver.load(ordering: .relaxed) {
            OSThread { callAround(16) }.join()
            usleep(1000)
        }
    }

    let reclaimer = try Reclaimer()
    let graveyard = Lock<[(Target, Page)]>([])
    func retire(_ target: Target, _ page: Page) async {
        guard case .drained = await reclaimer.drain([target], limit: .seconds(600)) else {
            Issue.record("generation \(target.generation) did not drain")
            return
        }
        page.poison()
        graveyard.withLock { graveyard in
            graveyard.append((target, page))
            if graveyard.count > 512 { graveyard.removeFirst(256) }
        }
    }
    try await withThrowingTaskGroup { group in
        for number in 3..<(3 + swaps) {
            let next = generation(number)
            guard let old = routes[number % 2].publish(next.target) else { continue }
            let page = pages[number % 2]
            pages[number % 2] = next.page
            group.addTask { await retire(old, page) }
            // A preempted caller holds its target for a time slice: let some wait together.
            if number > 64 { try await group.next() }
        }
        try await group.waitForAll()
    }
    isOver.store(true, ordering: .relaxed)
    for thread in callers + [visitors] { thread.join() }
    for (route, page) in zip(routes, pages) {
        guard let last = route.publish(nil) else { continue }
        await retire(last, page)
    }
    await reclaimer.shutdown()
    graveyard.withLock { $0 = [] }
    #expect(wrong.load(ordering: .relaxed) == 0)
    #expect(calls.load(ordering: .relaxed) > 0)
    #expect(Target.liveCount == 0)
}
