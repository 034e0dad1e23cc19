import Compatibility
import ELFReader
import Testing

/// Gates over the file's facts alone: structure, class, machine, memory.
struct ImageGatesTests {
    static let parts = [
        "elf.structure", "elf.segments", "elf.notes", "elf.dynamic", "elf.hash", "elf.symbols", "elf.versions",
        "elf.relocations", "elf.functions", "elf.sections",
    ]

    @Test(arguments: parts) func structurePassesASoundFile(_ code: String) {
        #expect(Sample.lines(code, Sample.candidate()) == ["passed \(code): passed"])
    }

    /// Each part has a code, a side of the host and a remedy of its own; while one is broken none passes.
    @Test(
        arguments: [
            (.structure, "a 64-bit ELF header", "build the file again, or copy it again if it was cut short"),
            (
                .segments, "segments inside the file, in order and apart",
                "copy the file again if it was cut short, or link it again"
            ),
            (
                .notes, "notes that end inside their segment",
                "link the file again, and pad what notes hold to multiples of 4 bytes"
            ),
            (
                .dynamic, "each entry once, names and tables inside what is loaded",
                "link the file again, and edit its dynamic section with no tool that leaves it half done"
            ),
            (
                .hash, "hash tables that end, and agree with the names",
                "link the file again with -Wl,--hash-style=gnu, and rename no symbol afterwards"
            ),
            (
                .symbols, "symbols with names, in what is loaded",
                "link the file again, and strip it with tools that know its format"
            ),
            (
                .versions, "version tables that end, and cover every symbol",
                "link the file again, and change no version or library name afterwards"
            ),
            (
                .relocations, "relocations of this machine that write into the image's own data",
                "compile every object with -fPIC and link the file again with -shared"
            ),
            (
                .functions, "functions that start in the image's own code",
                "link the file again: what runs while loading must be a function of the file itself"
            ),
            (
                .sections, "sections where the segments load them",
                "copy the file again if it was cut short, or link it again and edit it with no tool afterwards"
            ),
        ] as [(ELFProblem.Part, String, String)])
    func structureNamesEveryProblemOfEveryPart(_ part: ELFProblem.Part, _ host: String, _ remedy: String) {
        let candidate = Sample.candidate { _, image in
            image.problems = [
                ELFProblem(part, place: "DT_STRTAB", detail: "ends at byte 70000, the file has 4096"),
                ELFProblem(part, place: "segment 3", detail: "overlaps segment 2"),
            ]
        }
        let report = GateReport.judge(candidate, host: Sample.host)
        #expect(
            report.refusals.map(\.sentence) == [
                "elf.\(part.rawValue): the file is broken, DT_STRTAB ends at byte 70000, the file has 4096: \(remedy)",
                "elf.\(part.rawValue): the file is broken, segment 3 overlaps segment 2: \(remedy)",
            ])
        #expect(report.refusals.map(\.host) == [host, host])
        #expect(report.refusals.map(\.plugin) == ["DT_STRTAB", "segment 3"])
        let others = report.findings.filter { Self.parts.contains($0.code) && $0.code != "elf.\(part.rawValue)" }
        #expect(others.count == 9 && others.allSatisfy { $0.statement == "not judged: the file is broken" })
    }

    @Test func structureReportsAllPartsAtOnce() {
        let candidate = Sample.candidate { _, image in
            image.problems = ELFProblem.Part.allCases.map { ELFProblem($0, place: "\($0)", detail: "is damaged") }
        }
        #expect(GateReport.judge(candidate, host: Sample.host).refusals.map(\.code) == Self.parts)
    }

    @Test func structureBoundsWhatItLists() {
        let candidate = Sample.candidate { _, image in
            image.problems = (0..<100_000).map { ELFProblem(.symbols, place: "symbol \($0)", detail: "has no name") }
        }
        let findings = Sample.findings("elf.symbols", candidate)
        #expect(findings.count == 9)
        #expect(findings.last?.statement == "the file is broken, 99992 more problems")
    }

    @Test func structureRefusesWhatIsNoELFAndOthersSayThatTheyCannotJudge() {
        let candidate = Sample.candidate { candidate, _ in
            candidate.image = .failure(.other(.cutShort(size: 12)))
            candidate.manifest = .absent
        }
        let report = GateReport.judge(candidate, host: Sample.host)
        #expect(
            report.refusals.map(\.sentence) == [
                "elf.structure: plugin is 12 bytes of an ELF file, whose header alone has 64, this host loads a 64-bit ELF "
                    + "shared object: build the file again, or copy it again: it was cut short"
            ])
        // Only the file's mode can still be judged.
        #expect(
            report.findings.filter { $0.verdict == .passed }.map(\.code) == [
                "file.size", "file.writable", "file.owner", "file.folder",
            ])
        #expect(report.unloadClass == .resident)
    }

    @Test func whatIsTooLargeIsRefusedUnread() {
        let candidate = Sample.candidate { candidate, _ in
            candidate.identity.size = 2_147_483_648
            candidate.image = .failure(.tooLarge(limit: 1_073_741_824))
            candidate.manifest = .absent
            candidate.id = .unread
        }
        let report = GateReport.judge(candidate, host: Sample.host)
        #expect(
            report.refusals.map(\.sentence) == [
                "file.size: plugin has 2147483648 bytes, this host reads files of at most 1073741824: strip its debug "
                    + "information, and keep large data in files of their own"
            ])
        let skipped = report.findings.filter { $0.verdict == .skipped }
        #expect(skipped.count { $0.statement == "not judged: the file is too large to be read" } >= 40)
        #expect(report.findings.allSatisfy { $0.verdict != .passed || $0.code.hasPrefix("file.") })
        #expect(report.unloadClass == .resident && report.image.description == "unread")
        #expect(throws: GateRefusal.self) { _ = try report.approve() }
    }

    @Test func structureRefusesAFileWithoutDynamicSection() {
        let candidate = Sample.candidate { _, image in
            image.dynamic = nil
            image.problems = [ELFProblem(.dynamic, place: "program header table", detail: "has no PT_DYNAMIC")]
        }
        #expect(
            Sample.lines("elf.dynamic", candidate) == [
                "refused elf.dynamic: the file has no dynamic section, so it is no shared object: link it with -shared"
            ])
        #expect(
            Sample.lines("elf.text-relocations", candidate) == [
                "skipped elf.text-relocations: not judged: there is no dynamic section"
            ])
    }

    @Test func nothingPassesOnFactsOfABrokenFile() {
        let candidate = Sample.candidate { candidate, image in
            image.problems = [ELFProblem(.symbols, place: "DT_SYMTAB", detail: "lies outside of the file")]
            image.symbols = []
            image.segments = []
            candidate.manifest = .absent
        }
        let report = GateReport.judge(candidate, host: Sample.host)
        #expect(report.refusals.map(\.code) == ["elf.symbols"])
        #expect(
            report.findings.filter { $0.verdict == .passed }.map(\.code) == [
                "elf.class", "elf.machine", "file.size", "file.writable", "file.owner", "file.folder",
            ])
    }

    @Test(arguments: [
        (UInt8(1), UInt8(1), "32-bit little-endian"), (2, 2, "64-bit big-endian"), (1, 2, "32-bit big-endian"),
        (7, 9, "of ELF class 7 data 9"),
    ])
    func classRefusesForeignFiles(_ fileClass: UInt8, _ endianness: UInt8, _ plugin: String) {
        let candidate = Sample.candidate { candidate, image in
            image = ELFImage(header: ELFHeader(fileClass: fileClass, endianness: endianness, machine: 62))
            candidate.manifest = .absent
        }
        let report = GateReport.judge(candidate, host: Sample.host)
        #expect(
            report.refusals.map(\.sentence) == [
                "elf.class: plugin is \(plugin), this host loads a 64-bit little-endian shared object: "
                    + "build the plugin for 64-bit Linux"
            ])
        #expect(
            report.findings.filter { $0.verdict == .passed }.map(\.code) == [
                "elf.machine", "file.size", "file.writable", "file.owner", "file.folder",
            ])
    }

    /// What is no shared object is not held to the rules of one: what contradicts them there is no damage.
    @Test(arguments: [
        (
            UInt16(1), "an object file", "link it with -shared, compiled with -fPIC, and name the file that comes of it"
        ),
        (
            2, "an executable",
            "link the plugin with -shared; if this is meant to be a program, name the plugin's own file"
        ),
        (4, "a core dump", "name the plugin's own file: this one is the memory of a process that ended"),
        (77, "of ELF type 77", "link the plugin with -shared"),
    ])
    func classAloneRefusesOtherTypes(_ type: UInt16, _ plugin: String, _ remedy: String) {
        let candidate = Sample.candidate { candidate, image in
            image.header.type = type
            image.problems = [ELFProblem(.segments, place: "segment 3", detail: "overlaps segment 2")]
            candidate.manifest = .absent
        }
        let report = GateReport.judge(candidate, host: Sample.host)
        #expect(
            report.refusals.map(\.sentence) == [
                "elf.class: plugin is \(plugin), this host loads a 64-bit little-endian shared object: \(remedy)"
            ])
        let skipped = report.findings.filter { $0.verdict == .skipped }
        #expect(skipped.first { $0.code == "elf.segments" }?.statement == "not judged: the file is \(plugin)")
        #expect(skipped.first { $0.code == "elf.exec-stack" }?.statement == "not judged: the file is \(plugin)")
    }

    /// Only a file that is broken besides: one that could be loaded is none, whatever its section table says.
    @Test func classTellsASeparateDebugFile() {
        let taken = Sample.candidate { _, image in
            image.lacksCode = true
            image.problems = [ELFProblem(.segments, place: "segment 4 (PT_DYNAMIC)", detail: "is not loaded")]
        }
        #expect(
            Sample.lines("elf.class", taken) == [
                "refused elf.class: plugin is a separate debug file, without code and data, this host loads a 64-bit "
                    + "little-endian shared object: name the file that it was taken from, and leave this one to debuggers"
            ])
        #expect(Sample.findings("elf.segments", taken).map(\.verdict) == [.skipped])
        let whole = Sample.candidate { _, image in image.lacksCode = true }
        #expect(Sample.findings("elf.class", whole).map(\.verdict) == [.passed])
    }

    @Test func classRefusesPositionIndependentExecutables() {
        let candidate = Sample.candidate { _, image in
            image.dynamic?.flags1 = 0x0800_0001
            image.problems = [ELFProblem(.segments, place: "segment 3", detail: "overlaps segment 2")]
        }
        #expect(
            Sample.lines("elf.class", candidate) == [
                "refused elf.class: plugin is a position-independent executable, this host loads a 64-bit "
                    + "little-endian shared object: link the plugin with -shared; if this is meant to be a program, name "
                    + "the plugin's own file"
            ])
        #expect(Sample.findings("elf.segments", candidate).map(\.verdict) == [.refused])
    }

    @Test(arguments: [(UInt8(0), Finding.Verdict.passed), (3, .passed), (9, .refused)])
    func classJudgesTheOSABI(_ osABI: UInt8, _ verdict: Finding.Verdict) {
        let candidate = Sample.candidate { _, image in image.header.osABI = osABI }
        #expect(Sample.findings("elf.class", candidate).map(\.verdict) == [verdict])
    }

    @Test func machineNamesBothSides() {
        let candidate = Sample.candidate { _, image in image.header.machine = 183 }
        #expect(
            Sample.lines("elf.machine", candidate) == [
                "refused elf.machine: plugin is AArch64, this host is x86-64: build the plugin for x86-64"
            ])
        let passed = Sample.findings("elf.machine", Sample.candidate())
        #expect(passed.map(\.verdict) == [.passed])
        #expect(passed.first?.plugin == "x86-64" && passed.first?.host == "x86-64")
        #expect(machineName(4711) == "machine 4711")
    }

    @Test func executableStackIsRefusedWhetherStatedOrNot() {
        #expect(Sample.findings("elf.exec-stack", Sample.candidate()).map(\.verdict) == [.passed])
        let remedy =
            "link with -z noexecstack, and end assembler files with .section .note.GNU-stack,\"\",@progbits"
        let missing = Sample.candidate { _, image in image.segments.removeLast() }
        #expect(
            Sample.lines("elf.exec-stack", missing) == [
                "refused elf.exec-stack: plugin has no PT_GNU_STACK, which makes the host's stacks executable: "
                    + remedy
            ])
        let stated = Sample.candidate { _, image in image.segments[3].flags = 7 }
        #expect(
            Sample.lines("elf.exec-stack", stated) == [
                "refused elf.exec-stack: plugin asks for executable stacks in the whole process: \(remedy)"
            ])
    }

    @Test func writableCodeIsRefused() {
        #expect(Sample.findings("elf.writable-code", Sample.candidate()).map(\.verdict) == [.passed])
        let candidate = Sample.candidate { _, image in image.segments[1].flags = 7 }
        #expect(
            Sample.lines("elf.writable-code", candidate) == [
                "refused elf.writable-code: plugin maps code that can be written to (segment 1): link without -N and "
                    + "--omagic, and without sections that are both writable and executable"
            ])
    }

    @Test func textRelocationsAreRefused() {
        #expect(Sample.findings("elf.text-relocations", Sample.candidate()).map(\.verdict) == [.passed])
        let candidate = Sample.candidate { _, image in image.dynamic?.hasTextRelocations = true }
        #expect(
            Sample.lines("elf.text-relocations", candidate) == [
                "refused elf.text-relocations: plugin has relocations in its code: compile every object with -fPIC "
                    + "and link with -z text"
            ])
    }
}
