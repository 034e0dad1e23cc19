internal import PluginRegistry

/// Calls that do not wait for each other: four sums side by side.
struct ThroughputScenario {
    private let pairs: Int
    private let stage: CallStage

    init(_ arguments: Arguments) throws {
        pairs = arguments.pairs
        stage = try CallStage(arguments)
    }

    func rows() throws -> [Row] {
        let (function, binding) = (stage.function, stage.binding)
        let raw = Way(name: "raw pointer", bound: nil) { callRawAbreast(function, $0) }
        let bound = Way(name: "binding", bound: nil) { try callAbreast(binding, $0) }
        return try compare("throughput", [raw, bound], to: raw, threads: [1, 2], pairs: pairs)
    }
}

@inline(never) private func callRawAbreast(_ function: Add, _ count: Int32) -> Int32 {
    var (a, b, c, d): (Int32, Int32, Int32, Int32) = (0, 0, 0, 0)
    for i in 0..<count / 4 {
        a = function(a, i)
        b = function(b, i)
        c = function(c, i)
        d = function(d, i)
    }
    return a &+ b &+ c &+ d
}

@inline(never) private func callAbreast(_ binding: Binding<Add>, _ count: Int32) throws -> Int32 {
    var (a, b, c, d): (Int32, Int32, Int32, Int32) = (0, 0, 0, 0)
    for i in 0..<count / 4 {
        a = try binding { $0(a, i) }
        b = try binding { $0(b, i) }
        c = try binding { $0(c, i) }
        d = try binding { $0(d, i) }
    }
    return a &+ b &+ c &+ d
}
