import FoundationEssentials

/// Asks the compiler which macros are integer constants: each is the value of an enumerator, in a source that may be full
/// of errors.
struct ConstantProbe {
    /// The macros, each by its number in the source.
    private let names: [String]

    /// What `-ast-dump-filter` is to find: the enumerators' names are this, a word, and the macro's number.
    static let filter = "swb_"

    init(_ names: [String]) {
        self.names = names
    }

    /// How many macros one run is asked for: each makes some 25 KB of syntax tree.
    private static let batch = 1000

    /// All macros, a run's worth each; one probe at least, because the first answer also tells the target.
    static func batches(of names: [String]) -> [ConstantProbe] {
        stride(from: 0, to: max(names.count, 1), by: batch).map { start in
            ConstantProbe(Array(names[start..<min(start + batch, names.count)]))
        }
    }

    /// A source to be compiled with the header included before it.
    ///
    /// C++ gives an enumerator that does not fit a value all the same, so the sign is asked for besides.
    var source: String {
        var lines = ["enum { swb_lp64 = sizeof(long) == 8 && sizeof(void *) == 8 ? 1 : 0 };"]
        for (number, name) in names.enumerated() {
            lines.append("enum { swb_negative_\(number) = (\(name)) < 0 ? 1 : 0 };")
            lines.append("enum : long long { swb_signed_\(number) = (\(name)) };")
            lines.append("enum : unsigned long long { swb_unsigned_\(number) = (\(name)) };")
        }
        return lines.joined(separator: "\n") + "\n"
    }

    /// What the compiler found.
    struct Answer: Equatable {
        var isLP64 = false
        var constants: [String: Int128] = [:]
    }

    /// Reads the answer: a tree for each enumerator, one behind the other; each ends with the only `}` at a line's start.
    func answer(_ text: [UInt8]) -> Answer {
        var values: [String: Int128] = [:]
        var tree: [UInt8] = []
        for line in text.split(separator: UInt8(ascii: "\n")) {
            tree += line
            guard line.elementsEqual([UInt8(ascii: "}")]) else { continue }
            // What is no tree is no constant; an enumerator whose value is wrong has none.
            if let node = try? SyntaxNode(json: tree), let name = node.name { values[name] = node.constant }
            tree = []
        }
        var answer = Answer(isLP64: values["swb_lp64"] == 1)
        for (number, name) in names.enumerated() {
            guard let isNegative = values["swb_negative_\(number)"] else { continue }
            answer.constants[name] = values[isNegative == 1 ? "swb_signed_\(number)" : "swb_unsigned_\(number)"]
        }
        return answer
    }
}

extension SyntaxNode {
    /// Reads clang's `-ast-dump=json`.
    init(json: [UInt8]) throws(HeaderError) {
        let decoder = JSONDecoder()
        if let key = SyntaxPlaces.key { decoder.userInfo[key] = SyntaxPlaces() }
        do {
            self = try decoder.decode(SyntaxNode.self, from: Data(json))
        } catch {
            throw .notUnderstood("its syntax tree: \(error)")
        }
    }
}
