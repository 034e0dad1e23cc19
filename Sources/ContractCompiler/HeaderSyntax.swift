import Contract

/// The declarations of a header that matter to a contract, found in its syntax tree.
///
/// Names are resolved as they stand in the tree: typedefs when they are declared, tags whenever they are used.
struct HeaderSyntax {
    /// A struct, union or enum, with all of its declarations.
    final class Tag {
        let name: TypeName
        /// Defined inside this one.
        var outer: TypeName?
        /// The definition; `nil` while there is only a declaration.
        var definition: SyntaxNode?
        /// Of one that a typedef names: the alignment that the typedef gives it besides, in bytes.
        var promisedAlignment: UInt64?
        /// How clang's layouts call it.
        var layoutKey: String
        /// Whether it is one of several that a contract would call alike.
        var isAmbiguous = false

        init(_ name: TypeName, layoutKey: String) {
            self.name = name
            self.layoutKey = layoutKey
        }
    }

    /// Notes names that types do not keep.
    final class Sight {
        /// Since it was last set: whether a type was spelled with `wchar_t`, or with a typedef that is.
        var sawWideCharacter = false
    }

    /// A function with external C linkage.
    struct Function {
        var symbol: String
        var node: SyntaxNode
    }

    private(set) var functions: [Function] = []
    /// Typedefs in their order, each with what it stands for.
    private(set) var typedefs: [(node: SyntaxNode, type: Result<CType.Qualified, CTypeError.Reason>)] = []
    /// Enums that have no name of their own.
    private(set) var unnamedEnums: [SyntaxNode] = []
    /// By what the contract calls them.
    private(set) var tags: [TypeName: Tag] = [:]

    /// Tags and typedefs by every name that C++ may print for them; typedefs in C.
    private var names: [String: Result<CType.Qualified, CTypeError.Reason>] = [:]
    private var tagsByName: [String: Tag] = [:]
    private var statics: Set<String> = []
    /// Records and enums without any name, by their places.
    private var unnamed: [String: [SyntaxNode]] = [:]
    /// `wchar_t`, and the typedefs that lead to it.
    private var wideNames: Set = ["wchar_t"]
    /// What names were met while types were read.
    let sight = Sight()
    private let isCPlusPlus: Bool
    let layouts: RecordLayouts
    private let systemFiles: Set<String>

    init(
        _ tree: SyntaxNode, isCPlusPlus: Bool, layouts: RecordLayouts, systemFiles: Set<String>,
        wideCharacter: CType.Integer
    ) {
        self.isCPlusPlus = isCPlusPlus
        self.layouts = layouts
        self.systemFiles = systemFiles
        if isCPlusPlus {
            for (name, type) in [
                ("wchar_t", wideCharacter), ("char8_t", .unsigned(bits: 8)), ("char16_t", .unsigned(bits: 16)),
                ("char32_t", .unsigned(bits: 32)),
            ] {
                names[name] = .success(CType.Qualified(.integer(type)))
            }
        }
        collect(tree.inner, scope: "", space: "", isC: !isCPlusPlus, outer: nil)
    }

    /// The type of a spelling.
    func type(_ text: String) throws(CTypeError) -> CType.Qualified {
        try CTypeParser.parse(text, emptyMeansVoid: isCPlusPlus) { resolve($0) }.type
    }

    /// Whether a place is in a system header.
    func isSystem(_ place: SyntaxPlace?) -> Bool {
        place.map { systemFiles.contains($0.source) } ?? true
    }

