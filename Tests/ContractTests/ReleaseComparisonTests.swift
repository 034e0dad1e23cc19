import Compatibility
import Testing

@testable import Contract

/// Two releases of a plugin on paper, one difference each.
struct ReleaseComparisonTests {
    static let base = """
        name = greeter
        version = 1.2.0
        export = greet 9f3c0123456789ab
        export = log message
        export = size 00112233445566ff
        requires = base ^1
        provides = speaker 1.0.0
        schema = 1
        abi = 0.1
        toolchain = clang 21.0.0
        """

    static func release(_ text: String = base, _ change: (inout Release) -> Void = { _ in }) throws -> Release {
        let manifest = try PluginManifest(parsing: text)
        var release = Release(
            path: "greeter.so", manifest: manifest,
            functions: Set(manifest.exports.map(\.symbol)).union(["greet", "log", "size", "swb_start"]),
            soname: "greeter.so", needed: ["libc.so.6"], versionNeeds: ["GLIBC_2.2.5", "GLIBC_2.34"])
        change(&release)
        return release
    }

    /// One line of a manifest in place of another, or a change of what the file shows.
    struct Change: Sendable, CustomTestStringConvertible {
        let from: String
        let to: String
        var file: (@Sendable (inout Release) -> Void)?
        /// Code, severity, bump ("never" where none is enough), subject and both sides of the finding.
        let expected: String
        let statement: String
        var testDescription: String { expected }

        init(_ from: String, _ to: String, _ expected: String, _ statement: String) {
            (self.from, self.to, self.expected, self.statement) = (from, to, expected, statement)
        }

        init(_ expected: String, _ statement: String, _ file: @escaping @Sendable (inout Release) -> Void) {
            (from, to, self.expected, self.statement, self.file) = ("", "", expected, statement, file)
        }
    }

    static let changes = [
        Change(
            "export = log message\n", "", "export.removed breaking major log message/",
            "export log was removed"),
        Change(
            "export = size 00112233445566ff\n", "", "export.removed breaking major size 00112233445566ff/",
            "export size was removed"),
        Change(
            "schema = 1", "schema = 1\nexport = bye message", "export.added additive minor bye /message",
            "export bye was added"),
        Change(
            "greet 9f3c0123456789ab", "greet 0f3c0123456789ab",
            "export.type breaking major greet 9f3c0123456789ab/0f3c0123456789ab", "the type of greet changed"),
        Change(
            "greet 9f3c0123456789ab", "greet message", "export.type breaking major greet 9f3c0123456789ab/message",
            "the type of greet changed"),
        Change(
            "greet 9f3c0123456789ab", "greet", "export.untyped breaking major greet 9f3c0123456789ab/untyped",
            "greet declares no type any more: a host refuses it to those that bound the type"),
        Change(
            "requires = base ^1", "requires = base ^1.4", "requires.changed noted minor base ^1/^1.4",
            "it requires base ^1.4 now"),
        Change(
            "schema = 1", "schema = 1\nrequires = more *", "requires.changed noted minor more /*",
            "it requires more * now"),
        Change(
            "provides = speaker 1.0.0\n", "", "provides.changed breaking major speaker 1.0.0/",
            "it no longer provides speaker 1.0.0"),
        Change("schema = 1", "schema = 2", "state.schema noted patch  1/2", "the schema of its state changed"),
        Change("schema = 1\n", "", "state.schema noted patch  1/", "the schema of its state changed"),
        Change(
            "abi = 0.1", "abi = 0.2", "abi noted minor  0.1/0.2",
            "it was built against plugin ABI 0.1 and is built against 0.2"),
        Change(
            "clang 21.0.0", "gcc 12.2.0", "toolchain noted patch  clang 21.0.0/gcc 12.2.0",
            "it was built by clang 21.0.0 and is built by gcc 12.2.0"),
        Change(
            "clang 21.0.0", "swift 6.3.1", "toolchain noted minor  clang 21.0.0/swift 6.3.1",
            "it was built by clang 21.0.0 and is built by swift 6.3.1"),
        Change(
            "name = greeter", "name = shouter", "plugin.name breaking never  greeter/shouter",
            "the plugin was called greeter and is called shouter"),
        Change("elf.machine breaking never  x86-64/AArch64", "the old file is for x86-64, the new one for AArch64") {
            $0.machine = "AArch64"
        },
        Change("export.undeclared noted patch  /2", "the new file exports helper, hidden and does not declare it") {
            $0.functions.formUnion(["hidden", "helper", "_ZN1a1bE", "swb_stop"])
        },
        Change(
            "unload.class noted minor  unloadable/resident",
            "the old file is unloadable, the new one resident: it imports pthread_create"
        ) {
            $0.unloadClass = .resident
            $0.unloadReasons = ["imports pthread_create"]
        },
        Change("unload.class noted minor  unloadable/deferred", "the old file is unloadable, the new one deferred") {
            $0.unloadClass = .deferred
        },
        Change(
            "glibc.version noted minor  GLIBC_2.34/GLIBC_2.38", "the old file needs GLIBC_2.34, the new one GLIBC_2.38"
        ) {
            $0.versionNeeds.append("GLIBC_2.38")
        },
        Change("", "") { $0.versionNeeds += ["GLIBC_2.4", "GLIBC_PRIVATE"] },
        Change("", "") { $0.versionNeeds = ["GLIBC_2.17"] },
        Change(
            "cxx.version noted minor  no GLIBCXX version/GLIBCXX_3.4.30",
            "the old file needs no GLIBCXX version, the new one GLIBCXX_3.4.30"
        ) { $0.versionNeeds += ["GLIBCXX_3.4.9", "GLIBCXX_3.4.30"] },
        Change("elf.needed noted minor  /libm.so.6", "it needs libm.so.6 besides") { $0.needed.append("libm.so.6") },
        Change("elf.needed noted patch  libc.so.6/", "it needs libc.so.6 no more") { $0.needed = [] },
        Change("elf.soname noted patch  greeter.so/libgreeter.so", "the soname was greeter.so and is libgreeter.so") {
            $0.soname = "libgreeter.so"
        },
    ]

