import Compatibility
import Testing

@testable import Contract

/// Two releases with their contracts beside them.
struct ReleaseContractsTests {
    private static let grown: Contract = {
        var contract = SampleContract.contract
        contract.constants["GREET_MAX"] = 17
        contract.exports["more"] = .message
        return contract
    }()

    /// A plugin that declares these exports of its contract, each with the type that the contract gives it.
    private static func release(
        _ contract: Contract?, _ exports: [String] = ["greet", "log"], typedBy other: Contract? = nil
    ) throws -> Release {
        let lines = exports.map { "export = \($0) \(((other ?? contract)?.type(of: $0)) ?? "message")\n" }
        let manifest = try PluginManifest(parsing: "name = greeter\nversion = 1.0.0\n" + lines.joined())
        return Release(path: "greeter.so", manifest: manifest, functions: Set(exports), contract: contract)
    }

    private static func words(_ findings: [ReleaseFinding]) -> [String] {
        findings.map { "\($0.code) \($0.bump?.rawValue ?? "never") \($0.subject): \($0.old) -> \($0.new)" }
    }

    @Test func constantsCount() throws {
        let findings = ReleaseComparison.findings(
            old: try Self.release(SampleContract.contract), new: try Self.release(Self.grown))
        #expect(
            Self.words(findings) == [
                "constant.value major constant GREET_MAX: GREET_MAX = 16 -> GREET_MAX = 17"
            ], "an export that no manifest declares is nobody's")
        #expect(
            findings.first?.outcomes == [
                "old callers survive only where nobody relies on it: 16 is compiled into OLD's side, 17 into NEW's",
                "old plugins survive only where nobody relies on it: 16 is compiled into OLD's side, 17 into NEW's",
            ])
    }

    @Test func anAdditionIsToldOnce() throws {
        let findings = ReleaseComparison.findings(
            old: try Self.release(SampleContract.contract), new: try Self.release(Self.grown, ["greet", "log", "more"]))
        #expect(findings.map(\.code) == ["constant.value", "export.added"])
    }

    @Test func aStructIsAFindingBesideTheDigest() throws {
        var changed = SampleContract.contract
        guard case .record(var point) = changed.types[SampleContract.point] else {
            Issue.record("point is a struct")
            return
        }
        point.members[0].name = "abscissa"
        changed.types[SampleContract.point] = .record(point)
        let old = try Self.release(SampleContract.contract), new = try Self.release(changed)
        let (before, after) = (SampleContract.contract.type(of: "greet") ?? "", changed.type(of: "greet") ?? "")
        let findings = ReleaseComparison.findings(old: old, new: new)
        #expect(findings.map(\.code).contains("member.renamed"))
        #expect(Self.words(findings).first == "export.type major greet: \(before) -> \(after)")
        #expect(findings.first?.remedy == "keep the type, or release a new major version")
        // The struct is of no interest where only the message is declared.
        let narrow = ReleaseComparison.findings(
            old: try Self.release(SampleContract.contract, ["log"]), new: try Self.release(changed, ["log"]))
        #expect(narrow.isEmpty)
    }

    @Test func aContractOnOneSideIsNotEnough() throws {
        let with = try Self.release(SampleContract.contract)
        let without = try Self.release(nil, typedBy: SampleContract.contract)
        let lost = ReleaseComparison.findings(old: with, new: without)
        #expect(Self.words(lost) == ["contract.absent patch greeter.h:  -> "])
        #expect(lost.first?.remedy == "lay the snapshot beside the new file, as FILE.contract")
        let gained = ReleaseComparison.findings(old: without, new: with)
        #expect(gained.first?.remedy == "lay the snapshot beside the old file, as FILE.contract")
        #expect(ReleaseComparison.findings(old: without, new: without).isEmpty)
    }

    /// A snapshot of another build proves nothing, and must not seem to.
    @Test func aStrayContractIsRefused() throws {
        var other = SampleContract.contract
        other.exports["greet"] = .function(.init(result: .void, parameters: []))
        let stray = try Self.release(other, typedBy: SampleContract.contract)
        let findings = ReleaseComparison.findings(old: stray, new: stray)
        #expect(findings.map(\.code) == ["contract.mismatch", "contract.mismatch"])
        #expect(findings.allSatisfy { $0.bump == nil })
    }

    @Test func contractsOnTheirOwn() {
        let findings = ReleaseComparison.findings(old: SampleContract.contract, new: Self.grown)
        #expect(findings.map(\.code) == ["constant.value", "export.added"])
        #expect(ReleaseComparison.findings(old: SampleContract.contract, new: SampleContract.contract).isEmpty)
    }
}
