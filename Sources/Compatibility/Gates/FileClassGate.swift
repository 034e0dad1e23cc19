import ELFReader

extension Gate {
    /// `elf.class`: a 64-bit little-endian shared object for Linux.
    static let fileClass = Gate(codes: ["elf.class"]) { candidate, _ in
        let code = "elf.class"
        let image: ELFImage
        switch candidate.image {
        case .success(let read): image = read
        case .failure(let none): return [.skipped(code, because: none.reason)]
        }
        let header = image.header
        let host = "64-bit little-endian shared object"
        func refused(_ plugin: String, remedy: String) -> Finding {
            .refused(code, plugin: plugin, host: host, "plugin is \(plugin), this host loads a \(host)", remedy: remedy)
        }
        var findings: [Finding] = []
        if !header.isELF64LittleEndian {
            let width = [1: "32-bit", 2: "64-bit"][header.fileClass] ?? "of ELF class \(header.fileClass)"
            let order = [1: "little-endian", 2: "big-endian"][header.endianness] ?? "data \(header.endianness)"
            findings.append(refused("\(width) \(order)", remedy: "build the plugin for 64-bit Linux"))
        }
        if image.kind != .sharedObject { findings.append(refused("\(image.kind)", remedy: image.kind.remedy)) }
        // ELFOSABI_SYSV and ELFOSABI_GNU.
        if ![0, 3].contains(header.osABI) {
            findings.append(refused("for OS ABI \(header.osABI)", remedy: "build the plugin for Linux"))
        }
        return findings.isEmpty ? [.passed(code, plugin: host, host: host)] : findings
    }
}
