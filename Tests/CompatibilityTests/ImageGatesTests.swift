import Compatibility
import ELFReader
import Testing

/// Gates over the file's facts alone: structure, class, machine, memory.
struct ImageGatesTests {
    @Test func structurePassesASoundFile() {
        #expect(Sample.lines("elf.structure", Sample.candidate()) == ["passed elf.structure: passed"])
    }

    @Test func structureNamesEveryProblem() {
        let candidate = Sample.candidate { _, image in
            image.problems = [
                ELFProblem(place: "DT_STRTAB", detail: "ends at byte 70000, the file has 4096"),
                ELFProblem(place: "segment 3", detail: "overlaps segment 2"),
            ]
        }
        #expect(
            Sample.lines("elf.structure", candidate) == [
                "refused elf.structure: the file is broken, DT_STRTAB ends at byte 70000, the file has 4096: "
                    + "build the file again, or copy it again if it was cut short",
                "refused elf.structure: the file is broken, segment 3 overlaps segment 2: "
                    + "build the file again, or copy it again if it was cut short",
            ])
    }

    @Test func structureBoundsWhatItLists() {
        let candidate = Sample.candidate { _, image in
            image.problems = (0..<100_000).map { ELFProblem(place: "symbol \($0)", detail: "has no name") }
        }
        let findings = Sample.findings("elf.structure", candidate)
        #expect(findings.count == 17)
        #expect(findings.last?.statement == "the file is broken, 99984 more problems")
    }

    @Test func structureRefusesWhatIsNoELFAndOthersSayThatTheyCannotJudge() {
        let candidate = Sample.candidate { candidate, _ in
            candidate.image = .failure(ELFProblem(place: "ELF header", detail: "ends at byte 64, the file has 12"))
            candidate.manifest = .absent
        }
        let report = GateReport.judge(candidate, host: Sample.host)
        #expect(
            report.refusals.map(\.sentence) == [
                "elf.structure: the file cannot be read as ELF, ELF header ends at byte 64, the file has 12: "
                    + "build the file again, or copy it again if it was cut short"
            ])
        // Only the file's mode can still be judged.
        #expect(report.findings.filter { $0.verdict == .passed }.map(\.code) == ["file.writable"])
        #expect(report.unloadClass == .resident)
    }

    @Test func structureRefusesAFileWithoutDynamicSection() {
        let candidate = Sample.candidate { _, image in image.dynamic = nil }
        #expect(
            Sample.lines("elf.structure", candidate) == [
                "refused elf.structure: the file has no dynamic section, so it is no shared object: link it with -shared"
            ])
        #expect(
            Sample.lines("elf.text-relocations", candidate) == [
                "skipped elf.text-relocations: not judged: there is no dynamic section"
            ])
    }

    @Test func nothingPassesOnFactsOfABrokenFile() {
        let candidate = Sample.candidate { candidate, image in
            image.problems = [ELFProblem(place: "DT_SYMTAB", detail: "lies outside of the file")]
            image.symbols = []
            image.segments = []
            candidate.manifest = .absent
        }
        let report = GateReport.judge(candidate, host: Sample.host)
        #expect(report.refusals.map(\.code) == ["elf.structure"])
        #expect(
            report.findings.filter { $0.verdict == .passed }.map(\.code) == [
                "elf.class", "elf.machine", "file.writable",
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
        #expect(report.findings.filter { $0.verdict == .passed }.map(\.code) == ["elf.machine", "file.writable"])
    }

    @Test(arguments: [
        (UInt16(1), "an object file"), (2, "an executable"), (4, "a core dump"), (77, "of ELF type 77"),
    ])
    func classRefusesOtherTypes(_ type: UInt16, _ plugin: String) {
        let candidate = Sample.candidate { _, image in image.header.type = type }
        #expect(
            Sample.lines("elf.class", candidate) == [
                "refused elf.class: plugin is \(plugin), this host loads a 64-bit little-endian shared object: "
                    + "link the plugin with -shared"
            ])
    }

    @Test func classRefusesPositionIndependentExecutables() {
        let candidate = Sample.candidate { _, image in image.dynamic?.flags1 = 0x0800_0001 }
        #expect(
            Sample.lines("elf.class", candidate) == [
                "refused elf.class: plugin is a position-independent executable, this host loads a 64-bit "
                    + "little-endian shared object: link the plugin with -shared"
            ])
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
                "refused elf.exec-stack: plugin has no PT_GNU_STACK, which makes the host's stacks executable: \(remedy)"
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