    /// - Parameters:
    ///   - scope: of namespaces and classes, with `::` behind each.
    ///   - space: the namespaces among them alone.
    ///   - isC: whether functions have C linkage.
    ///   - outer: the named type around.
    private mutating func collect(
        _ nodes: [SyntaxNode], scope: String, space: String, isC: Bool, outer: TypeName?
    ) {
        for (index, node) in nodes.enumerated() where !node.isImplicit {
            switch node.kind {
            case "LinkageSpecDecl":
                collect(node.inner, scope: scope, space: space, isC: node.language == "C", outer: outer)
            case "NamespaceDecl":
                // Clang leaves the name of an inline one out where it can.
                let space = node.isInline ? scope : scope + (node.name.map { $0 + "::" } ?? "")
                collect(node.inner, scope: space, space: space, isC: isC, outer: outer)
            case "RecordDecl", "CXXRecordDecl", "EnumDecl":
                // `typedef struct { … } *first, point;` is two, and the second names it.
                let typedefs = nodes[(index + 1)...].prefix { $0.kind == "TypedefDecl" }
                let name = typedefs.first { $0.directlyOwnedTag == node.id }?.name
                collectTag(node, namedBy: name, scope: scope, space: space, isC: isC, outer: outer)
            case "TypedefDecl", "TypeAliasDecl":
                guard let name = node.name, let spelling = node.type else { continue }
                sight.sawWideCharacter = false
                let type = typedefType(node, spelling)
                if sight.sawWideCharacter { wideNames.insert(scope + name) }
                if node.directlyOwnedTag != nil {
                    tags[TypeName(.typedef, name)]?.promisedAlignment = node.promisedAlignment
                }
                typedefs.append((node, type))
                declare(name, scope: scope, as: type)
            case "FunctionDecl":
                let isHidden = node.inner.contains { $0.visibility == "hidden" || $0.visibility == "internal" }
                guard isC, let symbol = node.mangledName else { continue }
                // A declaration after a static one need not say it again (C17, 6.2.2, 5).
                if node.isStatic { statics.insert(symbol) }
                guard !statics.contains(symbol), !node.isInline, !isHidden else { continue }
                functions.append(Function(symbol: symbol, node: node))
            default: break
            }
        }
    }

    private mutating func collectTag(
        _ node: SyntaxNode, namedBy typedef: String?, scope: String, space: String, isC: Bool, outer: TypeName?
    ) {
        let scope = node.isHoisted ? space : scope
        let kind: TypeName.Kind = node.kind == "EnumDecl" ? .enum : node.tagUsed == "union" ? .union : .struct
        let isDefinition = node.isDefinition || node.inner.contains { $0.kind == "EnumConstantDecl" }
        var tag: Tag?
        if let name = node.name {
            // `struct point;` may be `class point { … };` later: the definition's word is the one that layouts have.
            let layoutName = "\(node.tagUsed ?? kind.rawValue) \(scope)\(name)"
            tag = self.tag(TypeName(kind, name), layoutName: layoutName, scope: scope)
            if isDefinition { tag?.layoutKey = layoutName }
        } else if let name = typedef {
            tag = Tag(TypeName(.typedef, name), layoutKey: scope + name)
            tags[TypeName(.typedef, name)] = tag
        } else if kind == .enum {
            unnamedEnums.append(node)
        }
        if isDefinition, let tag { (tag.definition, tag.outer) = (node, outer) }
        if tag == nil, let place = node.place { unnamed[place.text, default: []].append(node) }
        if kind != .enum {
            collect(
                node.inner, scope: isCPlusPlus ? scope + (node.name.map { $0 + "::" } ?? "") : scope, space: space,
                isC: isC, outer: tag?.name ?? outer)
        }
    }

    private mutating func tag(_ name: TypeName, layoutName: String, scope: String) -> Tag {
        let full = scope + name.name
        if let known = tagsByName[full], known.name.kind == name.kind { return known }
        let tag = Tag(name, layoutKey: layoutName)
        if let rival = tags[name] {
            (rival.isAmbiguous, tag.isAmbiguous) = (true, true)
        }
        tags[name] = tag
        tagsByName[full] = tag
        if isCPlusPlus { declare(name.name, scope: scope, as: .success(CType.Qualified(Self.type(of: tag)))) }
        return tag
    }

