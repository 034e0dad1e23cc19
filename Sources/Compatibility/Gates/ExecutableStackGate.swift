import ELFReader

extension Gate {
    /// `elf.exec-stack`: PT_GNU_STACK without PF_X, in the image and in every library that comes along.
    ///
    /// Where it is missing or executable, glibc makes every stack of the
    /// process executable.
    static let executableStack = Gate.ofMembers("elf.exec-stack") { member, _, _ in
        let code = "elf.exec-stack"
        let stacks = member.image.segments.filter { $0.type == 0x6474_e551 }
        let remedy =
            "link \(member.library.map { "\($0) " } ?? "")with -z noexecstack, and end assembler files with "
            + ".section .note.GNU-stack,\"\",@progbits"
        if stacks.isEmpty {
            guard member.image.problems.isEmpty else { return [.skipped(code, because: "the file is broken")] }
            return [
                .refused(
                    code, plugin: member.side("not stated"), host: "not executable",
                    "\(member.subject) has no PT_GNU_STACK, which makes the host's stacks executable", remedy: remedy)
            ]
        }
        guard stacks.contains(where: { $0.flags & 1 != 0 }) else {
            return [.passed(code, plugin: "not executable", host: "not executable")]
        }
        return [
            .refused(
                code, plugin: member.side("executable"), host: "not executable",
                "\(member.subject) asks for executable stacks in the whole process", remedy: remedy)
        ]
    }
}
