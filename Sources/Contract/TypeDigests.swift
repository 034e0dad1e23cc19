import Compatibility

/// The digests of types and of the definitions that they reach, each computed once.
///
/// A definition's digest is over its canonical text, in which every other definition stands as its digest: so the cost is
/// linear in what there is, however many exports reach it, and no depth of nesting is recursion here. Tags count for nothing.
///
/// Definitions that lead back to each other have no first one. They are told apart in rounds: in each, every one of them is
/// the digest of its text with the others as the round before has them, until a round tells no more apart; what they are in
/// the last round, with what all of them are, is what each is. The same in the end for the same types and for no others.
struct TypeDigests {
    /// Every name that was met.
    private(set) var names: Set<TypeName> = []

    private let types: [TypeName: TypeDefinition]
    private let limit: Int
    /// Written so far, in bytes.
    private var written = 0
    /// Of definitions, as they stand in the texts of others.
    private var marks: [TypeName: [UInt8]] = [:]

    /// - Parameters:
    ///   - types: the definitions; a name that they lack is an opaque type without size.
    ///   - limit: how much may be written, in bytes, before it stops and every further digest is none.
    init(of types: [TypeName: TypeDefinition], limit: Int = .max) {
        self.types = types
        self.limit = limit
    }

    /// Whether more was asked for than the limit allows.
    var isExhausted: Bool { written > limit }

    /// The first 16 hex digits of the SHA-256 of the type's text.
    mutating func digest(of type: CType) -> String {
        var found: Set<TypeName> = []
        type.collectNames(into: &found)
        names.formUnion(found)
        for name in found { settle(from: name) }
        let text = CanonicalText(of: type, begin: "switchboard-type 2\n") { [self] in reference(to: $0, isHeld: $1) }
        return String(decoding: mark(of: text.bytes).prefix(16), as: UTF8.self)
    }

    /// As a manifest has it.
    mutating func type(of export: Contract.Export) -> String {
        switch export {
        case .message: PluginManifest.ExportType.message.description
        case .function(let function): digest(of: .function(function))
        }
    }

    /// Computes the marks of a definition and of all that it leads to.
    private mutating func settle(from name: TypeName) {
        guard marks[name] == nil else { return }
        var next: [TypeName: [TypeName]] = [:]
        let components = StronglyConnected.components(from: name) { name in
            guard marks[name] == nil else { return [] }
            let successors = Array(types[name]?.names ?? [])
            next[name] = successors
            return successors
        }
        for component in components where marks[component[0]] == nil {
            names.formUnion(component)
            let isRecursive = component.count > 1 || next[component[0]]?.contains(component[0]) == true
            if isRecursive {
                settleTogether(component)
            } else if let text = text(of: component[0], beside: [:]) {
                marks[component[0]] = mark(of: text)
            }
        }
    }

    /// Tells definitions apart that lead back to each other.
    private mutating func settleTogether(_ component: [TypeName]) {
        var now = Dictionary(uniqueKeysWithValues: component.map { ($0, [UInt8](".".utf8)) })
        var count = 1
        while !isExhausted {
            var next = now
            for name in component {
                if let text = text(of: name, beside: now) { next[name] = mark(of: text) }
            }
            now = next
            let newCount = Set(now.values).count
            if newCount == count { break }
            count = newCount
        }
        let all = Set(now.values).map { String(decoding: $0, as: UTF8.self) }.sorted().joined(separator: " ")
        let whole = mark(of: Array("together \(all)".utf8))
        for (name, own) in now { marks[name] = mark(of: whole + own) }
    }

    /// The text of a definition; `nil` of what is opaque, which is told where it is used.
    private func text(of name: TypeName, beside others: [TypeName: [UInt8]]) -> [UInt8]? {
        guard let definition = types[name], !definition.isOpaque else { return nil }
        return CanonicalText(of: definition) { [self] in others[$0] ?? reference(to: $0, isHeld: $1) }.bytes
    }

    /// How a name stands in a text.
    private func reference(to name: TypeName, isHeld: Bool) -> [UInt8] {
        if let mark = marks[name] { return mark }
        // An opaque type has nothing but its name, and its size where a value of it is held.
        var layout = ","
        if isHeld, case .opaque(let size, let alignment) = types[name] {
            layout = [size, alignment].map { $0.map(String.init) ?? "" }.joined(separator: ",")
        }
        return Array("<\(name),\(layout)>".utf8)
    }

    /// Half the SHA-256 of a text, in hex digits.
    private mutating func mark(of text: [UInt8]) -> [UInt8] {
        written += text.count
        guard !isExhausted else { return [] }
        let hex = Array("0123456789abcdef".utf8)
        // SAFETY: `bytes` is unsafe for types with padding; UInt8 has none, and `text` outlives the span.
        return SHA256.digest(of: unsafe text.span.bytes).prefix(16).flatMap { [hex[Int($0 >> 4)], hex[Int($0 & 15)]] }
    }
}
