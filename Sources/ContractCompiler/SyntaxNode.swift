/// One node of clang's syntax tree, as `-ast-dump=json` writes it: of each only what a contract is made of.
struct SyntaxNode {
    var kind = ""
    var id = ""
    var name: String?
    var mangledName: String?
    /// As it is spelled in the header.
    var type: String?
    var place: SyntaxPlace?
    /// Written by the compiler, not by the header.
    var isImplicit = false
    var isInline = false
    var isStatic = false
    var isBitField = false
    /// Whether the declaration belongs elsewhere than where it is written: `struct a { struct b *b; };` declares b outside.
    var isHoisted = false
    /// `struct`, `union` or `class`.
    var tagUsed: String?
    /// Whether a tag is defined here, not only declared.
    var isDefinition = false
    /// Of an enum that says what it is stored in.
    var fixedType: String?
    /// Of a LinkageSpecDecl: "C" or "C++".
    var language: String?
    /// Of a constant expression.
    var value: String?
    /// Of a VisibilityAttr.
    var visibility: String?
    /// The tag that is declared in the middle of this type.
    var ownedTag: String?
    /// Whether a C++ class is laid out and passed as a struct of C would be; `nil` in C.
    var isPlainRecord: Bool?
    var inner: [SyntaxNode] = []

    /// The value of the first constant expression here or below.
    var constant: Int128? {
        if let value, let number = Int128(value) { return number }
        for node in inner {
            if let constant = node.constant { return constant }
        }
        return nil
    }

    /// The tag that a typedef declares and names at once: the nearest one below that stands for the type itself.
    var directlyOwnedTag: String? {
        var node = self
        while let first = node.inner.first(where: { $0.kind.hasSuffix("Type") }) {
            if let tag = first.ownedTag { return tag }
            guard first.kind == "ElaboratedType" || first.kind == "TypedefType" else { return nil }
            node = first
        }
        return nil
    }
}

extension SyntaxNode: Decodable {
    private enum Keys: String, CodingKey {
        case kind, id, name, mangledName, type, loc, range, isImplicit, inline, storageClass, isBitfield, tagUsed
        case completeDefinition, fixedUnderlyingType, language, value, visibility, ownedTagDecl, definitionData, bases
        case parentDeclContextId, isInline, inner
    }

    private struct TypeText: Decodable {
        var qualType: String
    }

    private struct Reference: Decodable {
        var id: String
    }

    private struct ClassFacts: Decodable {
        var isStandardLayout: Bool?
        var isTriviallyCopyable: Bool?
        var isPolymorphic: Bool?
        /// Not where no copy of it may be made: it is passed by its address then.
        var canPassInRegisters: Bool?
    }

    private struct Range: Decodable {
        init(from decoder: any Decoder) throws {
            let container = try decoder.container(keyedBy: SyntaxPlace.RangeKeys.self)
            _ = try container.decodeIfPresent(SyntaxPlace.self, forKey: .begin)
            _ = try container.decodeIfPresent(SyntaxPlace.self, forKey: .end)
        }
    }

    /// Reads the places in the order in which clang wrote them: each leaves out what is as in the one before.
    init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: Keys.self)
        // An empty object stands for a node that is not there.
        kind = try container.decodeIfPresent(String.self, forKey: .kind) ?? ""
        let place = try container.decodeIfPresent(SyntaxPlace.self, forKey: .loc)
        _ = try container.decodeIfPresent(Range.self, forKey: .range)
        if kind.hasSuffix("Decl") {
            if let place, place.isReal { self.place = place }
            id = try container.decodeIfPresent(String.self, forKey: .id) ?? ""
            name = try container.decodeIfPresent(String.self, forKey: .name)
            type = try container.decodeIfPresent(TypeText.self, forKey: .type)?.qualType
            isImplicit = try container.decodeIfPresent(Bool.self, forKey: .isImplicit) ?? false
            isHoisted = container.contains(.parentDeclContextId)
            switch kind {
            case "FunctionDecl":
                mangledName = try container.decodeIfPresent(String.self, forKey: .mangledName)
                isInline = try container.decodeIfPresent(Bool.self, forKey: .inline) ?? false
                isStatic = try container.decodeIfPresent(String.self, forKey: .storageClass) == "static"
            case "FieldDecl":
                isBitField = try container.decodeIfPresent(Bool.self, forKey: .isBitfield) ?? false
            case "RecordDecl", "CXXRecordDecl":
                tagUsed = try container.decodeIfPresent(String.self, forKey: .tagUsed)
                isDefinition = try container.decodeIfPresent(Bool.self, forKey: .completeDefinition) ?? false
                if let facts = try container.decodeIfPresent(ClassFacts.self, forKey: .definitionData) {
                    isPlainRecord =
                        facts.isStandardLayout == true && facts.isTriviallyCopyable == true
                        && facts.isPolymorphic != true && facts.canPassInRegisters == true
                        && !container.contains(.bases)
                }
            case "EnumDecl":
                fixedType = try container.decodeIfPresent(TypeText.self, forKey: .fixedUnderlyingType)?.qualType
            case "NamespaceDecl":
                isInline = try container.decodeIfPresent(Bool.self, forKey: .isInline) ?? false
            case "LinkageSpecDecl":
                language = try container.decodeIfPresent(String.self, forKey: .language)
            default: break
            }
        } else if kind == "ConstantExpr" {
            value = try container.decodeIfPresent(String.self, forKey: .value)
        } else if kind == "VisibilityAttr" {
            visibility = try container.decodeIfPresent(String.self, forKey: .visibility)
        } else if kind == "ElaboratedType" {
            ownedTag = try container.decodeIfPresent(Reference.self, forKey: .ownedTagDecl)?.id
        }
        inner = try container.decodeIfPresent([SyntaxNode].self, forKey: .inner) ?? []
    }
}
