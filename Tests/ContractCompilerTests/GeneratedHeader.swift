import TestSupport

/// A made-up C header: enums, structs and unions that hold and point to each other, and functions that reach them.
///
/// It is the meaning of a header alone; `text(_:)` spells it, in one of many ways, and `mutate(_:using:)` changes it.
struct GeneratedHeader: Sendable {
    /// What every name of it begins with, so that many headers fit in one file.
    let prefix: String
    var enumerations: [[Enumerator]] = []
    var records: [Record] = []
    var functions: [Function] = []

    /// A type where it is used.
    indirect enum TypeUse: Hashable, Sendable {
        case scalar(Scalar)
        /// By its index in `enumerations`.
        case enumeration(Int)
        /// By its index in `records`.
        case record(Int)
        /// A struct that is only declared.
        case opaque(Int)
        case inline(Record)
        case pointer(to: TypeUse, isConst: Bool)
        /// `nil` = a flexible array member.
        case array(of: TypeUse, count: Int?)
        /// What a pointer to a function leads to.
        case function(Function)
    }

    enum Scalar: String, CaseIterable {
        case bool = "_Bool"
        case char = "char"
        case signedChar = "signed char"
        case unsignedChar = "unsigned char"
        case short = "short"
        case unsignedShort = "unsigned short"
        case int = "int"
        case unsigned = "unsigned int"
        case long = "long"
        case unsignedLong = "unsigned long"
        case float = "float"
        case double = "double"
    }

    struct Enumerator: Hashable, Sendable {
        var name: String
        var value: Int
    }

    struct Record: Hashable, Sendable {
        var isUnion = false
        /// Untagged: a typedef names it, and what comes before it cannot.
        var isTagged = true
        var isPacked = false
        /// Of an attribute on the whole.
        var alignment: Int?
        var members: [Member] = []
    }

    struct Member: Hashable, Sendable {
        /// `nil` where the type is an inline one and the member anonymous.
        var name: String?
        var type: TypeUse
        var width: Int?
    }

    struct Function: Hashable, Sendable {
        /// Empty within types.
        var name = ""
        /// `nil` = void.
        var result: TypeUse?
        var parameters: [TypeUse]
        var isVariadic = false
    }

    /// The header of this number: the same one every time.
    init(_ number: Int) {
        prefix = "h\(number)_"
        var random = Randomness(seed: UInt64(number))
        for index in 0..<Int.random(in: 1...2, using: &random) {
            enumerations.append(Self.enumeration(named: "\(prefix)e\(index)", using: &random))
        }
        let count = Int.random(in: 2...4, using: &random)
        let tagged = (0..<count).map { _ in Bool.random(using: &random) }
        for index in 0..<count { records.append(record(index, tagged: tagged, using: &random)) }
        for index in 0..<Int.random(in: 1...3, using: &random) {
            var function = functionType(tagged: tagged, using: &random)
            function.name = "\(prefix)f\(index)"
            functions.append(function)
        }
        // One export more reaches all that no other does, and has parameters that can be told apart.
        let all = records.indices.map(TypeUse.record) + enumerations.indices.map(TypeUse.enumeration)
        functions.append(
            Function(
                name: "\(prefix)all", result: .scalar(.int),
                parameters: all.map { .pointer(to: $0, isConst: Bool.random(using: &random)) }))
    }

    private static func enumeration(named name: String, using random: inout Randomness) -> [Enumerator] {
        var value = [0, 0, 0, 1, -3, 1 << 33].randomElement(using: &random) ?? 0
        return (0..<Int.random(in: 2...4, using: &random)).map { index in
            defer { value += Int.random(in: 1...9, using: &random) }
            return Enumerator(name: "\(name)_\(index)", value: value)
        }
    }

