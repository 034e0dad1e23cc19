import ELFReader

extension Gate {
    /// `elf.machine`: built for the host's processor.
    ///
    /// The dynamic linker's own words for it would be "No such file".
    static let machine = Gate(codes: ["elf.machine"]) { candidate, host in
        let code = "elf.machine"
        let image: ELFImage
        switch candidate.image {
        case .success(let read): image = read
        case .failure(let none): return [.skipped(code, because: none.reason)]
        }
        let (plugin, own) = (machineName(image.header.machine), machineName(host.machine))
        guard image.header.machine != host.machine else { return [.passed(code, plugin: plugin, host: own)] }
        return [
            .refused(
                code, plugin: plugin, host: own, "plugin is \(plugin), this host is \(own)",
                remedy: "build the plugin for \(own)")
        ]
    }
}
