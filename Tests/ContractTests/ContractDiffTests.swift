import Compatibility
import Contract
import Testing

/// What a comparison says of one change; Tests/ContractCompilerTests has the long table of headers.
@Suite struct ContractDiffTests {
    private static let int = CType.integer(.signed(bits: 32))
    private static let long = CType.integer(.signed(bits: 64))
    private static let point = TypeName(.struct, "point")

    private static func pointer(_ type: CType, isConst: Bool = false) -> CType {
        .pointer(to: .init(type, isConst: isConst))
    }

    private static func member(_ name: String, _ offset: UInt64, _ type: CType = int) -> Record.Member {
        .init(name: name, offset: offset * 8, type: .init(type))
    }

    /// One export `f` over a `struct point`.
    private static func contract(
        _ result: CType = .void, _ parameters: CType..., size: UInt64 = 8, alignment: UInt64 = 4,
        members: [Record.Member] = [member("x", 0), member("y", 4)]
    ) -> Contract {
        var contract = Contract(header: "point.h", target: "t")
        contract.exports["f"] = .function(.init(result: result, parameters: parameters))
        contract.types[point] = .record(
            Record(isUnion: false, size: size, alignment: alignment, members: members))
        return contract
    }

    private static let record = CType.record(point)
    private static let grown = [member("x", 0), member("y", 4), member("z", 8)]

    /// How `f` reaches the struct that grows by `z`, and what that means for `z` and for the size.
    private static let growths: [(CType, [CType], String, String)] = [
        (.void, [pointer(record, isConst: true)], "break survive", "break survive"),
        (.void, [pointer(record)], "depend depend", "depend depend"),
        (pointer(record), [], "survive break", "survive break"),
        (pointer(record, isConst: true), [], "survive break", "survive break"),
        (.void, [record], "break survive", "break break"),
        (record, [], "survive break", "break break"),
        (
            .void, [pointer(.function(.init(result: .void, parameters: [pointer(record, isConst: true)])))],
            "survive break", "survive break"
        ),
        (
            .void, [pointer(.function(.init(result: pointer(record), parameters: [])))], "break survive",
            "break survive"
        ),
    ]

    /// A side that uses what the other has not made is broken; which side that is follows from where the struct is used.
    @Test(arguments: growths)
    func growthBreaksWhoUsesWhatTheOtherDidNotMake(
        result: CType, parameters: [CType], member: String, size: String
    ) throws {
        var old = Self.contract()
        old.exports["f"] = .function(.init(result: result, parameters: parameters))
        var new = Self.contract(size: 12, members: Self.grown)
        new.exports["f"] = old.exports["f"]
        let diff = ContractDiff(old: old, new: new)
        #expect(diff.changes.map(\.kind) == [.memberAdded, .recordSize])
        #expect(diff.changes.map(Self.verdicts) == [member, size])
        #expect(diff.changes.allSatisfy { $0.exports == ["f"] && $0.bump == .major })

        // The other way round the sides are exchanged.
        let back = ContractDiff(old: new, new: old)
        #expect(back.changes.map(\.kind) == [.memberRemoved, .recordSize])
        func mirrored(_ words: String) -> String { words.split(separator: " ").reversed().joined(separator: " ") }
        #expect(back.changes.map(Self.verdicts) == [mirrored(member), mirrored(size)])
    }

    private static func verdicts(_ change: ContractChange) -> String {
        "\(change.callers.verdict) \(change.plugins.verdict)"
    }

    /// Types of the first parameter, and what becomes of callers and plugins; of a result they are exchanged.
    private static let conversions: [(CType, CType, String)] = [
        (int, long, "break depend"), (long, int, "depend break"), (int, .integer(.unsigned(bits: 32)), "depend depend"),
        (int, .floating(.float), "break break"), (.floating(.float), .floating(.double), "break break"),
        (pointer(int), pointer(long), "break break"), (pointer(.void), pointer(int), "depend depend"),
        (long, pointer(int), "break break"), (.bool, int, "break depend"), (int, record, "break break"),
        (
            pointer(.function(.init(result: .void, parameters: []))),
            pointer(.function(.init(result: .void, parameters: [int]))), "break break"
        ),
        (pointer(int), pointer(int, isConst: true), "survive depend"),
        (pointer(int, isConst: true), pointer(int), "depend survive"),
    ]