    /// Has two members of different types at least, an array, a bit-field and a pointer among them.
    private func record(_ index: Int, tagged: [Bool], using random: inout Randomness) -> Record {
        var types: [TypeUse] = [
            .scalar([.int, .long, .unsigned].randomElement(using: &random) ?? .int),
            .array(of: anyScalar(using: &random), count: Int.random(in: 2...9, using: &random)),
            .pointer(to: anyScalar(using: &random), isConst: Bool.random(using: &random)),
        ]
        for _ in 0..<Int.random(in: 0...2, using: &random) {
            types.append(type(depth: 2, before: index, tagged: tagged, using: &random))
        }
        if Int.random(in: 0..<3, using: &random) == 0 {
            let choices = [anyScalar(using: &random), .pointer(to: .opaque(0), isConst: false)]
            types.append(.inline(Record(isUnion: true, members: Self.named("i", choices))))
        }
        var members = Self.named("m", types.shuffled(using: &random))
        let width = Int.random(in: 2...20, using: &random)
        members.append(
            Member(name: "bits", type: .scalar(Bool.random(using: &random) ? .int : .unsigned), width: width))
        for index in members.indices where members[index].isInline && Bool.random(using: &random) {
            members[index].name = nil
        }
        let isUnion = Int.random(in: 0..<5, using: &random) == 0
        if !isUnion, Int.random(in: 0..<4, using: &random) == 0 {
            members.append(Member(name: "rest", type: .array(of: anyScalar(using: &random), count: nil)))
        }
        return Record(isUnion: isUnion, isTagged: tagged[index], members: members)
    }

    private static func named(_ letter: String, _ types: [TypeUse]) -> [Member] {
        types.enumerated().map { Member(name: "\(letter)\($0.offset)", type: $0.element) }
    }

    private func anyScalar(using random: inout Randomness) -> TypeUse {
        .scalar(Scalar.allCases.randomElement(using: &random) ?? .int)
    }

    /// A type that a member of record `index`, or a parameter, can have.
    private func type(depth: Int, before index: Int, tagged: [Bool], using random: inout Randomness) -> TypeUse {
        switch depth > 0 ? Int.random(in: 0..<8, using: &random) : 0 {
        case 1: return .enumeration(Int.random(in: enumerations.indices, using: &random))
        case 2 where holdable(before: index).isEmpty == false:
            return .record(holdable(before: index).randomElement(using: &random) ?? 0)
        case 3:
            // Behind a pointer a struct may come later, or be the one that we are in, as long as a tag names it.
            let visible = tagged.indices.filter { $0 < index || tagged[$0] }
            guard let target = visible.randomElement(using: &random) else { return anyScalar(using: &random) }
            return .pointer(to: .record(target), isConst: Bool.random(using: &random))
        case 4: return .pointer(to: .opaque(0), isConst: Bool.random(using: &random))
        case 5:
            return .pointer(
                to: .function(functionType(depth: depth - 1, before: index, tagged: tagged, using: &random)),
                isConst: false)
        case 6:
            let element = type(depth: 0, before: index, tagged: tagged, using: &random)
            return .pointer(to: .array(of: element, count: Int.random(in: 2...5, using: &random)), isConst: false)
        case 7:
            let inner = type(depth: depth - 1, before: index, tagged: tagged, using: &random)
            return .pointer(to: inner, isConst: Bool.random(using: &random))
        default: return anyScalar(using: &random)
        }
    }

    /// The records before this one that can be a member: all but those that end in a flexible array.
    private func holdable(before index: Int) -> [Int] {
        records.indices.prefix(index).filter { !records[$0].members.contains(where: \.type.isFlexible) }
    }

    private func functionType(
        depth: Int = 2, before index: Int? = nil, tagged: [Bool], using random: inout Randomness
    ) -> Function {
        let index = index ?? tagged.count
        let parameters = (0..<Int.random(in: 1...3, using: &random)).map { _ in
            type(depth: depth, before: index, tagged: tagged, using: &random)
        }
        var result: TypeUse? = Bool.random(using: &random) ? anyScalar(using: &random) : nil
        if depth == 2, Int.random(in: 0..<3, using: &random) == 0 { result = .pointer(to: .record(0), isConst: false) }
        return Function(result: result, parameters: parameters)
    }
}

extension GeneratedHeader.Member {
    /// Whether its type is spelled where it is.
    var isInline: Bool { if case .inline = type { true } else { false } }
}

extension GeneratedHeader.TypeUse {
    /// An array without a bound: the last member of a struct, and of nothing else.
    var isFlexible: Bool { if case .array(_, nil) = self { true } else { false } }
}
