internal import Glibc
internal import PluginRegistry
internal import Synchronization

/// A call through a binding against a raw call through the dlsym'd pointer, and against what others would do.
///
/// Each call depends on the one before. A raw call takes about eight cycles, so one cycle is 12 %, and the place of the
/// loop in memory is worth one: `scripts/bench` runs this in several layouts.
struct CallScenario {
    private let pairs: Int
    private let stage: CallStage

    init(_ arguments: Arguments) throws {
        pairs = arguments.pairs
        stage = try CallStage(arguments)
    }

    /// Every way, with one thread and with two.
    func rows() throws -> [Row] {
        let (function, binding, others) = (stage.function, stage.binding, Others(stage.adder))
        let raw = Way(name: "raw pointer", bound: nil) { callRaw(function, $0) }
        let ways = [
            raw,
            Way(name: "binding", bound: 1.15) { try callBinding(binding, $0) },
            Way(name: "atomic load, unprotected", bound: nil) { callAtomic(others, $0) },
            Way(name: "reference count", bound: nil) { callCounted(others, $0) },
            Way(name: "Mutex", bound: nil) { callLocked(others, $0) },
            Way(name: "pthread_rwlock", bound: nil) { callReadLocked(others, $0) },
        ]
        return try compare("call", ways, to: raw, threads: [1, 2], pairs: pairs)
    }
}

/// What the other ways keep the function's address in.
///
/// Each on cache lines of its own; lives until the process ends.
@safe private final class Others: @unchecked Sendable {
    // SAFETY: of @unchecked: atomics and locks; the addresses are never closed.
    let atomic: Atomic<UnsafeMutableRawPointer>
    let padding = InlineArray<16, Int>(repeating: 0)
    let count = Atomic<Int>(1)
    let morePadding = InlineArray<16, Int>(repeating: 0)
    let mutex: Mutex<Adder>
    let adder: Adder
    let lock: UnsafeMutablePointer<pthread_rwlock_t>

    init(_ adder: Adder) {
        unsafe atomic = unsafe Atomic(adder.address)
        mutex = Mutex(adder)
        self.adder = adder
        unsafe lock = .allocate(capacity: 1)
        unsafe pthread_rwlock_init(lock, nil)
    }
}

@inline(never) private func callAtomic(_ others: Others, _ count: Int32) -> Int32 {
    var sum: Int32 = 0
    for i in 0..<count {
        sum = unsafe unsafeBitCast(others.atomic.load(ordering: .acquiring), to: Add.self)(sum, i)
    }
    return sum
}

@inline(never) private func callCounted(_ others: Others, _ count: Int32) -> Int32 {
    var sum: Int32 = 0
    for i in 0..<count {
        others.count.add(1, ordering: .acquiring)
        sum = unsafe unsafeBitCast(others.atomic.load(ordering: .acquiring), to: Add.self)(sum, i)
        others.count.subtract(1, ordering: .releasing)
    }
    return sum
}

@inline(never) private func callLocked(_ others: Others, _ count: Int32) -> Int32 {
    var sum: Int32 = 0
    for i in 0..<count { sum = others.mutex.withLock { $0.function(sum, i) } }
    return sum
}

@inline(never) private func callReadLocked(_ others: Others, _ count: Int32) -> Int32 {
    var sum: Int32 = 0
    for i in 0..<count {
        unsafe pthread_rwlock_rdlock(others.lock)
        sum = others.adder.function(sum, i)
        unsafe pthread_rwlock_unlock(others.lock)
    }
    return sum
}
