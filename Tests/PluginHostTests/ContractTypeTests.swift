import PluginHost
import TestSupport
import Testing

/// Types of exports, as manifests declare them and callers bind them, in a host with real plugins.
@Suite(.timeLimit(.minutes(2))) struct ContractTypeTests {
    private static let (one, two) = ("0011223344556677", "8899aabbccddeeff")
    private static let seeBoth =
        "; plugctl contract diff OLD NEW tells two headers apart, and a snapshot beside each file (plugctl contract "
        + "snapshot HEADER -o FILE.so.contract) spells the types here"

    /// `answers` whose `answer` is declared of a type, or of none.
    private func answers(_ version: String, _ digest: String, traced: Bool = false, in folder: TemporaryFolder)
        throws -> String
    {
        try Plugins.build(
            "answers_in_contract.c", version, named: "answers-\(version)-\(digest)",
            flags: ["-DDIGEST=\"\(digest)\""] + (traced ? ["-DTRACE=\"\(folder.file("trace"))\""] : []), into: folder)
    }

    private func export(_ type: String) -> Export<@convention(c) () -> Int32> {
        Export("answer", as: (@convention(c) () -> Int32).self, type: type)
    }

    /// The conflict that `body` ends with.
    private func conflict(_ body: () async throws -> Void) async throws -> TypeConflict {
        let error = try await hostError(body)
        guard case .contractType(let conflict) = error else { throw error }
        #expect(error.code == "contract.type" && error.description == conflict.description)
        return conflict
    }

    /// The sentences of the gate `contract.type` in a refusal, which is for nothing else.
    private func refusal(_ body: () async throws -> Void) async throws -> [String] {
        let error = try await hostError(body)
        guard case .refused(let report) = error else { throw error }
        #expect(report.refusalCodes == "contract.type")
        return report.refusals.map(\.statement)
    }

    @Test func aBindingIsOfTheTypeThatThePluginDeclares() async throws {
        try await withHost { host, folder in
            _ = try await host.load(answers("1.0.0", Self.one, in: folder))
            #expect(try call(host.bind("answers", "^1", export(Self.one))) == 1)
            #expect(try call(host.bind("answers", "^1", export("0011223344556677".uppercased()))) == 1)
            #expect(try call(host.bind("answers", "^1", answer)) == 1)
            let conflict = try await conflict { _ = try host.bind("answers", "^1", export(Self.two)) }
            #expect(
                conflict.description
                    == "answers 1.0.0 has answer of type \(Self.one), the caller binds answer of type \(Self.two) through "
                    + "answers ^1: build the caller against the contract of 1.0.0, or bind a range whose version has the "
                    + "caller's type" + Self.seeBoth)
            #expect(conflict.offered.declared == Self.one && conflict.expected.declared == Self.two)
            #expect(conflict.offered.spelling == nil && conflict.expected.spelling == nil)
        }
    }

    /// It would be any type.
    @Test(arguments: ["", "0011", "001122334455667g", "00112233445566778", "message", "0x11223344556677", "\u{1b}[0m"])
    func aMalformedTypeIsNeverAnyType(_ text: String) async throws {
        try await withHost { host, folder in
            _ = try await host.load(answers("1.0.0", Self.one, in: folder))
            let error = try await hostError { _ = try host.bind("answers", "^1", export(text)) }
            #expect(error.code == "invalid-request")
            #expect(error.description.contains("is no type of answer: give the 16 hex digits"))
            #expect(!error.description.contains("\u{1b}"))
            #expect(host.routes().isEmpty)
        }
    }

    @Test func whatThePluginDoesNotDeclareIsNotOfTheCallersType() async throws {
        try await withHost { host, folder in
            _ = try await host.load(answers("1.0.0", "", in: folder))
            let conflict = try await conflict { _ = try host.bind("answers", "^1", export(Self.one)) }
            #expect(
                conflict.description
                    == "answers 1.0.0 has answer of no declared type, the caller binds answer of type \(Self.one) through "
                    + "answers ^1: let the plugin declare export = answer \(Self.one), or bind it without a type, which "
                    + "proves nothing")
            #expect(try call(host.bind("answers", "^1", answer)) == 1)
            // A version that begins to declare its types may take over what was bound without.
            _ = try await host.swap("answers", to: answers("1.1.0", Self.one, in: folder))
            #expect(try call(host.bind("answers", "^1", export(Self.one))) == 1)
        }
    }

    /// Nothing of the new version runs: its constructor would leave a trace.
    @Test func aSwapToAnotherTypeIsRefusedByTheGates() async throws {
        try await withHost { host, folder in
            _ = try await host.load(answers("1.0.0", Self.one, in: folder))
            // Whoever bound it did not say which type it takes: what it got is bound.
            let binding = try host.bind("answers", "^1", answer)
            let changed = try answers("1.1.0", Self.two, traced: true, in: folder)
            let statement =
                "plugin has answer of type \(Self.two), the route answers ^1 is bound to answer of type \(Self.one)"
            for options in [SwapOptions(), SwapOptions(isDryRun: true)] {
                #expect(
                    try await refusal { _ = try await host.swap("answers", to: changed, options) } == [statement])
            }
            #expect(throws: (any Error).self) { try readFile(folder.file("trace")) }
            #expect(mappedCopies(under: folder).count == 1)
            #expect(try call(binding) == 1)
            #expect(host.list().map { "\($0.stamp.version)" } == ["1.0.0"])
            // The same where nobody has bound it: then it runs.
            _ = try await host.swap("answers", to: answers("2.0.0", Self.two, traced: true, in: folder))
            #expect(try readFile(folder.file("trace")).isEmpty)
        }
    }

    @Test func aLoadThatABoundRouteWouldGetIsRefusedByTheGates() async throws {
        try await withHost { host, folder in
            _ = try await host.load(answers("1.0.0", Self.one, in: folder))
            let binding = try host.bind("answers", "^1", export(Self.one))
            let changed = try answers("1.1.0", Self.two, in: folder)
            _ = try await host.load(changed)
            #expect(try call(binding) == 1, "it waits beside")
            _ = try await host.unload("answers")
            let statement =
                "plugin has answer of type \(Self.two), the route answers ^1 is bound to answer of type \(Self.one)"
            #expect(try await refusal { _ = try await host.load(changed) } == [statement])
            #expect(host.list().isEmpty)
            _ = try await host.load(answers("1.0.1", Self.one, in: folder))
            #expect(try call(binding) == 1)
        }
    }

    /// No gate sees a version that is in memory already: the registry has the word.
    @Test func aLoadedVersionOfAnotherTypeIsPutOnNoBoundRoute() async throws {
        try await withHost { host, folder in
            _ = try await host.load(answers("1.0.0", Self.one, in: folder))
            let binding = try host.bind("answers", "^1", answer)
            _ = try await host.load(answers("1.1.0", Self.two, in: folder))
            let other = try SemanticVersion("1.1.0")
            let expected =
                "answers 1.1.0 has answer of type \(Self.two), the route answers ^1 is bound to answer of type \(Self.one): "
                + "keep the type of answer, or release it as 2.0.0" + Self.seeBoth
            #expect(
                try await conflict { _ = try await host.swap("answers", to: other) }.description == expected)
            for change: RouteChange in [.fix(other), .canary(other, basisPoints: 500), .label("beta", other)] {
                #expect(
                    try await conflict { try await host.changeRoute("answers", "^1", by: change) }.description
                        == expected)
            }
            #expect(try call(binding) == 1)
        }
    }

    @Test func aTransactionChangesNoTypeThatIsBound() async throws {
        try await withHost { host, folder in
            _ = try await host.load(answers("1.0.0", Self.one, in: folder))
            _ = try await host.load(Plugins.counts("1.0.0", into: folder))
            _ = try host.bind("answers", "^1", answer)
            let files = [
                (name: "counts", path: try Plugins.counts("1.1.0", into: folder)),
                (name: "answers", path: try answers("1.1.0", Self.two, traced: true, in: folder)),
            ]
            #expect(
                try await refusal { _ = try await host.swap(together: files) } == [
                    "plugin has answer of type \(Self.two), the route answers ^1 is bound to answer of type \(Self.one)"
                ])
            #expect(throws: (any Error).self) { try readFile(folder.file("trace")) }
            #expect(host.list().map { "\($0.stamp.version)" } == ["1.0.0", "1.0.0"])
        }
    }

    /// Bound while the new version served: the old one cannot come back under it.
    @Test func aRevertKeepsTheTypesThatAreBound() async throws {
        try await withHost { host, folder in
            _ = try await host.load(answers("1.0.0", Self.one, in: folder))
            _ = try await host.swap(
                "answers", to: answers("1.1.0", Self.two, in: folder), SwapOptions(probation: .seconds(3600)))
            let binding = try host.bind("answers", "^1", export(Self.two))
            let conflict = try await conflict { _ = try await host.revert("answers") }
            #expect("\(try #require(conflict.version))" == "1.0.0" && conflict.routes == ["answers ^1"])
            #expect(try call(binding) == 1)
        }
    }

    /// What a plugin imports is bound as it was offered, too; what an old version imported binds no new one that replaces
    /// both.
    @Test func anImportedTypeStaysUnlessTheImporterIsReplacedWithIt() async throws {
        try await withHost { host, folder in
            _ = try await host.load(answers("1.0.0", Self.one, in: folder))
            func importer(_ version: String) throws -> String {
                try Plugins.build("imports_answers.c", version, flags: ["-DRANGE=\"^1\""], into: folder)
            }
            _ = try await host.load(importer("1.0.0"))
            let alone = try Fixture.build(
                """
                #include <switchboard.h>
                SWB_MANIFEST("name = imports-answers\\n" "version = 1.2.0\\n" "export = ask\\n");
                SWB_EXPORT int32_t ask(void) { return 2; }
                """, named: "alone", into: folder)
            let changed = try answers("1.1.0", Self.two, in: folder)
            let statements = try await refusal { _ = try await host.swap("answers", to: changed) }
            #expect(
                statements.first?.contains("the route answers ^1 (imported by imports-answers, generation 2) is bound")
                    == true)
            let ask = try host.bind(
                "imports-answers", "^1", Export("ask", as: (@convention(c) () -> Int32).self))
            // The new importer binds what serves while it is started, and is not asked whether it would take the other.
            let both = [
                (name: "answers", path: changed), (name: "imports-answers", path: try importer("1.1.0")),
            ]
            #expect(
                try await conflict { _ = try await host.swap(together: both) }.routes.first?.hasPrefix(
                    "answers ^1 (imported by imports-answers, generation") == true)
            _ = try await host.swap(together: [
                (name: "answers", path: changed), (name: "imports-answers", path: alone),
            ])
            #expect(try call(ask) == 2)
            #expect(host.list().map { "\($0.stamp.version)" } == ["1.1.0", "1.2.0"])
        }
    }
}
