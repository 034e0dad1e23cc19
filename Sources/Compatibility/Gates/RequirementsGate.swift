extension Gate {
    /// `requires.present`: every plugin that this one requires serves in the host, in its range.
    ///
    /// A loaded plugin counts under its own name and version, and under each name that it `provides`, there with the lowest
    /// version of what it says: whoever provides `codec ^1.4` serves those who require `^1.2`, not those who require `^1.5`.
    ///
    /// A check on a build machine does not know what the host will hold, so there it is a warning.
    static let requirements = Gate.ofManifest("requires.present") { manifest, candidate, host in
        let code = "requires.present"
        guard !manifest.requires.isEmpty else { return [.passed(code, plugin: "none")] }
        return manifest.requires.map { requirement in
            let plugin = "\(requirement.name) \(requirement.range)"
            let loaded = host.versions(of: requirement.name)
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

extension HostFacts {
    /// The versions under which a name is served, by the plugin of that name or by one that provides it.
    fileprivate func versions(of name: String) -> [SemanticVersion] {
        loaded.flatMap { plugin in
            (plugin.name == name ? [plugin.version] : [])
                + plugin.provides.filter { $0.name == name }.compactMap(\.range.lowest)
        }.sorted()
    }
}
