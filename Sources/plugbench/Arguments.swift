/// What plugbench was asked for.
struct Arguments {
    /// In the order of the command line; all of them where it names none.
    var scenarios: [Scenario] = []
    /// The plugin whose `add` is called: built from `Plugins/Adder`.
    var adder = ".build/plugins/adder-1.2.0.so"
    /// How many pairs each ratio is the median of.
    var pairs = 31
    /// One JSON object per line and row, for programs.
    var isJSON = false

    /// Throws `BenchError.usage`.
    init(_ words: some Sequence<String>) throws(BenchError) {
        var words = words.makeIterator()
        while let word = words.next() {
            switch word {
            case "--json": isJSON = true
            case "--adder":
                guard let path = words.next() else { throw .usage("--adder wants a file") }
                adder = path
            case "--pairs":
                guard let count = words.next().flatMap({ Int($0) }), (1...10_000).contains(count) else {
                    throw .usage("--pairs wants a number from 1 to 10000")
                }
                pairs = count
            default:
                guard let scenario = Scenario(rawValue: word) else {
                    throw .usage("there is no scenario or option '\(word)'")
                }
                scenarios.append(scenario)
            }
        }
        if scenarios.isEmpty { scenarios = Scenario.allCases }
    }
}

/// What can be measured; a file each.
enum Scenario: String, CaseIterable {
    case call

    func run(_ arguments: Arguments) throws -> [Row] {
        switch self {
        case .call: try CallScenario(arguments).rows()
        }
    }
}

/// Why there is nothing to report.
enum BenchError: Error, CustomStringConvertible {
    case usage(String)
    /// dlopen(3) or dlsym(3) refused, with its words.
    case noAdder(path: String, reason: String)
    case noThread(errno: Int32)

    var code: String {
        switch self {
        case .usage: "bench.usage"
        case .noAdder: "bench.adder"
        case .noThread: "bench.thread"
        }
    }

    /// 2: the command line; 1: anything else.
    var exitCode: Int32 {
        if case .usage = self { 2 } else { 1 }
    }

    var description: String {
        switch self {
        case .usage(let sentence):
            "\(sentence); plugbench [\(Scenario.allCases.map(\.rawValue).joined(separator: "|"))]… [--adder FILE]"
                + " [--pairs N] [--json]"
        case .noAdder(let path, let reason):
            "\(path) cannot be used: \(reason); build it with scripts/build-plugins --only adder, or name another"
        case .noThread(let errno): "a thread could not be started (errno \(errno))"
        }
    }
}
