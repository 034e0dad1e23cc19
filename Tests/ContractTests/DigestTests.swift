import Compatibility
import Contract
import Testing

/// What the digest of an export sees, and what it does not.
@Suite struct DigestTests {
    /// The digest of a function over a `node`, after a change to the contract of `SampleContract`.
    private func digest(_ change: (inout Contract) -> Void) throws -> String {
        var contract = SampleContract.contract
        change(&contract)
        return try #require(contract.digest(of: "greet"))
    }

    private func node(_ change: (inout Record) -> Void) throws -> String {
        try digest { contract in
            guard case .record(var record) = contract.types[SampleContract.node] else { return }
            change(&record)
            contract.types[SampleContract.node] = .record(record)
        }
    }

    @Test func isSixteenLowerCaseHexDigits() throws {
        let digest = try digest { _ in }
        #expect(digest.utf8.count == 16 && digest.allSatisfy { "0123456789abcdef".contains($0) })
        #expect(SampleContract.contract.type(of: "greet") == digest)
    }

    @Test func messagesHaveNoneAndAreCalledMessage() {
        #expect(SampleContract.contract.digest(of: "log") == nil)
        #expect(SampleContract.contract.type(of: "log") == "message")
        #expect(SampleContract.contract.type(of: "absent") == nil)
    }

    @Test func seesNeitherHeaderNorTargetNorConstants() throws {
        let before = try digest { _ in }
        let after = try digest {
            $0.header = "other.h"
            $0.target = "aarch64-unknown-linux-gnu"
            $0.constants = [:]
            $0.callbacks = [:]
            $0.except = ["other"]
        }
        #expect(before == after)
    }

    /// A typedef struct that gets a tag is laid out as before.
    @Test func seesNoTag() throws {
        let renamed = try digest { contract in
            let tag = TypeName(.struct, "point")
            contract.types[tag] = contract.types.removeValue(forKey: SampleContract.point)
            guard case .function(var greet) = contract.exports["greet"] else { return }
            greet.parameters[0] = .pointer(to: .init(.record(tag), isConst: true))
            contract.exports["greet"] = .function(greet)
        }
        #expect(try renamed == digest { _ in })
    }

    @Test func seesMembers() throws {
        let all = [
            try digest { _ in },
            try node { $0.size += 8 }, try node { $0.alignment = 16 }, try node { $0.isUnion = true },
            try node { $0.members[0].offset += 8 }, try node { $0.members[0].name = "after" },
            try node { $0.members.swapAt(0, 1) }, try node { $0.members.removeLast() },
            try node { $0.members[1].width = 4 }, try node { $0.members[1].width = nil },
            try node { $0.members[0].type.isConst = true }, try node { $0.members[0].type.isVolatile = true },
            try node { $0.members[0].type.type = .pointer(to: .init(.void)) },
        ]
        #expect(Set(all).count == all.count)
    }

    @Test func seesSignatures() throws {
        func greet(_ change: (inout CType.Function) -> Void) throws -> String {
            try digest { contract in
                guard case .function(var function) = contract.exports["greet"] else { return }
                change(&function)
                contract.exports["greet"] = .function(function)
            }
        }
        let int = CType.integer(.signed(bits: 32))
        let all = [
            try greet { _ in }, try greet { $0.result = .void }, try greet { $0.isVariadic = true },
            try greet { $0.parameters.append(int) }, try greet { $0.parameters.removeLast() },
            try greet { $0.parameters.swapAt(0, 1) },
            try greet { $0.parameters[0] = .pointer(to: .init(.record(SampleContract.point))) },
            try greet { $0.parameters[0] = .record(SampleContract.point) },
        ]
        #expect(Set(all).count == all.count)
    }

