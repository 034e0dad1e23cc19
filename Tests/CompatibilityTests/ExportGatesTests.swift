import Compatibility
import ELFReader
import Testing

/// `exports.missing` and `exports.undeclared`.
struct ExportGatesTests {
    @Test(arguments: [(UInt8(1), UInt8(2), UInt8(0)), (2, 2, 0), (10, 2, 0), (1, 10, 0), (1, 2, 3)])
    func acceptsWhatDlsymFinds(_ binding: UInt8, _ type: UInt8, _ visibility: UInt8) {
        let candidate = Sample.candidate { _, image in
            image.symbols = [
                DynamicSymbol(name: "add", binding: binding, type: type, visibility: visibility, sectionIndex: 9)
            ]
        }
        #expect(Sample.findings("exports.missing", candidate).map(\.verdict) == [.passed])
        #expect(Sample.findings("exports.undeclared", candidate).map(\.verdict) == [.passed])
    }

    static let obstacles: [(DynamicSymbol, String)] = [
        (DynamicSymbol(name: "add", sectionIndex: 0), "only imports"),
        (DynamicSymbol(name: "add", visibility: 2, sectionIndex: 9), "hides"),
        (DynamicSymbol(name: "add", visibility: 1, sectionIndex: 9), "hides"),
        (DynamicSymbol(name: "add", binding: 0, sectionIndex: 9), "keeps local"),
        (DynamicSymbol(name: "add", type: 1, sectionIndex: 9), "defines as data, not as a function"),
        (DynamicSymbol(name: "add", sectionIndex: 0xfff1), "defines outside of every section"),
        (
            DynamicSymbol(name: "add", type: 0, sectionIndex: 9, value: 0x3000),
            "defines without a type, and not in its code"
        ),
        (DynamicSymbol(name: "other", sectionIndex: 9), "does not define"),
    ]

    @Test(arguments: obstacles)
    func namesWhatIsMissingAndWhy(_ symbol: DynamicSymbol, _ obstacle: String) {
        let candidate = Sample.candidate { _, image in image.symbols = [symbol] }
        #expect(
            Sample.lines("exports.missing", candidate) == [
                "refused exports.missing: manifest declares add, which the file \(obstacle): define it with SWB_EXPORT, "
                    + "as C and under this very name, or drop the line"
            ])
    }

    /// An assembler's label has no type unless somebody writes one; dlsym does not ask for it.
    @Test func aLabelInCodeIsAFunction() {
        let candidate = Sample.candidate { _, image in
            image.segments.append(ELFSegment(type: 1, flags: 5, address: 0x1000, memorySize: 0x1000))
            image.symbols = [DynamicSymbol(name: "add", type: 0, sectionIndex: 9, value: 0x1fff)]
        }
        #expect(Sample.findings("exports.missing", candidate).map(\.verdict) == [.passed])
    }

    /// dlsym passes over what a version script keeps for old programs, unless it has no version at all.
    @Test(arguments: [(UInt16(2), true), (0x8002, false), (0x8001, true), (1, true)])
    func hiddenVersionsAreNotFound(_ number: UInt16, _ isFound: Bool) {
        let candidate = Sample.candidate { _, image in
            image.symbols = [Sample.function("add")]
            image.symbolVersions = SymbolVersions(numbers: [number], names: [2: .init(name: "OLD")])
        }
        #expect(
            Sample.lines("exports.missing", candidate) == [
                isFound
                    ? "passed exports.missing: passed"
                    : "refused exports.missing: manifest declares add, which the file defines in the old version OLD "
                        + "alone: define it with SWB_EXPORT, as C and under this very name, or drop the line"
            ])
    }

    @Test func oneUsableSymbolOfSeveralIsEnough() {
        let candidate = Sample.candidate { _, image in
            image.symbols = [DynamicSymbol(name: "add", sectionIndex: 0), Sample.function("add")]
        }
        #expect(Sample.findings("exports.missing", candidate).map(\.verdict) == [.passed])
    }

    @Test func suggestsTheNearestNameForEachMissingOne() {
        let text = "name = a\nversion = 1.0.0\nexport = shout\nexport = whisper\nexport = add\n"
        let candidate = Sample.candidate(manifest: text) { _, image in
            image.symbols = ["add", "shuot", "wisper"].map { Sample.function($0) }
        }
        #expect(
            Sample.lines("exports.missing", candidate) == [
                "refused exports.missing: manifest declares shout, which the file does not define: write export = shuot "
                    + "if that was meant",
                "refused exports.missing: manifest declares whisper, which the file does not define: write export = "
                    + "wisper if that was meant",
            ])
    }

    /// A manifest of a thousand missing names beside a symbol table made to be near them all once cost minutes.
    @Test func searchesNearNamesForTheFirstFewOnly() {
        let text = "name = a\nversion = 1.0.0\n" + (10..<30).map { "export = function\($0)\n" }.joined()
        let candidate = Sample.candidate(manifest: text) { _, image in
            image.symbols = (10..<30).map { Sample.function("fumction\($0)") }
        }
        let remedies = Sample.findings("exports.missing", candidate).map(\.remedy)
        #expect(remedies.count == 20)
        #expect(remedies.filter { $0.hasPrefix("write export = fumction") }.count == 8)
    }

    @Test func warnsOfAManifestWithoutExports() {
        let candidate = Sample.candidate(manifest: "name = a\nversion = 1.0.0\n")
        #expect(
            Sample.lines("exports.missing", candidate) == [
                "warning exports.missing: manifest declares no export, so nobody can call the plugin: add export = and "
                    + "the name of a function"
            ])
    }

    @Test func lifecycleAndLinkerSymbolsNeedNoDeclaration() {
        let candidate = Sample.candidate { _, image in
            image.symbols += [
                "swb_start", "swb_stop", "swb_health", "swb_configure", "swb_save", "swb_restore", "__bss_start",
                "_edata", "_end", "_init", "_fini",
            ].map { Sample.function($0) }
            image.symbols.append(DynamicSymbol(name: "table", type: 1, sectionIndex: 9))
        }
        #expect(Sample.findings("exports.undeclared", candidate).map(\.verdict) == [.passed])
    }

    @Test func namesEightUndeclaredFunctionsAndCountsTheRest() {
        let candidate = Sample.candidate { _, image in
            image.symbols += (1...10).map { Sample.function("helper\($0)") }
        }
        #expect(
            Sample.lines("exports.undeclared", candidate) == [
                "warning exports.undeclared: plugin exports helper1, helper10, helper2, helper3, helper4, helper5, "
                    + "helper6, helper7 and 2 more, which the manifest does not declare: compile with "
                    + "-fvisibility=hidden, or link with -Wl,--version-script=FILE where FILE holds "
                    + "{ global: add; swb_*; local: *; };"
            ])
        var policy = GatePolicy()
        policy.undeclaredExports = .refuse
        #expect(Sample.findings("exports.undeclared", candidate, policy: policy).map(\.verdict) == [.refused])
    }

    @Test func hostileNamesAreShownHarmlessAndShort() {
        let candidate = Sample.candidate { _, image in
            image.symbols.append(Sample.function("\u{1b}[31mfn" + String(repeating: "x", count: 100_000)))
        }
        let sentence = Sample.findings("exports.undeclared", candidate).first?.sentence ?? ""
        #expect(sentence.contains("plugin exports \\u{1b}[31mfnxxx"))
        #expect(sentence.utf8.count < 500)
        #expect(!sentence.utf8.contains(0x1b))
    }
}
