internal import PluginRegistry

/// One call behind a function that is not inlined, as in most programs: nothing can be hoisted out of a loop.
///
/// The function adds one, as its last step would otherwise be a jump into the plugin instead of a call.
struct NoinlineScenario {
    private let pairs: Int
    private let stage: CallStage

    init(_ arguments: Arguments) throws {
        pairs = arguments.pairs
        stage = try CallStage(arguments)
    }

    func rows() throws -> [Row] {
        let (function, binding) = (stage.function, stage.binding)
        let raw = Way(name: "raw pointer", bound: nil) { callRawWrapped(function, $0) }
        let bound = Way(name: "binding", bound: nil) { try callWrapped(binding, $0) }
        return try compare("noinline", [raw, bound], to: raw, threads: [1, 2], pairs: pairs)
    }
}

@inline(never) private func addRaw(_ function: Add, _ left: Int32, _ right: Int32) -> Int32 {
    function(left, right) &+ 1
}

@inline(never) private func add(_ binding: Binding<Add>, _ left: Int32, _ right: Int32) throws -> Int32 {
    try binding { $0(left, right) } &+ 1
}

@inline(never) private func callRawWrapped(_ function: Add, _ count: Int32) -> Int32 {
    var sum: Int32 = 0
    for i in 0..<count { sum = addRaw(function, sum, i) }
    return sum
}

@inline(never) private func callWrapped(_ binding: Binding<Add>, _ count: Int32) throws -> Int32 {
    var sum: Int32 = 0
    for i in 0..<count { sum = try add(binding, sum, i) }
    return sum
}