    @Test(arguments: changes)
    func oneDifference(_ change: Change) throws {
        let text = change.from.isEmpty ? Self.base : Self.base.replacing(change.from, with: change.to)
        #expect((text == Self.base) == change.from.isEmpty, "the change changes something")
        let new = try Self.release(text) { release in
            // What is declared no more is gone from the file, too.
            release.functions.formIntersection(release.manifest.exports.map(\.symbol) + ["swb_start"])
            change.file?(&release)
        }
        let findings = ReleaseComparison.findings(old: try Self.release(), new: new)
        let words = findings.map {
            "\($0.code) \($0.severity) \($0.bump?.rawValue ?? "never") \($0.subject) \($0.old)/\($0.new)"
        }
        #expect(words == (change.expected.isEmpty ? [] : [change.expected]))
        #expect(findings.map(\.statement) == (change.expected.isEmpty ? [] : [change.statement]))
    }

    @Test func nothingDiffersFromItself() throws {
        let release = try Self.release()
        #expect(ReleaseComparison.findings(old: release, new: release).isEmpty)
    }

    @Test func whatOnceWasWorseIsNoFinding() throws {
        let old = try Self.release {
            $0.unloadClass = .resident
            $0.versionNeeds.append("GLIBC_2.40")
            $0.functions.insert("undeclared")
        }
        #expect(ReleaseComparison.findings(old: old, new: try Self.release()).isEmpty)
    }

    /// Whatever neither side says, nobody has compared.
    @Test func untypedExportsAreUnproven() throws {
        let untyped = Self.base.replacing(" 00112233445566ff", with: "")
        let (before, after) = (try Self.release(untyped), try Self.release(untyped))
        let unproven = ReleaseComparison.findings(old: before, new: after)
        #expect(unproven.map(\.code) == ["export.unproven"])
        #expect(unproven.first?.statement == "nothing tells whether the type of size changed")
        let typed = ReleaseComparison.findings(old: before, new: try Self.release())
        #expect(typed.map(\.code) == ["export.typed"])
        #expect(typed.first?.statement == "size declares a type now, which nothing before is compared with")
        // A message is called otherwise, and the loader knows that of untyped exports, too.
        let message = try Self.release(Self.base.replacing(" 00112233445566ff", with: " message"))
        #expect(ReleaseComparison.findings(old: before, new: message).map(\.bump) == [.major])
    }