    @Test(arguments: conversions)
    func scalarsAreWhatTheReceiverReads(before: CType, after: CType, outcome: String) throws {
        let parameter = try #require(
            ContractDiff(old: Self.contract(.void, before), new: Self.contract(.void, after)).changes.first)
        #expect(Self.verdicts(parameter) == outcome)
        let result = try #require(ContractDiff(old: Self.contract(before), new: Self.contract(after)).changes.first)
        #expect(Self.verdicts(result) == outcome.split(separator: " ").reversed().joined(separator: " "))
    }

    /// Enumerators before and after, of an enum that travels to the plugin, and what becomes of callers and plugins.
    private static let enumerations: [([(String, Int128)], [(String, Int128)], String, [String])] = [
        ([("A", 0)], [("A", 0), ("B", 1)], "enumerator.added", ["survive depend"]),
        ([("A", 0), ("B", 1)], [("A", 0)], "enumerator.removed", ["depend survive"]),
        ([("A", 0)], [("A", 1)], "enumerator.value", ["break break"]),
        ([("A", 0)], [("A", 0), ("B", 0)], "enumerator.added", ["survive survive"]),
        ([("A", 0)], [("B", 0)], "enumerator.removed", ["survive survive", "survive survive"]),
        ([("B", 0)], [("A", 0), ("B", 1)], "enumerator.added", ["break break", "break break"]),
    ]

    /// A number that one side has no name for is met as an unknown one; one that it calls otherwise is taken for that.
    @Test(arguments: enumerations)
    func enumeratorsAreNumbersToBothSides(
        before: [(String, Int128)], after: [(String, Int128)], first: String, outcomes: [String]
    ) {
        func contract(_ values: [(String, Int128)]) -> Contract {
            let name = TypeName(.enum, "color")
            var contract = Self.contract(.void, .enumeration(name))
            contract.types[name] = .enumeration(
                .init(storage: .unsigned(bits: 32), enumerators: values.map { .init($0, $1) }))
            return contract
        }
        let changes = ContractDiff(old: contract(before), new: contract(after)).changes
        #expect(changes.first?.kind.rawValue == first)
        #expect(changes.map(Self.verdicts) == outcomes)
    }

    @Test func parametersAtTheEndAreReadByNobodyWhoDoesNotKnowThem() {
        let diff = ContractDiff(old: Self.contract(.void, Self.int), new: Self.contract(.void, Self.int, Self.int))
        #expect(diff.changes.map(\.kind) == [.exportParameters] && diff.changes.map(Self.verdicts) == ["break survive"])
        let inFront = ContractDiff(old: Self.contract(.void, Self.int), new: Self.contract(.void, Self.long, Self.int))
        #expect(inFront.changes.map(Self.verdicts) == ["break break"])
    }

    @Test func nothingIsToldOfWhatChangesNoType() {
        var renamed = Self.contract(.void, .pointer(to: .init(.record(TypeName(.typedef, "place")))))
        renamed.types[TypeName(.typedef, "place")] = renamed.types.removeValue(forKey: Self.point)
        let diff = ContractDiff(old: Self.contract(.void, Self.pointer(Self.record)), new: renamed)
        #expect(diff.changes.isEmpty && diff.bump == .patch && diff.text == "no change: patch\n")
    }

    /// A struct under a new name that grew is one type that grew, not another type.
    @Test func renamedTypesAreComparedUnderBothNames() {
        var renamed = Self.contract(
            .void, .pointer(to: .init(.record(TypeName(.typedef, "place")))), size: 12, members: Self.grown)
        renamed.types[TypeName(.typedef, "place")] = renamed.types.removeValue(forKey: Self.point)
        let diff = ContractDiff(old: Self.contract(.void, Self.pointer(Self.record)), new: renamed)
        #expect(diff.changes.first?.subject == "struct point (NEW calls it place), member z")
    }

    /// A struct that led to itself leads to another of its form that does: no definition differs, the digest does.
    @Test func everyChangedDigestIsExplained() {
        let (list, tail) = (TypeName(.struct, "list"), TypeName(.struct, "tail"))
        func node(_ next: TypeName) -> TypeDefinition {
            let member = Record.Member(name: "next", offset: 0, type: .init(Self.pointer(.record(next))))
            return .record(Record(isUnion: false, size: 8, alignment: 8, members: [member]))
        }
        var old = Self.contract(.void, Self.pointer(.record(list)))
        old.types = [list: node(list)]
        var new = old
        new.types = [list: node(tail), tail: node(tail)]
        let diff = ContractDiff(old: old, new: new)
        #expect(old.digest(of: "f") != new.digest(of: "f"))
        #expect(diff.changes.map(\.kind) == [.exportParameters] && diff.bump == .major)
    }

    /// `f(struct a *, struct b *)` of one form each became `f(struct a *, struct a *)`: both sides read the same bytes.
    @Test func structsOfOneFormAreOne() {
        var old = Self.contract(.void, Self.pointer(Self.record), Self.pointer(.record(TypeName(.struct, "twin"))))
        old.types[TypeName(.struct, "twin")] = old.types[Self.point]
        let new = Self.contract(.void, Self.pointer(Self.record), Self.pointer(Self.record))
        #expect(ContractDiff(old: old, new: new).changes.isEmpty)
    }

    @Test func isAStatementWithBothSides() {
        var old = SampleContract.contract
        var new = old
        if case .record(var point) = new.types[SampleContract.point] {
            point.members[1].name = "z"
            point.members[0].type.type = Self.long
            new.types[SampleContract.point] = .record(point)
        }
        old.exports["hum"] = .message
        new.exports["sing"] = .function(.init(result: Self.int, parameters: []))
        new.constants = ["GREET_MAX": 32, "GREET_MORE": 1]
        #expect(
            ContractDiff(old: old, new: new).text == """
                7 changes, major: point, member x changed (greet), point, member z changed (greet), export hum was removed and 2 more

                member.retyped: point, member x (major)
                    reached by greet
                    - int x at 0
                    + long x at 0
                    old callers break: the receiver reads 64 bits, of which the sender sets 32
                    old plugins break: the receiver reads 64 bits, of which the sender sets 32

                member.renamed: point, member z (major)
                    reached by greet
                    - int y at 4
                    + int z at 4
                    old callers survive: it lies where it lay and has the type that it had; only sources change
                    old plugins survive: it lies where it lay and has the type that it had; only sources change

                export.removed: hum (major)
                    - message hum
                    old callers break: they bind what is not there
                    old plugins survive: nobody asks for it any more

                export.added: sing (minor)
                    + int sing(void)
                    old callers survive: they do not know of it
                    old plugins survive: a host that needs it asks for a range that begins with NEW

                constant.removed: constant GREET_MIN (major)
                    - GREET_MIN = -1
                    old callers depend: only where -1 still means what it meant: it is compiled into OLD's side
                    old plugins depend: only where -1 still means what it meant: it is compiled into OLD's side

                constant.added: constant GREET_MORE (minor)
                    + GREET_MORE = 1
                    old callers survive: they do not know of it
                    old plugins survive: they do not know of it

                constant.value: constant GREET_MAX (major)
                    - GREET_MAX = 16
                    + GREET_MAX = 32
                    old callers depend: only where nobody relies on it: 16 is compiled into OLD's side, 32 into NEW's
                    old plugins depend: only where nobody relies on it: 16 is compiled into OLD's side, 32 into NEW's

                """)
    }

    @Test func declaredStepsAreHeldToTheBump() throws {
        let old = Self.contract(.void, Self.int)
        let changed = ContractDiff(old: old, new: Self.contract(.void, Self.long))
        var added = old
        added.exports["g"] = .message
        let additional = ContractDiff(old: old, new: added)
        var elsewhere = old
        elsewhere.target = "u"
        for (diff, step, refusal) in [
            (changed, "1.2.0..1.3.0", "declared 1.2.0..1.3.0 is a minor step; f, parameter 1 changed: needs 2.0.0"),
            (changed, "1.2.0..1.2.1", "declared 1.2.0..1.2.1 is a patch step; f, parameter 1 changed: needs 2.0.0"),
            (changed, "0.3.1..0.3.2", "declared 0.3.1..0.3.2 is a minor step; f, parameter 1 changed: needs 0.4.0"),
            (changed, "1.2.0..2.0.0", nil), (changed, "0.3.1..0.4.0", nil), (changed, "0.0.3..0.0.4", nil),
            (additional, "1.2.0..1.2.1", "declared 1.2.0..1.2.1 is a patch step; export g was added: needs 1.3.0"),
            (additional, "1.2.0..1.3.0", nil), (additional, "0.3.1..0.3.2", nil),
            (ContractDiff(old: old, new: old), "1.2.0..1.2.1", nil),
            (
                ContractDiff(old: old, new: elsewhere), "1.2.0..2.0.0",
                "OLD is for t, NEW for u: no version is enough, compare contracts of one target"
            ),
        ] as [(ContractDiff, String, String?)] {
            #expect(try diff.refusal(of: VersionStep(step)) == refusal)
        }
    }

    @Test func explainsAnExportInASentence() {
        func explain(_ old: Contract, _ new: Contract) -> String? {
            ContractDiff.explain("f", old: old, new: new, names: ("the host", "the plugin"))
        }
        let old = Self.contract(.void, Self.pointer(Self.record))
        #expect(explain(old, old) == nil)
        #expect(
            explain(old, Self.contract(Self.int, Self.pointer(Self.record)))
                == "the host has \"void f(struct point *)\", the plugin has \"int f(struct point *)\"")
        #expect(
            explain(old, Self.contract(.void, Self.pointer(Self.record), size: 12, members: Self.grown))
                == "both have \"void f(struct point *)\", but not the same struct point, member z: the host has none, "
                + "the plugin has \"int z at 8\"")
        #expect(
            explain(old, Self.contract(.void, Self.pointer(Self.record), alignment: 8))
                == "both have \"void f(struct point *)\", but not the same struct point: the host has \"align 4\", "
                + "the plugin has \"align 8\"")
    }

    @Test func manyMembersAndExportsAreComparedInBoundedTime() {
        let members = (0..<50_000).map { Self.member("m\($0)", UInt64($0) * 4) }
        let old = Self.contract(.void, Self.pointer(Self.record), size: 200_000, members: members)
        let new = Self.contract(.void, Self.pointer(Self.record), size: 200_000, members: members.reversed())
        let renamed = members.map { Record.Member(name: ($0.name ?? "") + "_", offset: $0.offset, type: $0.type) }
        let other = Self.contract(.void, Self.pointer(Self.record), size: 200_000, members: renamed)
        #expect(ContractDiff(old: old, new: new).changes.isEmpty == false)
        #expect(ContractDiff(old: old, new: other).changes.count == 50_000)
    }
}
