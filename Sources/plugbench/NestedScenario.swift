internal import PluginRegistry

/// Calls from inside calls, as a plugin's callback into its host makes them, against as many raw calls.
///
/// Two levels stay on the inline path; the third goes out of line, where a thread's further cells are.
struct NestedScenario {
    private let pairs: Int
    private let stage: CallStage

    init(_ arguments: Arguments) throws {
        pairs = arguments.pairs
        stage = try CallStage(arguments)
    }

    /// One row per depth; the time is that of all its calls together.
    func rows() throws -> [Row] {
        let (function, binding) = (stage.function, stage.binding)
        return try compare(
            "nested", [Way(name: "2 levels", bound: nil) { try callTwoDeep(binding, $0) }],
            to: Way(name: "2 raw calls", bound: nil) { callTwice(function, $0) }, pairs: pairs)
            + compare(
                "nested", [Way(name: "3 levels", bound: nil) { try callThreeDeep(binding, $0) }],
                to: Way(name: "3 raw calls", bound: nil) { callThrice(function, $0) }, pairs: pairs)
    }
}

@inline(never) private func callTwice(_ function: Add, _ count: Int32) -> Int32 {
    var sum: Int32 = 0
    for i in 0..<count { sum = function(function(sum, i), i) }
    return sum
}

@inline(never) private func callThrice(_ function: Add, _ count: Int32) -> Int32 {
    var sum: Int32 = 0
    for i in 0..<count { sum = function(function(function(sum, i), i), i) }
    return sum
}

@inline(never) private func callTwoDeep(_ binding: Binding<Add>, _ count: Int32) throws -> Int32 {
    var sum: Int32 = 0
    for i in 0..<count { sum = try binding { outer in outer(try binding { $0(sum, i) }, i) } }
    return sum
}

@inline(never) private func callThreeDeep(_ binding: Binding<Add>, _ count: Int32) throws -> Int32 {
    var sum: Int32 = 0
    for i in 0..<count {
        sum = try binding { outer in
            outer(try binding { middle in middle(try binding { $0(sum, i) }, i) }, i)
        }
    }
    return sum
}
