import TestSupport

/// The spelling of a generated header.
extension GeneratedHeader {
    /// What may change in a header's words while its meaning stays.
    enum NeutralEdit: CaseIterable, Hashable {
        case renamedParameters, reorderedDeclarations, comments, typedefs, macros, longLong, tags
    }

    /// The C text, with these edits of its words.
    func text(_ edits: Set<NeutralEdit> = []) -> String {
        var writer = HeaderWriter(header: self, edits: edits)
        return writer.text()
    }
}

/// Writes one header.
private struct HeaderWriter {
    let header: GeneratedHeader
    let edits: Set<GeneratedHeader.NeutralEdit>
    /// The typedefs made so far, and those that the declaration being written needs before it.
    private var typedefCount = 0
    private var before = ""

    init(header: GeneratedHeader, edits: Set<GeneratedHeader.NeutralEdit>) {
        self.header = header
        self.edits = edits
    }

    mutating func text() -> String {
        var random = Randomness(seed: 7)
        var lines = "struct \(header.prefix)o0;\n"
        for index in header.records.indices where header.records[index].isTagged {
            lines += "\(tag(index));\n"
        }
        if edits.contains(.macros) {
            for scalar in GeneratedHeader.Scalar.allCases { lines += "#define \(macro(scalar)) \(scalar.rawValue)\n" }
            for bound in 2...9 { lines += "#define \(header.prefix)N\(bound) \(bound)\n" }
        }
        var enumerations = header.enumerations.indices.map { enumeration($0) }
        var functions = header.functions.map { function($0) }
        if edits.contains(.reorderedDeclarations) {
            enumerations.shuffle(using: &random)
            functions.shuffle(using: &random)
        }
        let records = order(using: &random).map { record($0) }
        for declaration in enumerations + records + functions {
            lines += edits.contains(.comments) ? "/* \(declaration.count) bytes of */ // code\n" : ""
            lines += declaration
        }
        return lines
    }

    /// The records in an order in which each comes after those that it needs whole.
    private func order(using random: inout Randomness) -> [Int] {
        var rest = Array(header.records.indices), done: [Int] = []
        while !rest.isEmpty {
            let ready = rest.filter { index in needs(index).allSatisfy(done.contains) }
            let next = edits.contains(.reorderedDeclarations) ? ready.randomElement(using: &random) : ready.first
            guard let next else { return done + rest }
            done.append(next)
            rest.removeAll { $0 == next }
        }
        return done
    }

    /// The records that must be spelled before this one: those that it holds, and the untagged ones that it names.
    private func needs(_ index: Int) -> Set<Int> {
        var found: Set<Int> = []
        func visit(_ type: GeneratedHeader.TypeUse, held: Bool) {
            switch type {
            case .record(let other) where other != index && (held || !header.records[other].isTagged):
                found.insert(other)
            case .inline(let record): for member in record.members { visit(member.type, held: held) }
            case .pointer(let pointee, _): visit(pointee, held: false)
            case .array(let element, _): visit(element, held: held)
            case .function(let function):
                for type in function.parameters + [function.result].compactMap(\.self) { visit(type, held: false) }
            default: break
            }
        }
        for member in header.records[index].members { visit(member.type, held: true) }
        return found
    }

    // MARK: Declarations

    private func enumeration(_ index: Int) -> String {
        var enumerators = header.enumerations[index]
        if edits.contains(.reorderedDeclarations) { enumerators.reverse() }
        let list = enumerators.map { "\($0.name) = \($0.value)" }.joined(separator: ", ")
        return "enum \(header.prefix)e\(index) { \(list) };\n"
    }

    private mutating func record(_ index: Int) -> String {
        let record = header.records[index]
        before = ""
        let members = body(record)
        guard !record.isTagged else { return before + "\(tag(index)) \(members)\(attributes(record));\n" }
        let tag = edits.contains(.tags) ? " \(header.prefix)tag\(index)" : ""
        let name = "\(header.prefix)r\(index)"
        return before + "typedef \(keyword(record))\(tag) \(members)\(attributes(record)) \(name);\n"
    }

