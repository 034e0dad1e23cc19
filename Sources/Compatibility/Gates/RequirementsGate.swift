extension Gate {
    /// `requires.present`: every plugin that this one requires serves in the host, in its range.
    ///
    /// A check on a build machine does not know what the host will hold, so there it is a warning.
    static let requirements = Gate.ofManifest("requires.present") { manifest, candidate, host in
        let code = "requires.present"
        guard !manifest.requires.isEmpty else { return [.passed(code, plugin: "none")] }
        return manifest.requires.map { requirement in
            let plugin = "\(requirement.name) \(requirement.range)"
            let loaded = host.loaded.filter { $0.name == requirement.name }.map(\.version).sorted()
            let present = loaded.isEmpty ? "not loaded" : loaded.map(\.description).joined(separator: ", ")
            guard !loaded.contains(where: requirement.range.contains) else {
                return .passed(code, plugin: plugin, host: present)
            }
            return Finding(
                code, candidate.purpose == .check ? .warning : .refused, plugin: plugin, host: present,
                statement: "plugin requires \(plugin), this host has "
                    + (loaded.isEmpty ? "no \(requirement.name)" : "\(requirement.name) \(present)"),
                remedy: "load a \(requirement.name) in that range first")
        }
    }
}
