internal import PluginRegistry

/// Calls on a lease that is held already, against raw calls.
///
/// A lease is only lent, so it is called on the thread that it is lent to; a second thread has its own cells and changes
/// nothing.
struct HeldLeaseScenario {
    private let pairs: Int
    private let stage: CallStage

    init(_ arguments: Arguments) throws {
        pairs = arguments.pairs
        stage = try CallStage(arguments)
    }

    func rows() async throws -> [Row] {
        let (function, pairs) = (stage.function, pairs)
        let ratio = try await stage.binding.withLease { lease in
            compareHere(pairs: pairs) {
                callRaw(function, $0)
            } way: {
                callLease(lease, $0)
            }
        }
        return [Row("held-lease", "call on a held lease", to: "raw pointer", ratio, bound: 1.05)]
    }
}

@inline(never) private func callLease(_ lease: borrowing Lease<Add>, _ count: Int32) -> Int32 {
    var sum: Int32 = 0
    for i in 0..<count { sum = lease { $0(sum, i) } }
    return sum
}
