import Contract

/// A contract with one of everything.
enum SampleContract {
    static let point = TypeName(.typedef, "point")
    static let node = TypeName(.struct, "node")

    private static let int = CType.integer(.signed(bits: 32))
    private static let unsigned = CType.integer(.unsigned(bits: 32))
    private static let long = CType.integer(.signed(bits: 64))
    private static func pointer(_ type: CType, isConst: Bool = false) -> CType {
        .pointer(to: .init(type, isConst: isConst))
    }

    static var contract: Contract {
        var contract = Contract(header: "greeter.h", target: "x86_64-unknown-linux-gnu")
        contract.only = ["greet", "log"]
        contract.except = ["gzvprintf"]
        let db = TypeName(.struct, "db")
        let closed = pointer(.function(.init(result: .void, parameters: [pointer(.record(db))])))
        contract.exports["greet"] = .function(
            .init(result: int, parameters: [pointer(.record(point), isConst: true), .record(node), closed]))
        contract.exports["log"] = .message
        contract.types[point] = .record(
            Record(
                isUnion: false, size: 8, alignment: 4,
                members: [
                    .init(name: "x", offset: 0, type: .init(int)), .init(name: "y", offset: 32, type: .init(int)),
                ]))
        contract.types[node] = .record(nodeRecord)
        contract.types[TypeName(.enum, "color")] = .enumeration(
            .init(storage: .unsigned(bits: 32), enumerators: [.init("RED", 0), .init("BLUE", 1)]))
        contract.types[db] = .opaque(size: nil, alignment: nil)
        contract.types[TypeName(.struct, "tm")] = .opaque(size: 56, alignment: 8)
        contract.nested[TypeName(.enum, "color")] = node
        contract.callbacks["handler"] = pointer(.function(.init(result: .void, parameters: [pointer(.void), int])))
        contract.constants = ["GREET_MAX": 16, "GREET_MIN": -1]
        return contract
    }

    private static var nodeRecord: Record {
        let choice = Record(
            isUnion: true, size: 8, alignment: 8,
            members: [
                .init(name: "integer", offset: 0, type: .init(long)),
                .init(name: "number", offset: 0, type: .init(.floating(.double))),
            ])
        let pair = Record(
            isUnion: false, size: 8, alignment: 4,
            members: [
                .init(name: "first", offset: 0, type: .init(int)),
                .init(
                    name: nil, offset: 32,
                    type: .init(
                        .inline(
                            Record(
                                isUnion: true, size: 4, alignment: 4,
                                members: [
                                    .init(name: "second", offset: 0, type: .init(int))
                                ])))),
            ])
        return Record(
            isUnion: false, size: 112, alignment: 8,
            members: [
                .init(name: "next", offset: 0, type: .init(pointer(.record(node)))),
                .init(name: "a", offset: 64, width: 3, type: .init(unsigned)),
                .init(name: "b", offset: 67, width: 1, type: .init(unsigned)),
                .init(name: nil, offset: 128, type: .init(.inline(choice))),
                .init(name: "when", offset: 192, type: .init(.record(TypeName(.struct, "tm")))),
                .init(name: "color", offset: 640, type: .init(.enumeration(TypeName(.enum, "color")))),
                .init(
                    name: "pairs", offset: 704,
                    type: .init(
                        .pointer(to: .init(.array(of: .init(.inline(pair), isConst: true), count: 4))))),
                .init(name: "t", offset: 768, type: .init(.array(of: .init(.integer(.char)), count: 12))),
                .init(
                    name: "rest", offset: 864, type: .init(.array(of: .init(.integer(.unsigned(bits: 8))), count: nil))),
            ])
    }
}
