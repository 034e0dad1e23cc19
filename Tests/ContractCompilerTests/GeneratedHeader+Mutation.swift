/// Changes of a generated header's meaning.
extension GeneratedHeader {
    /// What changes, in one place.
    enum Mutation: String, CaseIterable {
        // Of a type, wherever it is used.
        case width, sign, arrayBound, constOfPointee, pointerDepth
        // Of a function.
        case returnType, parameterOrder, parameterAdded, parameterRemoved, variadic
        // Of a struct or union.
        case memberOrder, memberInserted, memberRemoved, memberRenamed, bitFieldWidth, packing, alignment,
            unionForStruct
        // Of an enum.
        case enumeratorValue, enumeratorAdded, enumeratorRemoved
    }

    /// A declaration that can change.
    enum Place: Hashable {
        case function(Int)
        case record(Int)
        case enumeration(Int)
    }

    /// Changes one place, where this header has one for it.
    ///
    /// - Returns: the names of the exports whose types reach that place; `nil` where nothing was changed.
    mutating func mutate(_ mutation: Mutation, using random: inout some RandomNumberGenerator) -> Set<String>? {
        let places =
            functions.indices.map(Place.function) + records.indices.map(Place.record)
            + enumerations.indices.map(Place.enumeration)
        for place in places.shuffled(using: &random) {
            let reached = Set(functions.indices.filter { reach($0).contains(place) }.map { functions[$0].name })
            let changed =
                switch place {
                case .function(let index): functions[index].mutate(mutation, using: &random)
                case .record(let index): records[index].mutate(mutation, using: &random)
                case .enumeration(let index): Self.mutate(&enumerations[index], mutation)
                }
            if changed { return reached }
        }
        return nil
    }

    /// The places that an export's type leads to, itself among them.
    private func reach(_ function: Int) -> Set<Place> {
        var found: Set<Place> = [.function(function)]
        func visit(_ type: TypeUse) {
            switch type {
            case .scalar, .opaque: break
            case .enumeration(let index): found.insert(.enumeration(index))
            case .record(let index):
                if found.insert(.record(index)).inserted { for member in records[index].members { visit(member.type) } }
            case .inline(let record): for member in record.members { visit(member.type) }
            case .pointer(let pointee, _): visit(pointee)
            case .array(let element, _): visit(element)
            case .function(let function): visitAll(of: function)
            }
        }
        func visitAll(of function: Function) {
            for type in function.parameters + [function.result].compactMap(\.self) { visit(type) }
        }
        visitAll(of: functions[function])
        return found
    }

    private static func mutate(_ enumerators: inout [Enumerator], _ mutation: Mutation) -> Bool {
        let last = enumerators.endIndex - 1
        switch mutation {
        case .enumeratorValue: enumerators[last].value += 1
        case .enumeratorAdded:
            enumerators.append(Enumerator(name: enumerators[0].name + "_more", value: enumerators[last].value + 1))
        case .enumeratorRemoved: enumerators.removeLast()
        default: return false
        }
        return true
    }
}

extension GeneratedHeader.Function {
    fileprivate mutating func mutate(
        _ mutation: GeneratedHeader.Mutation, using random: inout some RandomNumberGenerator
    ) -> Bool {
        switch mutation {
        case .returnType: result = result == .scalar(.double) ? nil : .scalar(.double)
        case .parameterAdded: parameters.append(.scalar(.int))
        case .parameterRemoved where parameters.count > 1: parameters.removeLast()
        case .variadic: isVariadic.toggle()
        case .parameterOrder:
            guard let other = parameters.firstIndex(where: { $0 != parameters[0] }) else { return false }
            parameters.swapAt(0, other)
        case .width, .sign, .arrayBound, .constOfPointee, .pointerDepth:
            for index in parameters.indices.shuffled(using: &random) where parameters[index].mutate(mutation) {
                return true
            }
            return false
        default: return false
        }
        return true
    }
}

extension GeneratedHeader.Record {
    fileprivate mutating func mutate(
        _ mutation: GeneratedHeader.Mutation, using random: inout some RandomNumberGenerator
    ) -> Bool {
        switch mutation {
        // In a union an order is no more than a habit, and what packs or tags it differs by luck.
        case .memberOrder where !isUnion:
            members.swapAt(0, 1)
        case .memberInserted:
            members.insert(.init(name: "inserted", type: .scalar(.int)), at: Int.random(in: 0...2, using: &random))
        case .memberRemoved: members.remove(at: Int.random(in: 0...2, using: &random))
        case .memberRenamed:
            guard let index = members.firstIndex(where: { $0.name != nil }) else { return false }
            members[index].name = "renamed"
        case .bitFieldWidth:
            guard let index = members.firstIndex(where: { $0.width != nil }), let width = members[index].width
            else { return false }
            members[index].width = width + 1
        case .packing: isPacked = true
        case .alignment: alignment = 64
        case .unionForStruct where !members.contains { $0.name == "rest" }: isUnion.toggle()
        case .width, .sign, .arrayBound, .constOfPointee, .pointerDepth:
            for index in members.indices.shuffled(using: &random)
            where members[index].width == nil && members[index].type.mutate(mutation) {
                return true
            }
            return false
        default: return false
        }
        return true
    }
}

extension GeneratedHeader.TypeUse {
    /// Changes this type, or the first within it that has a place for the change.
    fileprivate mutating func mutate(_ mutation: GeneratedHeader.Mutation) -> Bool {
        switch (mutation, self) {
        case (.width, .scalar(let scalar)):
            guard let other = scalar.wider else { return false }
            self = .scalar(other)
        case (.sign, .scalar(let scalar)):
            guard let other = scalar.ofOtherSign else { return false }
            self = .scalar(other)
        case (.arrayBound, .array(let element, let count?)): self = .array(of: element, count: count + 1)
        case (.constOfPointee, .pointer(let pointee, let isConst)) where pointee.takesConst:
            self = .pointer(to: pointee, isConst: !isConst)
        case (.pointerDepth, .pointer): self = .pointer(to: self, isConst: false)
        case (_, .pointer(var pointee, let isConst)):
            guard pointee.mutate(mutation) else { return false }
            self = .pointer(to: pointee, isConst: isConst)
        case (_, .array(var element, let count)):
            guard element.mutate(mutation) else { return false }
            self = .array(of: element, count: count)
        case (_, .function(var function)):
            guard function.parameters.indices.contains(where: { function.parameters[$0].mutate(mutation) })
            else { return false }
            self = .function(function)
        case (_, .inline(var record)):
            guard record.members.indices.contains(where: { record.members[$0].type.mutate(mutation) })
            else { return false }
            self = .inline(record)
        default: return false
        }
        return true
    }

    /// Functions cannot be const.
    private var takesConst: Bool { if case .function = self { false } else { true } }
}

extension GeneratedHeader.Scalar {
    fileprivate var wider: Self? {
        switch self {
        case .signedChar: .short
        case .unsignedChar: .unsignedShort
        case .short: .int
        case .unsignedShort: .unsigned
        case .int: .long
        case .unsigned: .unsignedLong
        case .float: .double
        case .bool, .char, .long, .unsignedLong, .double: nil
        }
    }

    fileprivate var ofOtherSign: Self? {
        switch self {
        case .signedChar: .unsignedChar
        case .unsignedChar: .signedChar
        case .short: .unsignedShort
        case .unsignedShort: .short
        case .int: .unsigned
        case .unsigned: .int
        case .long: .unsignedLong
        case .unsignedLong: .long
        case .bool, .char, .float, .double: nil
        }
    }
}
