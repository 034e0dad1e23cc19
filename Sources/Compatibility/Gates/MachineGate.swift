import ELFReader

extension Gate {
    /// `elf.machine`: built for the host's processor.
    ///
    /// The dynamic linker's own words for it would be "No such file".
    static let machine = Gate(codes: ["elf.machine"]) { candidate, host in
        let code = "elf.machine"
        guard case .success(let image) = candidate.image else {
            return [.skipped(code, because: "the file could not be read as ELF")]
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
