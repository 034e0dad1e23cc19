package import Compatibility

extension Contract {
    /// Reads a snapshot back.
    ///
    /// The text may be hostile: its size, the depth of what stands in it and the work for its digests are bounded.
    ///
    /// - Throws: at the first line that is wrong, and at an export or callback whose digest is not that of the type written
    ///   there: the text was edited.
    package init(snapshot text: String, digestLimit: Int = digestLimit) throws(LineError) {
        self = try SnapshotReader(text, digestLimit: digestLimit).contract()
    }

    /// Whether a file's name may stand between the quotes of an `#include`, and in a line of a snapshot.
    package static func isHeaderName(_ text: String) -> Bool {
        !text.isEmpty && text.utf8.first != UInt8(ascii: " ") && !text.utf8.contains { "/\"\\".utf8.contains($0) }
            && text == printable(text, limit: snapshotLimit)
    }

    /// Whether a text means to be a snapshot: its first word says so.
    package static func isSnapshot(_ text: String) -> Bool { text.utf8.starts(with: snapshotMark.utf8) }
}

/// Reads a snapshot: first which types there are, then what stands behind them and the exports, then the digests.
private struct SnapshotReader {
    /// A line without indentation and those below it that have some.
    private let entries: [Entry]
    private let digestLimit: Int

    private struct Entry {
        var head: SnapshotLine
        var body: ArraySlice<SnapshotLine>
    }

    /// Unnamed structs inside each other.
    private static let depthLimit = 32

    init(_ text: String, digestLimit: Int) throws(LineError) {
        self.digestLimit = digestLimit
        guard text.utf8.count <= Contract.snapshotLimit else {
            throw LineError(
                line: nil, problem: "the snapshot has \(text.utf8.count) bytes, the limit is \(Contract.snapshotLimit)",
                remedy: "split the header")
        }
        let lines = try SnapshotLine.lines(of: text)
        var entries: [Entry] = []
        for (index, line) in lines.enumerated() {
            if line.isIndented {
                guard !entries.isEmpty else { throw line.error("belongs to nothing", "begin with \(Self.firstLine)") }
                let start = entries[entries.count - 1].body.startIndex
                entries[entries.count - 1].body = lines[start...index]
            } else {
                entries.append(Entry(head: line, body: lines[(index + 1)..<(index + 1)]))
            }
        }
        self.entries = entries
    }

    private static let firstLine = "\(Contract.snapshotMark) \(Contract.snapshotVersion)"

    func contract() throws(LineError) -> Contract {
        guard let first = entries.first?.head, first.words.first == Contract.snapshotMark else {
            throw LineError(
                line: 1, problem: "this is no snapshot", remedy: "write one with plugctl contract snapshot HEADER")
        }
        guard first.words == Self.firstLine.split(separator: " ").map(String.init) else {
            throw first.error("is of a form that is not known here", "read it with the plugctl that wrote it")
        }
        var contract = Contract(header: "", target: "")
        var names: [CTypeParser.Reference: CType] = [:]
        var heads: [TypeName: SnapshotLine] = [:]
        for entry in entries {
            guard let (name, type) = try SnapshotHead.name(of: entry.head) else { continue }
            guard heads.updateValue(entry.head, forKey: name) == nil else {
                throw entry.head.error("\(name) is defined a second time")
            }
            names[name.kind == .typedef ? .plain(name.name) : .tag(name.kind, name.name)] = type
        }
        for entry in entries.dropFirst() { try read(entry, names, into: &contract) }
        guard !contract.header.isEmpty, !contract.target.isEmpty else {
            let missing = contract.header.isEmpty ? "header" : "target"
            throw LineError(line: nil, problem: "no line says the \(missing)", remedy: SnapshotLine.renewal)
        }
        try check(contract, heads)
        return contract
    }

    private func read(
        _ entry: Entry, _ names: [CTypeParser.Reference: CType], into contract: inout Contract
    ) throws(LineError) {
        let head = entry.head
        let words = head.words
        var rest = entry.body
        switch words[0] {
        case "header":
            contract.header = try head.only(contract.header, head.tail, isValid: Contract.isHeaderName)
        case "target":
            contract.target = try head.only(contract.target, head.tail) { !$0.utf8.contains(UInt8(ascii: " ")) }
        case "only":
            contract.only.insert(try head.symbol(words.count == 2))
        case "except":
            contract.except.insert(try head.symbol(words.count == 2))
        case "uses":
            guard words == ["uses", "wchar_t"] else { throw head.error("uses what is not known here") }
            contract.usesWideCharacters = true
        case "export":
            let symbol = try head.symbol(words.count == 3)
            guard contract.exports[symbol] == nil else { throw head.error("\(symbol) stands here twice") }
            if words[2] == "message" {
                contract.exports[symbol] = .message
            } else {
                let (line, type) = try Self.declaration(of: symbol, in: &rest, below: head, names)
                guard case .function(let function) = type else {
                    throw line.error("is no function")
                }
                contract.exports[symbol] = .function(function)
            }
        case "callback":
            let name = try head.symbol(words.count == 3)
            guard contract.callbacks[name] == nil else { throw head.error("\(name) stands here twice") }
            contract.callbacks[name] = try Self.declaration(of: name, in: &rest, below: head, names).type
        case "constant":
            let (name, value) = try head.value(of: words.dropFirst())
            guard contract.constants.updateValue(value, forKey: name) == nil else {
                throw head.error("\(name) stands here twice")
            }
        default:
            guard let parsed = try SnapshotHead(head) else {
                throw head.error("begins with a word that means nothing here")
            }
            contract.types[parsed.name] = try parsed.definition(of: &rest, names, depthLimit: Self.depthLimit)
            if let outer = parsed.outer { contract.nested[parsed.name] = outer }
        }
        if let line = rest.first { throw line.error("says nothing about what stands above it") }
    }

    /// The one line below the head of an export or callback: its declaration in C.
    private static func declaration(
        of name: String, in rest: inout ArraySlice<SnapshotLine>, below head: SnapshotLine,
        _ names: [CTypeParser.Reference: CType]
    ) throws(LineError) -> (line: SnapshotLine, type: CType) {
        guard let line = rest.popFirst() else { throw head.error("has no declaration below it") }
        let declaration = try line.declaration(names)
        guard declaration.name == name else { throw line.error("does not declare \(name)") }
        return (line, declaration.type.type)
    }

    /// Every digest is that of the type which stands there, and every type is reached.
    private func check(_ contract: Contract, _ heads: [TypeName: SnapshotLine]) throws(LineError) {
        var digests = TypeDigests(of: contract.types, limit: digestLimit)
        for entry in entries {
            let words = entry.head.words
            guard words.count == 3, words[0] == "export" || words[0] == "callback", words[2] != "message" else {
                continue
            }
            var type = contract.callbacks[words[1]]
            if words[0] == "export", case .function(let function) = contract.exports[words[1]] {
                type = .function(function)
            }
            guard let type else { continue }
            let digest = digests.digest(of: type)
            guard !digests.isExhausted else {
                throw entry.head.error(
                    "and what stands before it lead to types in more ways than can be told apart", "split the header")
            }
            guard digest == words[2] else {
                throw entry.head.error("has digest \(digest) by what stands here: the text was edited")
            }
        }
        let unreached = heads.filter { !digests.names.contains($0.key) }
        if let first = unreached.min(by: { $0.value.number < $1.value.number }) {
            throw first.value.error("is reached by no export and no callback")
        }
    }
}
