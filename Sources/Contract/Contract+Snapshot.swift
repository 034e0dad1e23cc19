package import Compatibility

extension Contract {
    /// The contract as a text to commit beside its header: a fact a line in an order of its own, readable as C.
    ///
    /// `Contract(snapshot:)` reads it back. Types of exports and callbacks carry their digests, so that a text that was edited
    /// by hand is refused, and a change deep inside a struct shows at each export that it reaches.
    package var snapshot: String {
        SnapshotWriter(self, digestLimit: .max).text
    }

    /// The snapshot, where it is one that is read back.
    ///
    /// - Throws: what is above a limit, and what to do.
    package func snapshotWithinLimits(digestLimit: Int = digestLimit) throws(LineError) -> String {
        let writer = SnapshotWriter(self, digestLimit: digestLimit)
        let remedy = "split the header, or take part of its exports with --only"
        guard !writer.isExhausted else {
            throw LineError(
                line: nil, problem: "its types lead to each other in more ways than can be told apart", remedy: remedy)
        }
        let size = writer.text.utf8.count
        guard size <= Self.snapshotLimit else {
            throw LineError(
                line: nil, problem: "its snapshot has \(size) bytes, the limit is \(Self.snapshotLimit)", remedy: remedy
            )
        }
        return writer.text
    }

    /// The first word of every snapshot.
    package static let snapshotMark = "switchboard-contract"
    /// The version of the text's form.
    static let snapshotVersion = "1"
    /// What a snapshot may have, in bytes.
    package static let snapshotLimit = 4 << 20
    /// What may be written to compute the digests of a snapshot, in bytes: sqlite3.h has some 100 KiB.
    package static let digestLimit = 16 << 20
}

/// Writes a snapshot, line by line.
private struct SnapshotWriter {
    private(set) var text = ""
    private var digests: TypeDigests

    init(_ contract: Contract, digestLimit: Int) {
        digests = TypeDigests(of: contract.types, limit: digestLimit)
        write(contract)
    }

    /// Whether the limit was too small for all digests: no reader would compute them either.
    var isExhausted: Bool { digests.isExhausted }

    private mutating func write(_ contract: Contract) {
        line("\(Contract.snapshotMark) \(Contract.snapshotVersion)")
        line("header \(contract.header)")
        line("target \(contract.target)")
        for symbol in contract.only.sorted() { line("only \(symbol)") }
        for symbol in contract.except.sorted() { line("except \(symbol)") }
        if contract.usesWideCharacters { line("uses wchar_t") }
        if !contract.exports.isEmpty { line() }
        for (symbol, export) in contract.exports.sorted(by: { $0.key < $1.key }) {
            line("export \(symbol) \(digests.type(of: export))")
            if case .function(let function) = export { line(CType.function(function).spelled(symbol), depth: 1) }
        }
        for (name, definition) in contract.types.sorted(by: { $0.key < $1.key }) {
            line()
            write(definition, of: name, suffix: contract.nested[name].map { " in \($0)" } ?? "")
        }
        if !contract.callbacks.isEmpty { line() }
        for (name, type) in contract.callbacks.sorted(by: { $0.key < $1.key }) {
            line("callback \(name) \(digests.digest(of: type))")
            line(type.spelled(name), depth: 1)
        }
        if !contract.constants.isEmpty { line() }
        for (name, value) in contract.constants.sorted(by: { $0.key < $1.key }) { line("constant \(name) = \(value)") }
    }

    private mutating func write(_ definition: TypeDefinition, of name: TypeName, suffix: String) {
        switch definition {
        case .record(let record):
            let word = record.isUnion ? "union" : "struct"
            let head = name.kind == .typedef ? "typedef \(word) \(name.name)" : name.description
            line("\(head) \(record.layout)\(suffix)")
            write(record.members, depth: 1)
        case .enumeration(let enumeration):
            let head = name.kind == .typedef ? "typedef enum \(name.name)" : name.description
            line("\(head) \(enumeration.storage)\(suffix)")
            for enumerator in enumeration.enumerators { line("\(enumerator.name) = \(enumerator.value)", depth: 1) }
        case .opaque(let size, let alignment):
            let layout = (size.map { " size \($0)" } ?? "") + (alignment.map { " align \($0)" } ?? "")
            line("opaque \(name)\(layout)\(suffix)")
        }
    }

    private mutating func write(_ members: [Record.Member], depth: Int) {
        for member in members {
            let place = padded(member.place)
            let (base, declarator) = member.type.declaration(of: member.name ?? "")
            if case .inline(let record) = base.type {
                let word = record.isUnion ? "union" : "struct"
                line(
                    "\(place) \((base.qualifiers + [word, "{"]).joined(separator: " ")) \(record.layout)", depth: depth)
                write(record.members, depth: depth + 1)
                line("}" + (declarator.isEmpty ? "" : " " + declarator), depth: depth)
            } else {
                line("\(place) \(member.spelled)", depth: depth)
            }
        }
    }

    private mutating func line(_ words: String = "", depth: Int = 0) {
        text += String(repeating: " ", count: depth * 4) + words + "\n"
    }

    /// Offsets up to four digits leave the types in one column.
    private func padded(_ place: String) -> String {
        place + String(repeating: " ", count: max(0, 5 - place.utf8.count))
    }
}

extension Record {
    /// `size 8 align 4`.
    var layout: String { "size \(size) align \(alignment)" }
}

extension Record.Member {
    /// Its offset in bytes; of a bit-field with the bit in that byte: `8:3`.
    package var place: String {
        width != nil || offset % 8 != 0 ? "\(offset / 8):\(offset % 8)" : "\(offset / 8)"
    }
}
