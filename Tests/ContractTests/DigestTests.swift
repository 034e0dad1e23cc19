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
}
