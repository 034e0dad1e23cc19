import Compatibility
import ELFReader
import Foundation
import Testing

/// Gates over what an image needs and does while it is loaded, and what it may leave behind.
struct LoadingGatesTests {
    /// GNU_PROPERTY_X86_ISA_1_NEEDED with these bits.
    private static func needing(_ bits: UInt32, machine: UInt16 = 62) -> Candidate {
        Sample.candidate { _, image in
            image.header.machine = machine
            image.properties = GNUProperties(words: [.init(type: 0xc000_8002, value: bits)])
        }
    }

    private static func host(level: Int?) -> HostFacts {
        var host = Sample.host
        host.x86Level = level
        return host
    }

    @Test(
        arguments: [
            (0, nil, "passed elf.isa: passed"), (1, nil, "passed elf.isa: passed"), (1, 1, "passed elf.isa: passed"),
            (0b111, 3, "passed elf.isa: passed"), (0b100, 4, "passed elf.isa: passed"),
            (
                0b1111, 3,
                "refused elf.isa: plugin needs x86-64-v4, this host's processor has x86-64-v3: build the plugin with "
                    + "-march=x86-64-v3, and without -z x86-64-v4"
            ),
            (
                0b10, 1,
                "refused elf.isa: plugin needs x86-64-v2, this host's processor has x86-64: build the plugin with "
                    + "-march=x86-64, and without -z x86-64-v2"
            ),
            (
                0b10, nil,
                "skipped elf.isa: not judged: the host's facts do not say which level its processor has"
            ),
            (
                0x11, 4,
                "refused elf.isa: plugin needs instruction sets 0x11, of which this host knows none beyond x86-64-v4: "
                    + "build the plugin with -march= and a level that this host has"
            ),
        ] as [(UInt32, Int?, String)])
    func instructionSetsAreCompared(_ bits: UInt32, _ level: Int?, _ line: String) {
        #expect(Sample.lines("elf.isa", Self.needing(bits), host: Self.host(level: level)) == [line])
    }

