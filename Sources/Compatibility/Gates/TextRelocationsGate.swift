import ELFReader

extension Gate {
    /// `elf.text-relocations`: code is not patched while loading, for which it would have to be writable.
    static let textRelocations = Gate.ofImage("elf.text-relocations") { image, _, _ in
        let code = "elf.text-relocations"
        guard let dynamic = image.dynamic else { return [.skipped(code, because: "there is no dynamic section")] }
        guard dynamic.hasTextRelocations else { return [.passed(code, plugin: "none", host: "none")] }
        return [
            .refused(
                code, plugin: "present", host: "none", "plugin has relocations in its code",
                remedy: "compile every object with -fPIC and link with -z text")
        ]
    }
}
