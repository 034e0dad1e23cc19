import ELFReader

extension Gate {
    /// `elf.text-relocations`: code is not patched while loading, for which it would have to be writable, neither the image's
    /// nor that of a library that comes along.
    static let textRelocations = Gate.ofMembers("elf.text-relocations") { member, _, _ in
        let code = "elf.text-relocations"
        guard let dynamic = member.image.dynamic else {
            return [.skipped(code, because: "there is no dynamic section")]
        }
        guard dynamic.hasTextRelocations else { return [.passed(code, plugin: "none", host: "none")] }
        return [
            .refused(
                code, plugin: member.side("present"), host: "none", "\(member.subject) has relocations in its code",
                remedy: "compile every object\(member.library.map { " of \($0)" } ?? "") with -fPIC and link with "
                    + "-z text")
        ]
    }
}
