import CPin
import Dispatch
import Glibc
import PluginRegistry
import Testing

@Suite struct ThreadRecordTests {
    @Test(arguments: [1, 2, 3, 61, 62, 200])
    func nestsCalls(depth: Int) throws {
        let served = target([add])
        let binding: Binding<Add> = try route(serving: served).binding(0)
        func nest(_ level: Int) throws -> Int32 {
            guard level > 1 else { return try binding { $0(1, Int32(served.callCount)) } }
            return try binding { $0(1, try nest(level - 1)) }
        }
        #expect(try nest(depth) == Int32(2 * depth))
        #expect(served.callCount == 0)
    }

    @Test func keepsTheCallStackInOrder() async {
        await #expect(processExitsWith: .success) {
            let file = try RecordsFile.start()
            let served = target([add, add, add, add])
            let route = try route(serving: served)
            let (zero, one): (Binding<Add>, Binding<Add>) = (try route.binding(0), try route.binding(1))
            let (two, three): (Binding<Add>, Binding<Add>) = (try route.binding(2), try route.binding(3))
            var stack: [Int] = []
            try two { _ in
                try zero { _ in }
                try one { _ in try three { _ in try zero { _ in stack = served.holders.map(\.slotIndex) } } }
            }
            #expect(stack == [2, 1, 3, 0])
            #expect(file.busyCells == [])
        }
    }

    @Test func reusesTheRecordsOfThreadsThatCameAndWent() async {
        await #expect(processExitsWith: .success) {
            let file = try RecordsFile.start()
            let route = try route(serving: target([add]))
            let binding: Binding<Add> = try route.binding(0)
            for _ in 0..<100 {
                let threads = (0..<3).map { _ in OSThread { for _ in 0..<10 { _ = try? binding { $0(1, 1) } } } }
                for thread in threads { thread.join() }
            }
            #expect((2...4).contains(file.header.used))
            #expect(file.owned == 0)
        }
    }

    @Test func cleansUpAfterAThreadThatExitsInsideACall() async {
        await #expect(processExitsWith: .success) {
            let file = try RecordsFile.start()
            let served = target([add])
            let route = try route(serving: served)
            let binding: Binding<Add> = try route.binding(0)
            let thread = OSThread {
                // A pin of its own and no binding: the frames that pthread_exit leaves must hold nothing of Swift's.
                withUnsafePointer(to: binding) { exitInside($0) }
            }
            thread.join()
            #expect(served.callCount == 0)
            #expect(file.owned == 0)
        }
    }

    @Test func failsCleanlyWhenAllRecordsAreTaken() async {
        await #expect(processExitsWith: .success) {
            // Record 0 belongs to no thread: that leaves two.
            _ = try RecordsFile.start(capacity: 3)
            let route = try route(serving: target([add]))
            let binding: Binding<Add> = try route.binding(0)
            let first = Caller(binding)
            let second = Caller(binding)
            #expect(throws: BindingError.tooManyThreads(route: "adder ^1")) { try binding { $0(1, 1) } }
            first.leave()
            #expect(try binding { $0(1, 1) } == 2)
            second.leave()
        }
    }

    @Test func failsCleanlyWhenADeepNestFindsNoFurtherRecord() async {
        await #expect(processExitsWith: .success) {
            let file = try RecordsFile.start(capacity: 3)
            let route = try route(serving: target([add]))
            let binding: Binding<Add> = try route.binding(0)
            func nest(_ level: Int) throws -> Int { try binding { _ in (try? nest(level + 1)) ?? level } }
            #expect(try nest(1) == 2 * Int(CPIN_CELLS))
            #expect(file.busyCells == [])
            #expect(try binding { $0(1, 1) } == 2)
        }
    }

    @Test func servesCallsFromThreadLocalDestructors() async {
        await #expect(processExitsWith: .success) {
            let file = try RecordsFile.start()
            let route = try route(serving: target([add]))
            binding = try route.binding(0)
            // Made after the pins' own key, so that its destructor runs after theirs.
            var key = pthread_key_t()
            pthread_key_create(&key) { _ in
                let sum = try? binding.map {
                    try $0 { outer in try binding.map { try $0 { $0(outer(1, 1), 3) } } ?? 0 }
                }
                sums.withLock { $0.append(sum ?? 0) }
            }
            for _ in 0..<200 {
                let thread = OSThread { [key] in
                    _ = try? binding?({ $0(1, 1) })
                    pthread_setspecific(key, UnsafeRawPointer(bitPattern: 1))
                }
                thread.join()
            }
            #expect(sums.withLock { $0 } == [Int32](repeating: 5, count: 200))
            #expect(file.header.used <= 3)
            #expect(file.owned == 0)
            #expect(file.busyCells == [])
        }
    }

    @Test func leavesARecordOfACallThatTheProcessDiedIn() async throws {
        let path = "/dev/shm/switchboard-pins-\(getpid())-died"
        defer { unlink(path) }
        await #expect(processExitsWith: .signal(SIGKILL)) { [path = path as String] in
            let file = RecordsFile(at: path)
            try Pins.start(recordsIn: file.descriptor)
            let route = try route(serving: target([add, multiply]))
            let binding: Binding<Add> = try route.binding(1)
            try binding { _ in _ = kill(getpid(), SIGKILL) }
        }
        let file = RecordsFile(reading: path)
        defer { close(file.descriptor) }
        #expect(file.header.magic == CPIN_MAGIC)
        #expect(file.header.record_size == CPIN_RECORD_SIZE)
        #expect(file.header.process > 0)
        #expect(file.busyCells.count == 1)
        #expect(file.owned == 1)
    }
}

// For destructors, which capture nothing.
nonisolated(unsafe) private var binding: Binding<Add>?
private let sums = Lock<[Int32]>([])

/// Ends the calling thread while it is inside a call.
private func exitInside(_ binding: UnsafePointer<Binding<Add>>) {
    try? binding.pointee { _ in pthread_exit(nil) }
}
