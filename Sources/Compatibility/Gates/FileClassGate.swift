import ELFReader

extension Gate {
    /// `elf.class`: a 64-bit little-endian shared object for Linux, which dlopen opens with all that comes along.
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
        let members = [Member(image: image, library: nil)] + candidate.membersComingAlong
        findings += members.lazy.compactMap { unopenable(code, $0, host) }.prefix(16)
        // ELFOSABI_SYSV and ELFOSABI_GNU.
        if ![0, 3].contains(header.osABI) {
            findings.append(refused("for OS ABI \(header.osABI)", remedy: "build the plugin for Linux"))
        }
        return findings.isEmpty ? [.passed(code, plugin: host, host: host)] : findings
    }

    /// Why dlopen refuses an image for what it was linked to be; `nil` where it does not.
    ///
    /// What kind of file the plugin itself is the gate tells.
    private static func unopenable(_ code: String, _ member: Member, _ host: String) -> Finding? {
        let kind = member.image.kind
        if member.library != nil && kind != .sharedObject {
            return .refused(
                code, plugin: member.side("\(kind)"), host: host,
                "\(member.subject) is \(kind), this host loads a \(host)",
                remedy: "link \(member.object) with -shared")
        }
        // DF_1_NOOPEN.
        guard kind == .sharedObject, let flags = member.image.dynamic?.flags1, flags & 0x40 != 0 else { return nil }
        return .refused(
            code, plugin: member.side("not for dlopen"), host: "loads by dlopen",
            "\(member.subject) is linked with -z nodlopen, this host loads by dlopen",
            remedy: "link \(member.object) without -z nodlopen")
    }
}
