import ELFReader

extension Gate {
    /// `elf.writable-code`: no PT_LOAD with both PF_W and PF_X, neither in the image nor in a library that comes along.
    static let writableCode = Gate.ofMembers("elf.writable-code") { member, _, _ in
        let code = "elf.writable-code"
        let both = member.image.segments.enumerated().filter { $1.type == 1 && $1.flags & 3 == 3 }
        guard let first = both.first else { return [.passed(code, plugin: "none", host: "none")] }
        let text = both.count == 1 ? "segment \(first.offset)" : "\(both.count) segments"
        return [
            .refused(
                code, plugin: member.side(text), host: "none",
                "\(member.subject) maps code that can be written to (\(text))",
                remedy:
                    "link \(member.library.map { "\($0) " } ?? "")without -N and --omagic, and without sections that are "
                    + "both writable and executable")
        ]
    }
}
