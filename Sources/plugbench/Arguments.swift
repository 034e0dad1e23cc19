internal import Compatibility

/// What plugbench was asked for.
struct Arguments {
    static let usage = "plugbench [scenario…] [--adder FILE] [--include DIR] [--pairs N] [--json] [--list]"

    /// In the order of the command line; all of them where it names none.
    var scenarios: [Scenario] = []
    /// The plugin whose `add` is called: built from `Plugins/Adder`.
    var adder = ".build/plugins/adder-1.2.0.so"
    /// Where `switchboard.h` lies, for the sample plugins that are built while measuring.
    var include = "Sources/CPluginABI/include"
    /// How many pairs each ratio of a loop of calls is the median of.
    var pairs = 31
    /// One JSON object per line and row, for programs.
    var isJSON = false
    /// Only say what can be measured.
    var isList = false

    /// Throws `BenchError.usage`.
    init(_ words: some Sequence<String>) throws(BenchError) {
        var words = words.makeIterator()
        while let word = words.next() {
            switch word {
            case "--json": isJSON = true
            case "--list": isList = true
            case "--adder":
                guard let path = words.next() else { throw .usage("--adder wants a file") }
                adder = path
            case "--include":
                guard let path = words.next() else { throw .usage("--include wants the folder of switchboard.h") }
                include = path
            case "--pairs":
                guard let count = words.next().flatMap({ Int($0) }), (1...10_000).contains(count) else {
                    throw .usage("--pairs wants a number from 1 to 10000")
                }
                pairs = count
            default: scenarios.append(try Self.scenario(named: word))
            }
        }
        if scenarios.isEmpty { scenarios = Scenario.allCases }
    }

    private static func scenario(named word: String) throws(BenchError) -> Scenario {
        if let scenario = Scenario(rawValue: word) { return scenario }
        let options = ["--json", "--list", "--adder", "--include", "--pairs"]
        let nearest = NearestName.nearest(to: word, among: Scenario.allCases.map(\.rawValue) + options)
        throw .usage(
            "there is no scenario or option '\(word)'"
                + (nearest.map { ", did you mean \($0)?" } ?? ", --list names all scenarios"))
    }
}
