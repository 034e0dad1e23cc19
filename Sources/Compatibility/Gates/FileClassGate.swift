import ELFReader

extension Gate {
    /// `elf.class`: a 64-bit little-endian shared object for Linux.
    static let fileClass = Gate(codes: ["elf.class"]) { candidate, _ in
        let code = "elf.class"
        guard case .success(let image) = candidate.image else {
            return [.skipped(code, because: "the file could not be read as ELF")]
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
        // DF_1_PIE: an executable that is position-independent has the type of a shared object; dlopen refuses it.
        if header.type != 3 {
            let names: [UInt16: String] = [1: "an object file", 2: "an executable", 4: "a core dump"]
            findings.append(
                refused(names[header.type] ?? "of ELF type \(header.type)", remedy: "link the plugin with -shared"))
        } else if let dynamic = image.dynamic, dynamic.flags1 & 0x0800_0000 != 0 {
            findings.append(refused("a position-independent executable", remedy: "link the plugin with -shared"))
        }
        // ELFOSABI_SYSV and ELFOSABI_GNU.
        if ![0, 3].contains(header.osABI) {
            findings.append(refused("for OS ABI \(header.osABI)", remedy: "build the plugin for Linux"))
        }
        return findings.isEmpty ? [.passed(code, plugin: host, host: host)] : findings
    }
}
