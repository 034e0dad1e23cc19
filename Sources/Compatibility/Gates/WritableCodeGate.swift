import ELFReader

extension Gate {
    /// `elf.writable-code`: no PT_LOAD with both PF_W and PF_X.
    static let writableCode = Gate.ofImage("elf.writable-code") { image, _, _ in
        let code = "elf.writable-code"
        let both = image.segments.enumerated().filter { $1.type == 1 && $1.flags & 3 == 3 }
        guard let first = both.first else { return [.passed(code, plugin: "none", host: "none")] }
        let text = both.count == 1 ? "segment \(first.offset)" : "\(both.count) segments"
        return [
            .refused(
                code, plugin: text, host: "none", "plugin maps code that can be written to (\(text))",
                remedy: "link without -N and --omagic, and without sections that are both writable and executable")
        ]
    }
}
