internal import PluginRegistry

/// Eight calls under one pin, each against a raw call: the pin is paid for once.
struct PinScenario {
    private let pairs: Int
    private let stage: CallStage

    init(_ arguments: Arguments) throws {
        pairs = arguments.pairs
        stage = try CallStage(arguments)
    }

    func rows() throws -> [Row] {
        let (function, binding) = (stage.function, stage.binding)
        let raw = Way(name: "raw pointer", bound: nil) { callRawInBlocks(function, $0) }
        let block = Way(name: "8 calls in a pin block, each", bound: 1.0) { try callInBlocks(binding, $0) }
        return try compare("pin", [raw, block], to: raw, threads: [1, 2], pairs: pairs)
    }
}

@inline(never) private func callRawInBlocks(_ function: Add, _ count: Int32) -> Int32 {
    var sum: Int32 = 0
    for i in 0..<count / 8 {
        for j in 0..<Int32(8) { sum = function(sum, i &+ j) }
    }
    return sum
}

@inline(never) private func callInBlocks(_ binding: Binding<Add>, _ count: Int32) throws -> Int32 {
    var sum: Int32 = 0
    for i in 0..<count / 8 {
        try binding.pin { pinned in
            for j in 0..<Int32(8) { sum = pinned { $0(sum, i &+ j) } }
        }
    }
    return sum
}