    @Test func seesEnumeratorsAndOpaqueTypes() throws {
        let color = TypeName(.enum, "color")
        func enumeration(_ storage: CType.Integer, _ values: [(String, Int128)]) throws -> String {
            try digest {
                $0.types[color] = .enumeration(.init(storage: storage, enumerators: values.map { .init($0, $1) }))
            }
        }
        let int = CType.Integer.signed(bits: 32)
        #expect(
            try enumeration(int, [("A", 0), ("B", 1)]) == enumeration(int, [("B", 1), ("A", 0)]), "order is no fact")
        let all = [
            try enumeration(int, [("A", 0), ("B", 1)]), try enumeration(int, [("A", 0), ("B", 2)]),
            try enumeration(int, [("B", 0), ("A", 1)]), try enumeration(int, [("A", 0)]),
            try enumeration(.unsigned(bits: 32), [("A", 0), ("B", 1)]),
            try digest { $0.types[color] = .opaque(size: nil, alignment: nil) },
            try digest { $0.types[color] = .opaque(size: 4, alignment: 4) },
        ]
        #expect(Set(all).count == all.count)
    }

    /// Depth is no recursion: a chain of a hundred thousand structs would overflow the stack.
    @Test func longChainsAreWrittenToTheirEnd() throws {
        let names = (0..<100_000).map { TypeName(.struct, "s\($0)") }
        var contract = Contract(header: "chain.h", target: "t")
        for (name, next) in zip(names, names.dropFirst()) {
            let member = Record.Member(name: "next", offset: 0, type: .init(.pointer(to: .init(.record(next)))))
            contract.types[name] = .record(Record(isUnion: false, size: 8, alignment: 8, members: [member]))
        }
        contract.exports["f"] = .function(.init(result: .void, parameters: [.pointer(to: .init(.record(names[0])))]))
        let whole = try #require(contract.digest(of: "f"))
        contract.types[names[99_998]] = .opaque(size: nil, alignment: nil)
        #expect(contract.digest(of: "f") != whole)
    }

    /// A contract of structs that point to each other, `void f_NAME(struct NAME *)` for each.
    private func contract(_ structs: [(name: String, member: String, to: [String])]) -> Contract {
        var contract = Contract(header: "graph.h", target: "t")
        func pointer(_ name: String) -> CType { .pointer(to: .init(.record(TypeName(.struct, name)))) }
        for (name, member, targets) in structs {
            let members = targets.enumerated().map { index, target in
                Record.Member(name: "\(member)\(index)", offset: UInt64(64 * index), type: .init(pointer(target)))
            }
            contract.types[TypeName(.struct, name)] = .record(
                Record(isUnion: false, size: UInt64(8 * targets.count), alignment: 8, members: members))
            contract.exports["f_" + name] = .function(.init(result: .void, parameters: [pointer(name)]))
        }
        return contract
    }

    /// Structs that lead back to each other are the same where all of them are, whatever they are called.
    @Test func recursionIsToldApartByAllThatItLeadsTo() {
        let digests = contract([("a", "x", ["b", "a"]), ("b", "y", ["a", "a"])]).exportTypes
        #expect(digests["f_a"] != digests["f_b"])
        let renamed = contract([("q", "y", ["p", "p"]), ("p", "x", ["q", "p"])]).exportTypes
        #expect(renamed["f_p"] == digests["f_a"] && renamed["f_q"] == digests["f_b"])
        // `a` is the same for two rounds, and leads to a `b` that is another.
        let other = contract([("a", "x", ["b", "a"]), ("b", "y", ["a", "b"])]).exportTypes
        #expect(other["f_a"] != digests["f_a"] && other["f_b"] != digests["f_b"])
        // A far difference in a ring reaches everybody in it.
        let names = (0..<40).map { "s\($0)" }
        func ring(odd: Int?) -> Set<String> {
            Set(
                contract(
                    names.indices.map { (names[$0], $0 == odd ? "odd" : "next", [names[($0 + 1) % names.count]]) }
                ).exportTypes.values)
        }
        #expect(ring(odd: nil).count == 1)
        #expect(ring(odd: 7).count == 40 && ring(odd: 7) == ring(odd: 31))
        #expect(ring(odd: 7).isDisjoint(with: ring(odd: nil)))
    }

    @Test func whatLeadsToItselfIsNotWhatLeadsToAnother() {
        let digests = contract([("self", "x", ["self"]), ("once", "x", ["end"]), ("end", "x", [])]).exportTypes
        #expect(Set(digests.values).count == 3)
        #expect(contract([("one", "x", ["two"]), ("two", "x", ["one"])]).exportTypes["f_one"] == digests["f_self"])
    }

    /// Each export of a long chain reaches the rest of it: what all of them reach is read and written once.
    @Test func aChainOfThousandsHasASnapshotThatIsReadBack() throws {
        let count = 5000
        let chain = contract(
            (0..<count).map { ("s\($0)", "next", $0 + 1 < count ? ["s\($0 + 1)"] : []) })
        #expect(Set(chain.exportTypes.values).count == count)
        #expect(chain.exportTypes["f_s4000"] == chain.digest(of: "f_s4000"))
        #expect(try Contract(snapshot: chain.snapshotWithinLimits()) == chain)
    }

    /// No reader takes more than it may, and no writer writes what no reader takes.
    @Test func whatNoReaderTakesIsNotWritten() throws {
        let wide = contract([("s", String(repeating: "n", count: Contract.snapshotLimit), ["s"])])
        let count = 50
        let odd = contract((0..<count).map { ("s\($0)", $0 == 7 ? "odd" : "next", ["s\(($0 + 1) % count)"]) })
        for (contract, limit, problem) in [
            (wide, Contract.digestLimit, "its snapshot has \(wide.snapshot.utf8.count) bytes, the limit is 4194304"),
            (odd, 50_000, "its types lead to each other in more ways than can be told apart"),
        ] {
            let error = #expect(throws: LineError.self) { try contract.snapshotWithinLimits(digestLimit: limit) }
            #expect(error?.problem == problem)
            #expect(error?.remedy == "split the header, or take part of its exports with --only")
            #expect(throws: LineError.self) { try Contract(snapshot: contract.snapshot, digestLimit: limit) }
        }
        #expect(try Contract(snapshot: odd.snapshotWithinLimits()) == odd)
    }
}
