import ELFReader

extension Gate {
    /// `elf.structure`: the file contradicts nothing that the dynamic linker will rely on.
    ///
    /// The linker believes what it reads: of files that fail here nearly half take the process down when opened.
    static let structure = Gate(codes: ["elf.structure"]) { candidate, _ in
        let code = "elf.structure"
        let remedy = "build the file again, or copy it again if it was cut short"
        switch candidate.image {
        case .failure(let problem):
            return [
                .refused(code, plugin: "unreadable", "the file cannot be read as ELF, \(problem)", remedy: remedy)
            ]
        case .success(let image) where !image.header.isELF64LittleEndian:
            return [.skipped(code, because: "the file is not 64-bit little-endian")]
        case .success(let image):
            let shown = 16
            var findings = image.problems.prefix(shown).map { problem in
                Finding.refused(code, plugin: problem.place, "the file is broken, \(problem)", remedy: remedy)
            }
            if image.problems.count > shown {
                let rest = "\(image.problems.count - shown) more problems"
                findings.append(.refused(code, plugin: rest, "the file is broken, \(rest)", remedy: remedy))
            }
            if image.problems.isEmpty && image.dynamic == nil {
                findings.append(
                    .refused(
                        code, plugin: "no dynamic section",
                        "the file has no dynamic section, so it is no shared object",
                        remedy: "link it with -shared"))
            }
            return findings.isEmpty ? [.passed(code, plugin: "sound")] : findings
        }
    }
}