    /// A manifest is words: what the new file lacks is gone, and no version makes it load.
    @Test func declaredExportsThatTheFileLacks() throws {
        let (whole, lacking) = (try Self.release(), try Self.release { $0.functions.remove("log") })
        let findings = ReleaseComparison.findings(old: whole, new: lacking)
        #expect(findings.map(\.code) == ["export.missing"])
        let verdict = ReleaseVerdict(of: findings, declared: nil)
        #expect(!verdict.isCompatible)
        #expect(
            verdict.sentence
                == "no version is enough: the new manifest declares log, and its file does not export it")
        #expect(ReleaseComparison.findings(old: lacking, new: whole).isEmpty)
    }

    @Test func theGravestComesFirst() throws {
        let text = Self.base.replacing("clang 21.0.0", with: "gcc 12").replacing(
            "export = size 00112233445566ff", with: "export = bye")
        let findings = ReleaseComparison.findings(old: try Self.release(), new: try Self.release(text))
        #expect(findings.map(\.code) == ["export.removed", "export.added", "export.undeclared", "toolchain"])
    }

    /// Declared versions, the steps that findings ask for, and what comes of it.
    struct Case: Sendable, CustomTestStringConvertible {
        let versions: String?
        let bumps: [VersionBump?]
        let isCompatible: Bool
        let sentence: String
        var testDescription: String { sentence }

        init(_ versions: String?, _ bumps: [VersionBump?], _ isCompatible: Bool, _ sentence: String) {
            (self.versions, self.bumps, self.isCompatible, self.sentence) = (versions, bumps, isCompatible, sentence)
        }
    }

    static let cases = [
        Case(nil, [], true, "no difference"),
        Case(nil, [.minor], true, "a minor step is enough"),
        Case(nil, [.patch, .major], false, "a major thing: needs a major step"),
        Case(nil, [.patch, nil, .major], false, "no version is enough: a hopeless thing"),
        Case("1.2.0 1.2.1", [], true, "declared 1.2.0..1.2.1 is a patch step, and nothing differs"),
        Case("1.2.0 1.2.1", [.patch], true, "declared 1.2.0..1.2.1 is a patch step, and that is enough"),
        Case(
            "1.2.0 1.2.1", [.patch, .minor], false, "declared 1.2.0..1.2.1 is a patch step; a minor thing: needs 1.3.0"),
        Case("1.2.0 1.3.0", [.minor, .minor], true, "declared 1.2.0..1.3.0 is a minor step, and that is enough"),
        Case(
            "1.2.0 1.3.0", [.major, .minor], false, "declared 1.2.0..1.3.0 is a minor step; a major thing: needs 2.0.0"),
        Case("0.3.1 0.3.2", [.minor], true, "declared 0.3.1..0.3.2 is a minor step, and that is enough"),
        Case("0.3.1 0.3.2", [.major], false, "declared 0.3.1..0.3.2 is a minor step; a major thing: needs 0.4.0"),
        Case("1.2.0 2.0.0", [.major], true, "declared 1.2.0..2.0.0 is a major step, and that is enough"),
        Case("1.2.0 2.0.0", [nil], false, "no version is enough: a hopeless thing"),
        Case("1.2.0 1.2.0", [], true, "both are 1.2.0, and nothing differs"),
        Case("1.2.0 1.2.0", [.patch], true, "both are 1.2.0, and that is enough"),
        Case("1.2.0 1.2.0", [.minor], false, "both are 1.2.0; a minor thing: needs 1.3.0"),
        Case("1.3.0 1.2.0", [], false, "1.2.0 is older than 1.3.0: give the older release first"),
    ]

    @Test(arguments: cases)
    func verdicts(_ test: Case) throws {
        let declared = try test.versions?.split(separator: " ").map { try SemanticVersion(String($0)) }
        let findings = test.bumps.map {
            ReleaseFinding("code", .noted, needs: $0, "a \($0?.rawValue ?? "hopeless") thing")
        }
        let verdict = ReleaseVerdict(of: findings, declared: declared.map { .init(old: $0[0], new: $0[1]) })
        #expect(verdict.isCompatible == test.isCompatible)
        #expect(verdict.sentence == test.sentence)
    }
}