    /// The property's number means something else on another machine; `elf.machine` refuses, and one refusal is enough.
    @Test func instructionSetsOfAnotherMachineAreNotX86s() {
        #expect(
            Sample.findings("elf.isa", Self.needing(8, machine: 183), host: Self.host(level: 1)).map(\.verdict) == [
                .passed
            ])
        var arm = Self.host(level: nil)
        arm.machine = 183
        #expect(
            Sample.lines("elf.isa", Self.needing(8), host: arm) == [
                "skipped elf.isa: not judged: the host has another machine"
            ])
    }

    @Test(arguments: [
        (UInt16(62), UInt32(0xc000_0002), UInt32(3), "none stated, built for IBT and SHSTK"),
        (183, 0xc000_0000, 0b11, "none stated, built for BTI and PAC"),
        (183, 0xc000_0000, 0b100, "none stated, built for GCS"),
        (183, 0xc000_8002, 0b1000, "none stated"), (62, 0xc000_0000, 1, "none stated"),
    ])
    func protectionsAreShown(_ machine: UInt16, _ type: UInt32, _ bits: UInt32, _ plugin: String) {
        let candidate = Sample.candidate { _, image in
            image.header.machine = machine
            image.properties = GNUProperties(words: [.init(type: type, value: bits)])
        }
        let findings = Sample.findings("elf.isa", candidate)
        #expect(findings.map(\.plugin) == [plugin] && findings.map(\.verdict) == [.passed])
    }

    @Test(arguments: [
        ("__asan_init", "address"), ("__hwasan_init", "hwaddress"), ("__tsan_init", "thread"),
        ("__msan_init", "memory"),
        ("__ubsan_handle_add_overflow", "undefined"), ("__dfsan_set_label", "dataflow"),
    ])
    func sanitizersMustBeTheHosts(_ symbol: String, _ name: String) {
        let candidate = Sample.candidate { _, image in
            image.symbols.append(DynamicSymbol(name: symbol, sectionIndex: 0))
        }
        #expect(
            Sample.lines("elf.sanitizer", candidate) == [
                "refused elf.sanitizer: plugin was built with -fsanitize=\(name), this host with no sanitizer: build the "
                    + "plugin without -fsanitize=\(name), or load it into a host built with it"
            ])
        var host = Sample.host
        host.sanitizers = [name]
        #expect(Sample.findings("elf.sanitizer", candidate, host: host).map(\.verdict) == [.passed])
        host.sanitizers = ["other"]
        #expect(
            Sample.findings("elf.sanitizer", candidate, host: host).map(\.statement) == [
                "plugin was built with -fsanitize=\(name), this host with other"
            ])
    }

    /// Libraries ask weakly whether a sanitizer is there; that needs none.
    @Test func weakImportsOfASanitizerNeedNone() {
        let candidate = Sample.candidate { _, image in
            image.symbols.append(DynamicSymbol(name: "__tsan_acquire", binding: 2, sectionIndex: 0))
        }
        #expect(Sample.findings("elf.sanitizer", candidate).map(\.verdict) == [.passed])
    }

    @Test func everySanitizerIsNamed() {
        let candidate = Sample.candidate { _, image in
            image.symbols += ["__asan_init", "__ubsan_handle_x"].map { DynamicSymbol(name: $0, sectionIndex: 0) }
        }
        #expect(Sample.findings("elf.sanitizer", candidate).map(\.plugin) == ["address", "undefined"])
    }

    static let notes: [(code: String, change: @Sendable (inout ELFImage) -> Void, line: String)] = [
        (
            "elf.ifunc", { $0.loadTimeCalls.resolvers = 2 },
            "noted elf.ifunc: 2 resolvers of indirect functions run while the plugin is relocated, before its "
                + "constructors: let no resolver use what a relocation or a constructor has yet to fill in"
        ),
        (
            "elf.ifunc", { $0.symbols[0].type = 10 },
            "noted elf.ifunc: add is an indirect function, whose resolver runs when it is looked up: let no resolver use "
                + "what a relocation or a constructor has yet to fill in"
        ),
        (
            "elf.constructors", { $0.loadTimeCalls.starts = 1 },
            "noted elf.constructors: 1 function runs while the plugin is loaded, where nothing can stop it: do in "
                + "swb_start what can wait until then"
        ),
        (
            "elf.constructors", { $0.loadTimeCalls = LoadTimeCalls(starts: 4, startFiles: 2) },
            "noted elf.constructors: 2 functions run while the plugin is loaded, where nothing can stop them: do in "
                + "swb_start what can wait until then"
        ),
        (
            "elf.unique",
            { $0.symbols += [Sample.function("_ZGV", binding: 10), Sample.function("_ZZ", binding: 10)] },
            "noted elf.unique: plugin defines the unique symbol _ZGV and 1 more, shared with every image that defines it "
                + "too: it stays resident: compile with -fno-gnu-unique if it shall be unloaded"
        ),
        (
            "elf.nodelete", { $0.dynamic?.flags1 = 8 },
            "noted elf.nodelete: plugin is linked with -z nodelete: it stays resident: link it without -z nodelete if it "
                + "shall be unloaded"
        ),
        (
            "imports.threads",
            { $0.symbols += ["timer_create", "pthread_create"].map { DynamicSymbol(name: $0, sectionIndex: 0) } },
            "noted imports.threads: plugin imports pthread_create, timer_create, which may leave a running thread behind: "
                + "it stays resident, for nothing vouches for it: end every thread, timer and queue in swb_stop, and add "
                + "unload = clean to the manifest"
        ),
        (
            "imports.signals", { $0.symbols.append(DynamicSymbol(name: "sigaction", sectionIndex: 0)) },
            "noted imports.signals: plugin imports sigaction, which may leave a signal handler behind: it stays resident, "
                + "for nothing vouches for it: put the old signal handlers back in swb_stop, and add unload = clean to "
                + "the manifest"
        ),
        (
            "imports.keys", { $0.symbols.append(DynamicSymbol(name: "pthread_key_create", sectionIndex: 0)) },
            "noted imports.keys: plugin imports pthread_key_create, which may leave a destructor that runs at a thread's "
                + "exit behind: it stays resident, for nothing vouches for it: delete every key and handler in swb_stop, "
                + "and add unload = clean to the manifest"
        ),
    ]

    /// A vouch that lifts nothing is not said to have lifted anything: a report never names two classes.
    @Test(arguments: [false, true], [false, true])
    func importsFollowTheUnloadClass(_ isVouchedFor: Bool, _ isNeverUnmapped: Bool) throws {
        let manifest = try Sample.manifest(Sample.manifestText + (isVouchedFor ? "\nunload = clean\n" : ""))
        let candidate = Sample.candidate { candidate, image in
            candidate.manifest = .found(manifest)
            image.symbols.append(DynamicSymbol(name: "pthread_create", sectionIndex: 0))
            if isNeverUnmapped { image.dynamic?.flags1 = 8 }
        }
        let report = GateReport.judge(candidate, host: Sample.host)
        let sentence = report.findings.first { $0.code == "imports.threads" }?.sentence
        let start = "imports.threads: plugin imports pthread_create, which may leave a running thread behind: it "
        switch (isNeverUnmapped, isVouchedFor) {
        case (true, _):
            #expect(sentence == start + "stays resident whatever anybody vouches for (is linked with -z nodelete)")
            #expect(report.unloadClass == .resident)
        case (false, true):
            #expect(sentence == start + "is unmapped on the word of its manifest (unload = clean)")
            #expect(report.unloadClass == .unloadable)
        case (false, false):
            #expect(
                sentence == start + "stays resident, for nothing vouches for it: end every thread, timer and queue in "
                    + "swb_stop, and add unload = clean to the manifest")
            #expect(report.unloadClass == .resident)
        }
    }

    @Test(arguments: notes.indices)
    func consequencesAreNoted(_ index: Int) {
        let (code, change, line) = Self.notes[index]
        #expect(Sample.findings(code, Sample.candidate()).map(\.verdict) == [.passed])
        let candidate = Sample.candidate { change(&$1) }
        #expect(Sample.lines(code, candidate) == [line])
        let report = GateReport.judge(candidate, host: Sample.host)
        #expect(report.isAdmissible)
        #expect(report.findings.filter { $0.verdict == .noted }.map(\.code) == [code])
    }

    /// Every image that gcc or clang link has them.
    @Test func startFilesAreNoConstructors() {
        let candidate = Sample.candidate { $1.loadTimeCalls = LoadTimeCalls(starts: 2, startFiles: 2) }
        #expect(Sample.findings("elf.constructors", candidate).map(\.verdict) == [.passed])
    }

    @Test func aVouchChangesTheConsequence() {
        let candidate = Sample.candidate(manifest: Sample.manifestText + "\nunload = clean") {
            $1.symbols.append(DynamicSymbol(name: "sigaction", sectionIndex: 0))
        }
        #expect(
            Sample.lines("imports.signals", candidate) == [
                "noted imports.signals: plugin imports sigaction, which may leave a signal handler behind: it is unmapped "
                    + "on the word of its manifest (unload = clean)"
            ])
    }

    /// An operator who wants to know can make a note count.
    @Test(arguments: [(GatePolicy.Severity.refuse, Finding.Verdict.refused), (.warn, .warning), (.ignore, .skipped)])
    func aPolicyRaisesANote(_ severity: GatePolicy.Severity, _ verdict: Finding.Verdict) {
        let candidate = Sample.candidate { $1.loadTimeCalls.starts = 3 }
        let policy = GatePolicy(severities: ["elf.constructors": severity])
        #expect(Sample.findings("elf.constructors", candidate, policy: policy).map(\.verdict) == [verdict])
    }

    /// A build machine may have facts that an older host wrote.
    @Test func factsOfAnOlderHostStillRead() throws {
        let text = """
            {"machine": 62, "glibcVersion": "2.36", "swiftVersion": "6.3.1", "clangVersion": "21.0.0",
            "swiftRuntime": "dynamic", "abi": {"major": 0, "minor": 1}, "loaded": []}
            """
        let facts = try JSONDecoder().decode(HostFacts.self, from: Data(text.utf8))
        #expect(facts.x86Level == nil && facts.sanitizers == [])
    }
}
