import Glibc
import PluginRegistry
import Testing

@Suite struct ForkTests {
    @Test func aChildCallsOnWithoutTouchingItsParentsRecords() async {
        await #expect(processExitsWith: .success) {
            let file = try RecordsFile.start()
            let served = target([add, multiply])
            let route = try route(serving: served)
            let outer: Binding<Add> = try route.binding(0)
            let inner: Binding<Add> = try route.binding(1)
            let other = Caller(outer)
            #expect(!Pins.isForkedChild)
            try outer { function in
                let before = file.busyCells
                #expect(before.count == 2)
                let child = fork()
                if child == 0 {
                    // The call that was under way is still there; the other thread's is not.
                    var isRight = Pins.isForkedChild && served.holders.map(\.slotIndex) == [0]
                    isRight = isRight && (try? inner { $0(3, 4) }) == 12 && function(3, 4) == 7
                    isRight = isRight && served.isHeldByThisThread
                    // The child stays in here, where a cell of the parent's would show it.
                    isRight = isRight && (try? inner { _ in file.busyCells == before }) == true
                    _exit(isRight ? 0 : 1)
                }
                var status: Int32 = 0
                #expect(waitpid(child, &status, 0) == child)
                #expect(status == 0)
                #expect(file.busyCells == before)
            }
            #expect(file.busyCells.count == 1)
            other.leave()
            #expect(file.busyCells == [])
        }
    }

    @Test func aChildKeepsADeepNest() async {
        await #expect(processExitsWith: .success) {
            _ = try RecordsFile.start()
            let served = target([add])
            let binding: Binding<Add> = try route(serving: served).binding(0)
            func nest(_ level: Int) throws {
                guard level > 0 else {
                    let child = fork()
                    if child == 0 { _exit(served.callCount == 150 ? 0 : 1) }
                    var status: Int32 = -1
                    waitpid(child, &status, 0)
                    #expect(status == 0)
                    return
                }
                try binding { _ in try nest(level - 1) }
            }
            try nest(150)
        }
    }

    @Test func aChildDrainsNothing() async {
        await #expect(processExitsWith: .success) {
            let route = try route(serving: target([add]))
            let reclaimer = try Reclaimer()
            let child = fork()
            if child == 0 {
                guard let old = route.publish(nil) else { _exit(1) }
                // A child has one thread: its task must be run by it.
                let outcome = Lock<DrainOutcome?>(nil)
                let task = Task.immediate { @Sendable in
                    let answer = await reclaimer.drain([old], limit: .zero)
                    outcome.withLock { $0 = answer }
                }
                _ = task
                _exit(outcome.withLock { $0 } == .degraded ? 0 : 2)
            }
            var status: Int32 = -1
            waitpid(child, &status, 0)
            #expect(status == 0)
            await reclaimer.shutdown()
        }
    }
}

/// fork(2), which Glibc's module declares unavailable.
private func fork() -> pid_t {
    let address = dlsym(nil, "fork")
    precondition(address != nil, "no fork")
    return unsafeBitCast(address, to: (@convention(c) () -> pid_t).self)()
}
