import Contract

/// Makes a contract of a header's declarations: the exports, and all that they reach.
struct ContractBuilder {
    private let syntax: HeaderSyntax
    /// The files, as clang calls them, whose functions, callbacks and constants are the contract's.
    private let files: Set<String>
    /// Names behind which everything can be expressed, and what stands in the way behind others.
    private var fine: Set<TypeName> = []
    private var spoilt: [TypeName: HeaderSyntax.Problem] = [:]
    /// What is passed or held by value somewhere.
    private var held: Set<TypeName> = []
    private var obstacles: [HeaderError.Obstacle] = []

    init(_ syntax: HeaderSyntax, files: Set<String>) {
        self.syntax = syntax
        self.files = files
    }

    /// Builds it; `contract` has what is known besides.
    mutating func build(_ contract: Contract) throws(HeaderError) -> Contract {
        var contract = contract
        syntax.sight.sawWideCharacter = false
        let functions = syntax.functions.filter { isOurs($0.node.place) }
        let known = Set(functions.map(\.symbol))
        for node in syntax.unnamedEnums where isOurs(node.place) {
            guard case .success(let enumeration) = syntax.enumeration(node) else { continue }
            for enumerator in enumeration.enumerators { contract.constants[enumerator.name] = enumerator.value }
        }
        for name in contract.only.union(contract.except).sorted() where !known.contains(name) {
            // A constant may be left out, too: a version's number is another in every release, and nobody's agreement.
            guard contract.except.contains(name), contract.constants.removeValue(forKey: name) != nil else {
                throw .noSuchExport(name: name, known: known.sorted())
            }
        }
        var reached: Set<TypeName> = []
        var seen: Set<String> = []
        // The last declaration of a function knows what those before it said.
        for function in functions.reversed() where seen.insert(function.symbol).inserted {
            guard contract.only.isEmpty || contract.only.contains(function.symbol),
                !contract.except.contains(function.symbol)
            else { continue }
            contract.exports[function.symbol] = export(function, reaching: &reached)
        }
        guard obstacles.isEmpty else { throw .inexpressible(obstacles.reversed()) }
        guard !contract.exports.isEmpty else { throw .nothingExported(header: contract.header) }
        for typedef in syntax.typedefs where isOurs(typedef.node.place) {
            guard let name = typedef.node.name, case .success(let type) = typedef.type, Self.isCallback(type.type)
            else {
                continue
            }
            // What cannot be expressed and is reached by no export is nobody's business.
            guard case .success(let names) = closure(of: type.type) else { continue }
            contract.callbacks[name] = type.type
            reached.formUnion(names)
        }
        for name in reached {
            if case .success(let definition) = syntax.definition(of: name, isHeld: held.contains(name)) {
                contract.types[name] = definition
            }
            if let outer = syntax.tags[name]?.outer { contract.nested[name] = outer }
        }
        contract.usesWideCharacters = syntax.sight.sawWideCharacter
        return contract
    }

    private func isOurs(_ place: SyntaxPlace?) -> Bool { place.map { files.contains($0.source) } ?? false }

    private static func isCallback(_ type: CType) -> Bool {
        switch type {
        case .function: true
        case .pointer(let target): if case .function = target.type { true } else { false }
        default: false
        }
    }

    /// One export, its names put to the others; `nil` where something stands in the way, which is noted.
    private mutating func export(
        _ function: HeaderSyntax.Function, reaching reached: inout Set<TypeName>
    ) -> Contract.Export? {
        let node = function.node
        if node.type == "swb_message_v1" { return .message }
        let type: CType
        do throws(CTypeError) {
            type = try syntax.type(node.type ?? "").type
        } catch {
            let (place, reason) = parameterAtFault(of: node) ?? (node.place, error.reason)
            note(place, reason, of: function.symbol)
            return nil
        }
        guard case .function(let signature) = type else { return nil }
        let sized = node.inner.first { $0.inner.contains { $0.kind == "PassObjectSizeAttr" } }
        if let sized {
            note(
                sized.place, .inexpressible("pass_object_size passes a number besides, which no type shows"),
                of: function.symbol)
            return nil
        }
        switch closure(of: type) {
        case .success(let names):
            reached.formUnion(names)
            return .function(signature)
        case .failure(let problem):
            note(problem.place ?? node.place, problem.reason, of: function.symbol)
            return nil
        }
    }

    private mutating func note(_ place: SyntaxPlace?, _ reason: CTypeError.Reason, of symbol: String) {
        obstacles.append(
            HeaderError.Obstacle(export: symbol, place: place?.text ?? "?", reason: reason.description))
    }

    /// The first parameter that cannot be expressed by itself.
    private func parameterAtFault(of node: SyntaxNode) -> (SyntaxPlace?, CTypeError.Reason)? {
        for parameter in node.inner where parameter.kind == "ParmVarDecl" {
            do throws(CTypeError) {
                _ = try syntax.type(parameter.type ?? "")
            } catch {
                return (parameter.place, error.reason)
            }
        }
        return nil
    }

    /// A type by value of which the header says the name alone: its size could change, and no digest would.
    private static func incomplete(_ name: TypeName) -> HeaderSyntax.Problem {
        .init(place: nil, reason: .inexpressible("\(name) is passed by value and defined nowhere: define it before"))
    }

    /// Every named type that a type reaches and that was not reached before, or what stands in the way.
    private mutating func closure(of type: CType) -> Result<Set<TypeName>, HeaderSyntax.Problem> {
        /// What a name was reached through; the type itself is reached through none.
        var parents: [TypeName: TypeName?] = [:]
        var open: [(type: CType, isHeld: Bool, parent: TypeName?)] = [(type, true, nil)]
        while let (type, isHeld, parent) = open.popLast() {
            switch type {
            case .void, .bool, .integer, .floating: break
            case .pointer(let target): open.append((target.type, false, parent))
            case .array(let element, _): open.append((element.type, true, parent))
            case .function(let function):
                open.append((function.result, true, parent))
                open += function.parameters.map { ($0, true, parent) }
            case .inline(let record):
                open += record.members.map { ($0.type.type, true, parent) }
            case .record(let name), .enumeration(let name):
                if isHeld {
                    guard syntax.tags[name]?.definition != nil else {
                        return .failure(spoil(parent, parents, Self.incomplete(name)))
                    }
                    held.insert(name)
                }
                guard !fine.contains(name), parents[name] == nil else { continue }
                parents[name] = .some(parent)
                if let problem = spoilt[name] { return .failure(spoil(parent, parents, problem)) }
                switch syntax.definition(of: name, isHeld: false) {
                case .failure(let problem): return .failure(spoil(name, parents, problem))
                case .success(.record(let record)): open += record.members.map { ($0.type.type, true, name) }
                case .success: break
                }
            }
        }
        fine.formUnion(parents.keys)
        return .success(Set(parents.keys))
    }

    /// Notes a problem at all that the way to it led through: many exports reach the same.
    private mutating func spoil(
        _ name: TypeName?, _ parents: [TypeName: TypeName?], _ problem: HeaderSyntax.Problem
    ) -> HeaderSyntax.Problem {
        var name = name
        while let spoilt = name {
            self.spoilt[spoilt] = problem
            name = parents[spoilt] ?? nil
        }
        return problem
    }
}
