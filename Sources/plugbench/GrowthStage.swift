/// Measures every operation at one size, beside its baseline.
struct GrowthStage {
    /// What may not grow.
    enum Operation: CaseIterable {
        case call, publish, bind, load, swap
    }

    /// One operation at one size.
    struct Cell {
        let operation: Operation
        let row: Row
    }

    /// The plugin of the host that does not grow.
    let reference: GrowthPlugin
    private let rounds = 30

    /// All operations with this plugin; `size` says how large its host is.
    ///
    /// - Parameter promise: what a publication may cost beside the one of the small host, where anything is promised.
    func measure(_ plugin: GrowthPlugin, _ size: String, publication promise: Double? = nil) async throws -> [Cell] {
        let host = "on the host that does not grow"
        let (binding, still) = (plugin.binding, reference.binding)
        // The same loop in both, so that its place in memory is no matter. A cycle is 0.12.
        let calls = try compare(
            "growth", [Way(name: "call, \(size)", bound: 1.15) { try callBinding(binding, $0) }],
            to: Way(name: host, bound: nil) { try callBinding(still, $0) }, pairs: 15)
        var (publications, binds, loads, swaps) = (Events(), Events(), Events(), Events())
        for round in 1...rounds {
            let small = try await reference.timeSwap(to: round % 2)
            let large = try await plugin.timeSwap(to: round % 2)
            swaps.add(large.whole, beside: small.whole)
            publications.add(large.publication, beside: small.publication)
            // The first after a swap finds cold caches, whosever it is.
            _ = (try reference.timeBind(), try plugin.timeBind())
            let smallBind = try reference.timeBind()
            binds.add(try plugin.timeBind(), beside: smallBind)
            let load = try await plugin.timeLoad()
            loads.add(load.gated, beside: load.bare)
        }
        return calls.map { Cell(operation: .call, row: $0) } + [
            Cell(
                operation: .publish,
                row: Row("growth", "publish, \(size)", to: host, publications, bound: promise)),
            Cell(operation: .bind, row: Row("growth", "bind, \(size)", to: host, binds)),
            Cell(operation: .load, row: Row("growth", "load, \(size)", to: "bare dlopen and dlsym", loads)),
            Cell(operation: .swap, row: Row("growth", "swap, \(size)", to: host, swaps)),
        ]
    }
}
