import CPin
import Glibc
import PluginRegistry
import TestSupport
import Testing

@Suite struct LeaseTests {
    @Test func callsTheVersionThatServedWhenItWasTaken() async throws {
        let route = try route(serving: target([add]))
        let binding: Binding<Add> = try route.binding(0)
        let sum = try await binding.withLease { lease in
            route.publish(target([multiply]))
            await Task.yield()
            let now = try binding { $0(2, 3) }
            #expect(now == 6)
            return lease { $0(2, 3) }
        }
        #expect(sum == 5)
    }

    @Test func handsOutInstanceAndContext() async throws {
        let route = try route()
        let instance = UnsafeMutableRawPointer(bitPattern: 0x1000)
        let context = UnsafeMutableRawPointer(bitPattern: 0x2000)
        route.publish(target([add], instance: instance, context: context))
        let binding: Binding<Add> = try route.binding(0)
        try await binding.withLease { lease in
            #expect(lease { function, got in function(1, 1) == 2 && got == instance })
            #expect(lease { _, first, second in first == instance && second == context })
        }
    }

    @Test func countsAsAHolderAndItsCallsNameTheirThread() async throws {
        let served = target([add, multiply])
        let binding: Binding<Add> = try route(serving: served).binding(1)
        try await binding.withLease { lease in
            #expect(served.holders.map(\.isLease) == [true])
            #expect(served.holders.map(\.threadID) == [0])
            #expect(served.holders.map(\.slotIndex) == [1])
            #expect(!served.isHeldByThisThread)
            lease { _ in
                #expect(served.isHeldByThisThread)
                #expect(served.holders.count == 2)
                #expect(served.holders.filter { !$0.isLease }.allSatisfy { $0.threadID > 0 && $0.slotIndex == 1 })
                lease { function in #expect(function(3, lease { $0(2, 2) }) == 12) }
            }
            #expect(served.callCount == 1)
        }
        #expect(served.callCount == 0)
    }

    @Test func isGivenBackWhenItsBodyThrows() async throws {
        struct Mine: Error {}
        let served = target([add])
        let binding: Binding<Add> = try route(serving: served).binding(0)
        await #expect(throws: Mine.self) { try await binding.withLease { lease in try lease { _ in throw Mine() } } }
        #expect(served.callCount == 0)
    }

    @Test func throwsOnceTheRouteIsEmpty() async throws {
        let route = try route("greeter ^1.2", serving: target([add]))
        let binding: Binding<Add> = try route.binding(0)
        route.publish(nil)
        await #expect(throws: BindingError.unloaded(route: "greeter ^1.2")) { try await binding.withLease { _ in } }
    }

    @Test func keepsATargetFromDraining() async throws {
        let route = try route(serving: target([add]))
        let binding: Binding<Add> = try route.binding(0)
        let reclaimer = try Reclaimer()
        let (lateDrains, late) = AsyncStream.makeStream(of: Void.self)
        try await binding.withLease { lease in
            let old = try #require(route.publish(target([multiply])))
            let outcome = await reclaimer.drain([old], limit: .milliseconds(20)) { late.yield() }
            guard case .timedOut(let holders) = outcome else {
                Issue.record("not timed out: \(outcome)")
                return
            }
            #expect(holders.map(\.isLease) == [true])
            #expect(lease { $0(2, 3) } == 5)
        }
        for await _ in lateDrains { break }
        await reclaimer.shutdown()
    }

    @Test(arguments: [false, true])
    func staysWhenItsThreadEndsAndGoesOnAnyOther(sequential: Bool) async {
        await #expect(processExitsWith: .success) { [sequential] in
            let file = try RecordsFile.start(sequential: sequential)
            let block = Block()
            let lease = Lock<(cell: UInt, target: UInt)>((0, 0))
            OSThread {
                let taken = cpin_lease_enter(block.route, 8)
                lease.withLock { $0 = (UInt(bitPattern: taken.cell), UInt(bitPattern: taken.target)) }
            }.join()
            #expect(lease.withLock { $0.target } == block.address)
            #expect(file.busyCells == [block.address + 8])
            let cell = try #require(
                UnsafeMutablePointer<UnsafeMutableRawPointer?>(bitPattern: lease.withLock { $0.cell }))
            OSThread { [cell = UInt(bitPattern: cell)] in
                let cell = UnsafeMutablePointer<UnsafeMutableRawPointer?>(bitPattern: cell)
                cpin_lease_leave(cpin_pin(target: nil, cell: cell))
            }.join()
            #expect(file.busyCells == [])
        }
    }

    @Test func reusesTheCellsOfLeasesThatWereGivenBack() async {
        await #expect(processExitsWith: .success) {
            let file = try RecordsFile.start()
            let block = Block()
            var used: [UInt32] = []
            for _ in 0..<3 {
                // Some on threads that end, whose homes the next ones take over.
                let taken = Lock<[UInt]>([])
                for _ in 0..<4 {
                    OSThread {
                        for _ in 0..<50 {
                            let lease = cpin_lease_enter(block.route, 8)
                            taken.withLock { $0.append(UInt(bitPattern: lease.cell)) }
                        }
                    }.join()
                }
                let cells = taken.withLock { $0 }
                #expect(Set(cells).count == 200)
                #expect(file.busyCells.count == 200)
                for cell in cells {
                    let cell = UnsafeMutablePointer<UnsafeMutableRawPointer?>(bitPattern: cell)
                    cpin_lease_leave(cpin_pin(target: nil, cell: cell))
                }
                #expect(file.busyCells == [])
                used.append(file.header.used)
            }
            // Four records hold 244 leases; one more is for the threads, one after the other, and one is nobody's.
            #expect(used == [6, 6, 6])
        }
    }

    @Test func failsCleanlyWhenAllRecordsAreTaken() async {
        await #expect(processExitsWith: .success) {
            // One for this thread, one for its leases.
            let file = try RecordsFile.start(capacity: 3)
            let block = Block()
            let leases = (0..<Int(CPIN_CELLS)).map { _ in cpin_lease_enter(block.route, 8) }
            #expect(leases.allSatisfy { $0.target != nil })
            #expect(cpin_lease_enter(block.route, 8).cell == nil)
            for lease in leases { cpin_lease_leave(lease) }
            #expect(file.busyCells == [])
        }
    }

    @Test func outlivesAForkInTheChild() async {
        await #expect(processExitsWith: .success) {
            let file = try RecordsFile.start()
            let block = Block()
            let lease = cpin_lease_enter(block.route, 8)
            let child = ForkedChild.start()
            if child == 0 {
                var isRight = cpin_holders(block.route.pointee!, block.route.pointee! + 64, nil, 0) == 1
                cpin_lease_leave(lease)
                isRight = isRight && cpin_holders(block.route.pointee!, block.route.pointee! + 64, nil, 0) == 0
                let next = cpin_lease_enter(block.route, 8)
                isRight = isRight && next.cell == lease.cell
                _exit(isRight ? 0 : 1)
            }
            #expect(try ForkedChild.exitCode(of: child) == 0)
            #expect(file.busyCells == [block.address + 8])
            cpin_lease_leave(lease)
            #expect(file.busyCells == [])
        }
    }
}

/// A block of memory, and a route that leads to it; both for the rest of the process.
private struct Block: @unchecked Sendable {
    let route: UnsafeMutablePointer<UnsafeMutableRawPointer?>
    let address: UInt

    init() {
        let block = UnsafeMutableRawPointer.allocate(byteCount: 64, alignment: 64)
        address = UInt(bitPattern: block)
        route = .allocate(capacity: 1)
        route.initialize(to: block)
    }
}
