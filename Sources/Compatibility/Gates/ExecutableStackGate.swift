import ELFReader

extension Gate {
    /// `elf.exec-stack`: PT_GNU_STACK without PF_X.
    ///
    /// Where it is missing or executable, glibc makes every stack of the
    /// process executable.
    static let executableStack = Gate.ofImage("elf.exec-stack") { image, _, _ in
        let code = "elf.exec-stack"
        let stacks = image.segments.filter { $0.type == 0x6474_e551 }
        let remedy = "link with -z noexecstack, and end assembler files with .section .note.GNU-stack,\"\",@progbits"
        if stacks.isEmpty {
            guard image.problems.isEmpty else { return [.skipped(code, because: "the file is broken")] }
            return [
                .refused(
                    code, plugin: "not stated", host: "not executable",
                    "plugin has no PT_GNU_STACK, which makes the host's stacks executable", remedy: remedy)
            ]
        }
        guard stacks.contains(where: { $0.flags & 1 != 0 }) else {
            return [.passed(code, plugin: "not executable", host: "not executable")]
        }
        return [
            .refused(
                code, plugin: "executable", host: "not executable",
                "plugin asks for executable stacks in the whole process", remedy: remedy)
        ]
    }
}