    private mutating func body(_ record: GeneratedHeader.Record) -> String {
        var lines = "{\n"
        for member in record.members {
            if case .inline(let inner) = member.type {
                lines += "    \(keyword(inner)) \(body(inner)) \(member.name ?? "");\n"
                continue
            }
            let width = member.width.map { " : \($0)" } ?? ""
            lines += "    \(declaration(of: member.name ?? "", member.type, mayAlias: member.width == nil))\(width);"
            lines += edits.contains(.comments) ? " // \(member.name ?? "")\n" : "\n"
        }
        return lines + "}"
    }

    private mutating func function(_ function: GeneratedHeader.Function) -> String {
        before = ""
        let declarator = function.name + parameters(of: function, mayAlias: true)
        guard let result = function.result else { return before + "void \(declarator);\n" }
        let text = declaration(of: declarator, result, mayAlias: true)
        return before + text + ";\n"
    }

    // MARK: Declarators

    /// A declaration of a name, inside out as C has it.
    private mutating func declaration(
        of declarator: String, _ type: GeneratedHeader.TypeUse, isConst: Bool = false, mayAlias: Bool = false
    ) -> String {
        if mayAlias, !type.isFlexible, edits.contains(.typedefs) {
            typedefCount += 1
            let alias = "\(header.prefix)t\(typedefCount)"
            let meaning = declaration(of: alias, type)
            before += "typedef \(meaning);\n"
            return "\(alias) \(declarator)"
        }
        let qualifier = isConst ? "const " : ""
        switch type {
        case .scalar(let scalar): return "\(qualifier)\(spelling(scalar)) \(declarator)"
        case .enumeration(let index): return "\(qualifier)enum \(header.prefix)e\(index) \(declarator)"
        case .opaque(let index): return "\(qualifier)struct \(header.prefix)o\(index) \(declarator)"
        case .record(let index): return "\(qualifier)\(tag(index)) \(declarator)"
        case .inline(let record): return "\(keyword(record)) \(body(record)) \(declarator)"
        case .pointer(let pointee, let pointsToConst):
            let star = "*\(qualifier)\(declarator)"
            switch pointee {
            case .array, .function: return declaration(of: "(\(star))", pointee, isConst: pointsToConst)
            default: return declaration(of: star, pointee, isConst: pointsToConst)
            }
        case .array(let element, let count):
            return declaration(of: "\(declarator)[\(count.map(bound) ?? "")]", element, isConst: isConst)
        case .function(let function):
            let inner = declarator + parameters(of: function, mayAlias: false)
            guard let result = function.result else { return "void \(inner)" }
            return declaration(of: inner, result)
        }
    }

    private mutating func parameters(of function: GeneratedHeader.Function, mayAlias: Bool) -> String {
        var list: [String] = []
        for (index, type) in function.parameters.enumerated() {
            let name = edits.contains(.renamedParameters) ? (index == 0 ? "" : "renamed\(index)") : "p\(index)"
            list.append(declaration(of: name, type, mayAlias: mayAlias))
        }
        if function.isVariadic { list.append("...") }
        return "(" + (list.isEmpty ? "void" : list.joined(separator: ", ")) + ")"
    }

    // MARK: Words

    private func keyword(_ record: GeneratedHeader.Record) -> String { record.isUnion ? "union" : "struct" }

    private func tag(_ index: Int) -> String {
        let record = header.records[index]
        return (record.isTagged ? "\(keyword(record)) " : "") + "\(header.prefix)r\(index)"
    }

    private func attributes(_ record: GeneratedHeader.Record) -> String {
        (record.isPacked ? " __attribute__((packed))" : "")
            + (record.alignment.map { " __attribute__((aligned(\($0))))" } ?? "")
    }

    private func macro(_ scalar: GeneratedHeader.Scalar) -> String { "\(header.prefix)\(scalar)" }

    private func spelling(_ scalar: GeneratedHeader.Scalar) -> String {
        if edits.contains(.macros) { return macro(scalar) }
        guard edits.contains(.longLong) else { return scalar.rawValue }
        return scalar == .long ? "long long" : scalar == .unsignedLong ? "unsigned long long" : scalar.rawValue
    }

    private func bound(_ count: Int) -> String { edits.contains(.macros) ? "\(header.prefix)N\(count)" : "\(count)" }
}
