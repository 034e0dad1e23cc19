import ELFReader

/// What is said of one part of a broken file.
private struct StructurePart: Sendable {
    let part: ELFProblem.Part
    /// What the dynamic linker takes on trust, which is therefore asked of a plugin here.
    let host: String
    /// An imperative.
    let remedy: String

    var code: String { "elf.\(part.rawValue)" }

    init(_ part: ELFProblem.Part, host: String, remedy: String) {
        self.part = part
        self.host = host
        self.remedy = remedy
    }
}

extension Gate {
    /// `elf.structure` (no readable ELF header), `elf.segments`, `elf.notes`, `elf.dynamic`, `elf.hash`, `elf.symbols`,
    /// `elf.versions`, `elf.relocations`, `elf.functions`, `elf.sections`: the file contradicts nothing that the dynamic
    /// linker will rely on.
    ///
    /// The linker believes what it reads: of damaged files that nobody checks nearly half take the process down when
    /// opened. All that was found is reported at once, by part; while one part is broken, none of the others passes,
    /// because what it says may have been read from the wrong place. What is no shared object is not held to the rules of
    /// one: `elf.class` refuses it.
    static let structure = Gate(codes: parts.map(\.code)) { candidate, _ in
        switch candidate.image {
        case .failure(let none):
            parts.map { part in
                guard case .other(let file) = none, part.part == .structure else {
                    return .skipped(part.code, because: none.reason)
                }
                return .refused(
                    part.code, plugin: "\(file)", host: "64-bit ELF shared object",
                    "plugin is \(file), this host loads a 64-bit ELF shared object", remedy: file.remedy)
            }
        case .success(let image) where !image.header.isELF64LittleEndian:
            parts.map { .skipped($0.code, because: "the file is not 64-bit little-endian") }
        case .success(let image) where !image.kind.hasTablesToLoad:
            parts.map { .skipped($0.code, because: "the file is \(image.kind)") }
        case .success(let image):
            parts.flatMap { findings($0, image) }
        }
    }

    /// How many problems of one part are told one by one.
    private static let shownProblems = 8

    private static func findings(_ part: StructurePart, _ image: ELFImage) -> [Finding] {
        if part.part == .dynamic && image.dynamic == nil && image.problems.allSatisfy({ $0.part == .dynamic }) {
            return [
                .refused(
                    part.code, plugin: "no dynamic section", host: part.host,
                    "the file has no dynamic section, so it is no shared object", remedy: "link it with -shared")
            ]
        }
        if image.problems.isEmpty { return [.passed(part.code, plugin: "sound", host: part.host)] }
        let problems = image.problems.filter { $0.part == part.part }
        if problems.isEmpty { return [.skipped(part.code, because: "the file is broken")] }
        var findings = problems.prefix(shownProblems).map { problem in
            Finding.refused(
                part.code, plugin: problem.place, host: part.host, "the file is broken, \(problem)",
                remedy: part.remedy)
        }
        if problems.count > shownProblems {
            let rest = "\(problems.count - shownProblems) more problems"
            findings.append(
                .refused(part.code, plugin: rest, host: part.host, "the file is broken, \(rest)", remedy: part.remedy))
        }
        return findings
    }

    private static let parts: [StructurePart] = [
        StructurePart(
            .structure, host: "a 64-bit ELF header",
            remedy: "build the file again, or copy it again if it was cut short"),
        StructurePart(
            .segments, host: "segments inside the file, in order and apart",
            remedy: "copy the file again if it was cut short, or link it again"),
        StructurePart(
            .notes, host: "notes that end inside their segment",
            remedy: "link the file again, and pad what notes hold to multiples of 4 bytes"),
        StructurePart(
            .dynamic, host: "each entry once, names and tables inside what is loaded",
            remedy: "link the file again, and edit its dynamic section with no tool that leaves it half done"),
        StructurePart(
            .hash, host: "hash tables that end, and agree with the names",
            remedy: "link the file again with -Wl,--hash-style=gnu, and rename no symbol afterwards"),
        StructurePart(
            .symbols, host: "symbols with names, in what is loaded",
            remedy: "link the file again, and strip it with tools that know its format"),
        StructurePart(
            .versions, host: "version tables that end, and cover every symbol",
            remedy: "link the file again, and change no version or library name afterwards"),
        StructurePart(
            .relocations, host: "relocations of this machine that write into the image's own data",
            remedy: "compile every object with -fPIC and link the file again with -shared"),
        StructurePart(
            .functions, host: "functions that start in the image's own code",
            remedy: "link the file again: what runs while loading must be a function of the file itself"),
        StructurePart(
            .sections, host: "sections where the segments load them",
            remedy: "copy the file again if it was cut short, or link it again and edit it with no tool afterwards"),
    ]
}