    /// Makes a name known: as it is called from everywhere, and as it is called inside its scope.
    ///
    /// What is declared outside every scope goes before what is called alike inside one.
    private mutating func declare(
        _ name: String, scope: String, as type: Result<CType.Qualified, CTypeError.Reason>
    ) {
        names[scope + name] = type
        guard !scope.isEmpty else { return }
        if let known = names[name], known != type {
            if tagsByName[name] == nil { names[name] = .failure(.inexpressible("several types are called \(name)")) }
        } else {
            names[name] = type
        }
    }

    private static func type(of tag: Tag) -> CType {
        tag.name.kind == .enum ? .enumeration(tag.name) : .record(tag.name)
    }
}

extension HeaderSyntax {
    /// What a typedef stands for: itself, where it names a struct, union or enum that has no tag.
    private func typedefType(_ node: SyntaxNode, _ spelling: String) -> Result<CType.Qualified, CTypeError.Reason> {
        if let name = node.name, node.directlyOwnedTag != nil, let tag = tags[TypeName(.typedef, name)],
            let definition = tag.definition
        {
            let type = definition.kind == "EnumDecl" ? enumType(tag.name, definition) : .success(.record(tag.name))
            return type.map { CType.Qualified($0) }
        }
        do throws(CTypeError) {
            return .success(aligned(try type(spelling), by: node))
        } catch {
            return .failure(error.reason)
        }
    }

    /// An enum as a type: a system's is the integer that it is stored in.
    private func enumType(_ name: TypeName, _ definition: SyntaxNode) -> Result<CType, CTypeError.Reason> {
        guard isSystem(definition.place) else { return .success(.enumeration(name)) }
        return enumeration(definition).map { .integer($0.storage) }
    }

    private func resolve(_ reference: CTypeParser.Reference) -> Result<CType.Qualified, CTypeError.Reason> {
        switch reference {
        case .tag(let kind, let name):
            let last = name.split(separator: ":").last.map(String.init) ?? name
            // Clang says "struct second" of the untagged `typedef struct { … } *first, second;`.
            let known = tagsByName[name] ?? tags[TypeName(kind, last)] ?? tags[TypeName(.typedef, last)]
            guard let tag = known else {
                let name = TypeName(kind, last)
                return .success(CType.Qualified(kind == .enum ? .enumeration(name) : .record(name)))
            }
            return type(of: tag)
        case .unnamed(_, let text):
            guard let place = SyntaxPlace.text(ofUnnamed: "(" + text[...]), let nodes = unnamed[place],
                let node = nodes.first
            else { return .failure(.unknown(text)) }
            guard nodes.count == 1 else {
                return .failure(
                    .inexpressible("a macro makes several types without a name in one place: give them tags"))
            }
            if node.kind == "EnumDecl" {
                return enumeration(node).map { CType.Qualified(.integer($0.storage)) }
            }
            return record(node, layoutKey: place).map { CType.Qualified(.inline($0)) }.mapError(\.reason)
        case .plain(let name):
            if wideNames.contains(name) { sight.sawWideCharacter = true }
            if let type = names[name] { return tagged(type) }
            let last = name.split(separator: ":").last.map(String.init) ?? name
            return tagged(names[last] ?? .failure(.unknown(name)))
        }
    }

    /// What a name stands for in the end, where it is the name of a tag.
    private func tagged(_ type: Result<CType.Qualified, CTypeError.Reason>)
        -> Result<CType.Qualified, CTypeError.Reason>
    {
        guard isCPlusPlus, case .success(let qualified) = type else { return type }
        switch qualified.type {
        case .record(let name), .enumeration(let name):
            guard let tag = tags[name] else { return type }
            return self.type(of: tag).map { $0.qualified(as: qualified) }
        default:
            return type
        }
    }

    private func type(of tag: Tag) -> Result<CType.Qualified, CTypeError.Reason> {
        guard !tag.isAmbiguous else { return .failure(.inexpressible("several types are called \(tag.name)")) }
        if let definition = tag.definition, definition.kind == "EnumDecl" {
            return enumType(tag.name, definition).map { CType.Qualified($0) }
        }
        return .success(CType.Qualified(Self.type(of: tag)))
    }
}
