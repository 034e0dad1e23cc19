import Compatibility
import Contract
import Glibc
import PluginHost
import TestSupport
import Testing

/// Refusals for the type of an export, spelled in C where a snapshot has it: beside a plugin, or in the host's folder.
@Suite(.timeLimit(.minutes(2))) struct ContractTextTests {
    /// `answer` of one result and some parameters, as a header would give it.
    private static func contract(
        _ result: CType = .integer(.signed(bits: 32)), _ parameters: [CType] = [],
        types: [TypeName: TypeDefinition] = [:]
    ) -> Contract {
        Contract(
            header: "answers.h", target: "x86_64-unknown-linux-gnu",
            exports: ["answer": .function(.init(result: result, parameters: parameters)), "tell": .message],
            types: types)
    }

    private static let int = contract()
    private static let long = contract(.integer(.signed(bits: 64)), [.bool])

    /// A contract whose `answer` takes a point of one or two members.
    private static func ofPoint(_ members: [String]) -> Contract {
        let name = TypeName(.typedef, "point")
        let record = Record(
            isUnion: false, size: UInt64(4 * members.count), alignment: 4,
            members: members.enumerated().map { index, member in
                .init(name: member, offset: UInt64(32 * index), type: .init(.integer(.signed(bits: 32))))
            })
        return contract(
            parameters: [.pointer(to: .init(.record(name), isConst: true))], types: [name: .record(record)])
    }

    private static func contract(parameters: [CType], types: [TypeName: TypeDefinition]) -> Contract {
        contract(.integer(.signed(bits: 32)), parameters, types: types)
    }

    private static func digest(_ contract: Contract) throws -> String {
        try #require(contract.digest(of: "answer"))
    }

    /// `answers` that declares the type of a contract, with its snapshot beside it.
    private func answers(
        _ version: String, _ contract: Contract, beside snapshot: String? = nil, isSpelled: Bool = true,
        in folder: TemporaryFolder
    ) throws -> String {
        let path = try Plugins.build(
            "answers_in_contract.c", version, flags: ["-DDIGEST=\"\(try Self.digest(contract))\""], into: folder)
        if isSpelled {
            let name = path.split(separator: "/").last.map(String.init) ?? ""
            try folder.write(snapshot ?? contract.snapshot, to: "\(name).contract")
        }
        return path
    }

    /// The one sentence of a refusal by the gate.
    private func sentence(_ body: () async throws -> Void) async throws -> String {
        let error = try await hostError(body)
        guard case .refused(let report) = error, report.refusalCodes == "contract.type" else { throw error }
        return report.refusals.map(\.sentence).joined(separator: "\n")
    }

    @Test func snapshotsBesideBothPluginsSpellBothTypes() async throws {
        try await withHost { host, folder in
            let (one, two) = (try Self.digest(Self.int), try Self.digest(Self.long))
            let first = try answers("1.0.0", Self.int, in: folder)
            let loaded = try await host.load(first)
            #expect(loaded.warnings.isEmpty)
            // Read when it was loaded: what lies there now is another's.
            try folder.write(Self.long.snapshot, to: "answers_in_contract-1.0.0.so.contract")
            _ = try host.bind("answers", "^1", answer)
            let next = try answers("1.1.0", Self.long, in: folder)
            #expect(
                try await sentence { _ = try await host.swap("answers", to: next) }
                    == "contract.type: plugin has long answer(bool) [\(two)], the route answers ^1 is bound to "
                    + "int answer(void) [\(one)]: keep the type of answer, or release it as 2.0.0")
            // A caller's type is spelled, too, where something at hand has it.
            let error = try await hostError {
                _ = try host.bind(
                    "answers", "^1", Export("answer", as: (@convention(c) () -> Int32).self, type: two))
            }
            #expect(
                error.description
                    == "answers 1.0.0 has int answer(void) [\(one)], the caller binds answer of type \(two) through answers ^1: "
                    + "build the caller against the contract of 1.0.0, or bind a range whose version has the caller's type; "
                    + "plugctl contract diff OLD NEW tells two headers apart, and a snapshot beside each file (plugctl "
                    + "contract snapshot HEADER -o FILE.so.contract) spells the types here")
            _ = try await host.load(next)
            let spelled = try await hostError {
                _ = try host.bind(
                    "answers", "^1", Export("answer", as: (@convention(c) () -> Int32).self, type: two))
            }
            guard case .contractType(let conflict) = spelled else { throw spelled }
            #expect(conflict.expected.spelling == "long answer(bool)")
            #expect(
                conflict.offered.spelling == "int answer(void)" && conflict.offered.declared == one
                    && !conflict.description.contains("contract diff"))
        }
    }

    @Test func theHostsOwnSnapshotsSpellThem() async throws {
        let contracts = try TemporaryFolder()
        try contracts.write(Self.int.snapshot, to: "old.contract")
        try contracts.write(Self.long.snapshot, to: "new.contract")
        try contracts.write("no contract, and not looked at\n", to: "README")
        try await withHost {
            $0.contracts = contracts.path
        } _: { host, folder in
            _ = try await host.load(answers("1.0.0", Self.int, isSpelled: false, in: folder))
            _ = try host.bind("answers", "^1", answer)
            let next = try answers("1.1.0", Self.long, isSpelled: false, in: folder)
            #expect(
                try await sentence { _ = try await host.swap("answers", to: next) }.contains(
                    "plugin has long answer(bool) ["))
            // The registry's word, spelled as well: no gate sees a version that is loaded.
            _ = try await host.load(next)
            let error = try await hostError { _ = try await host.swap("answers", to: SemanticVersion("1.1.0")) }
            let expected =
                "answers 1.1.0 has long answer(bool) [\(try Self.digest(Self.long))], the route answers ^1 is bound to "
                + "int answer(void) [\(try Self.digest(Self.int))]: keep the type of answer, or release it as 2.0.0"
            #expect(error.code == "contract.type" && error.description == expected)
        }
    }

    /// The signature is the same, and what it points to is not.
    @Test func whereTheSpellingIsTheSameTheDefinitionIsNamed() async throws {
        try await withHost { host, folder in
            let (old, new) = (Self.ofPoint(["x", "y"]), Self.ofPoint(["x", "y", "z"]))
            _ = try await host.load(answers("1.0.0", old, in: folder))
            _ = try host.bind("answers", "^1", answer)
            let next = try answers("1.1.0", new, in: folder)
            let sentence = try await sentence { _ = try await host.swap("answers", to: next) }
            let expected =
                "contract.type: plugin has int answer(const point *) [\(try Self.digest(new))], the route answers ^1 is "
                + "bound to int answer(const point *) [\(try Self.digest(old))]: not the same point, member z: what is bound "
                + "has none, the plugin has \"int z at 8\": keep the type of answer, or release it as 2.0.0"
            #expect(sentence == expected)
        }
    }

    /// What may lie there instead of a snapshot, and what is said about it.
    static let broken: [(String, @Sendable (TemporaryFolder, String) throws -> Void, String)] = [
        ("text", { try $0.write("hello\n", to: $1) }, ", line 1: "),
        ("empty", { try $0.write("", to: $1) }, ", line 1: "),
        (
            "edited",
            { folder, name in
                let text = int.snapshot.replacing("int answer(void)", with: "long answer(void)")
                try folder.write(text, to: name)
            }, ", line 5: "
        ),
        ("not UTF-8", { try $0.write([0xff, 0xfe, 0x00], to: $1) }, ": the bytes are not UTF-8"),
        (
            "too long", { try $0.write([UInt8](repeating: 0x20, count: (4 << 20) + 1), to: $1) },
            " has 4194305 bytes, the limit is 4194304"
        ),
        ("a folder", { mkdir($0.file($1), 0o755) }, " is not a regular file"),
        ("a pipe", { mkfifo($0.file($1), 0o600) }, " is not a regular file"),
        (
            "another's", { try $0.write(long.snapshot, to: $1) },
            " has answer of type \((try? digest(long)) ?? ""): make both from one header"
        ),
    ]

    @Test(arguments: broken.map(\.0)) func aBrokenSnapshotCostsOnlyTheText(_ name: String) async throws {
        let (_, make, problem) = try #require(Self.broken.first { $0.0 == name })
        try await withHost { host, folder in
            let file = try answers("1.0.0", Self.int, isSpelled: false, in: folder)
            try make(folder, "answers_in_contract-1.0.0.so.contract")
            let loaded = try await host.load(file)
            #expect(loaded.warnings.map(\.code) == ["contract.snapshot"])
            let sentence = try #require(loaded.warnings.first?.sentence)
            #expect(sentence.contains("\(file).contract") && sentence.contains(problem), "\(sentence)")
            let checked = try PluginFile.judge(path: file, against: .current())
            #expect(checked.warnings.map(\.sentence) == [sentence])
            _ = try host.bind("answers", "^1", answer)
            let next = try answers("1.1.0", Self.long, in: folder)
            #expect(
                try await self.sentence { _ = try await host.swap("answers", to: next) }.contains(
                    "is bound to answer of type \(try Self.digest(Self.int)): "))
        }
    }

    /// Nobody pays for a snapshot that could spell nothing.
    @Test func aPluginWithoutTypesHasNoUseForOne() async throws {
        try await withHost { host, folder in
            let file = try Plugins.answers("1.0.0", answer: 1, named: "answers", into: folder)
            try folder.write("hello\n", to: "answers.so.contract")
            #expect(try await host.load(file).warnings.isEmpty)
        }
    }

    @Test func aHostDoesNotStartWithABrokenContract() throws {
        let folder = try TemporaryFolder()
        try folder.write(Self.int.snapshot, to: "a.contract")
        try folder.write("switchboard-contract 1\nheader b.h\nhello\n", to: "b.contract")
        func error() -> String? {
            #expect(throws: PluginHostError.self) {
                _ = try PluginHost(HostConfiguration(stagingDirectory: folder.file("s"), contracts: folder.path))
            }.map { "\($0.code): \($0)" }
        }
        #expect(
            error()?.hasPrefix("invalid-request: the host cannot start: \(folder.file("b.contract")), line 3: ") == true
        )
        unlink(folder.file("b.contract"))
        for index in 0..<256 { try folder.write("", to: "\(index).contract") }
        #expect(
            error()
                == "invalid-request: the host cannot start: \(folder.path) holds 257 contracts, the limit is 256: keep those in "
                + "it that this host is built against")
    }
}
