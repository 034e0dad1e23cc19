extension Gate {
    /// `abi.major`: the plugin was compiled against the host's major ABI.
    ///
    /// A foreign library has no lifecycle to speak, so any host's ABI suits it.
    static let abiMajor = Gate.ofManifest("abi.major") { manifest, candidate, host in
        let code = "abi.major"
        let own = host.abi.description
        if candidate.isForeign { return [.passed(code, plugin: "any: a foreign library", host: own)] }
        guard let abi = manifest.abi else {
            return [
                .refused(
                    code, plugin: "not stated", host: own, "manifest has no abi line, this host speaks ABI \(own)",
                    remedy: "let SWB_MANIFEST or ManifestPlugin fill it in")
            ]
        }
        guard abi.major != host.abi.major else { return [.passed(code, plugin: "\(abi)", host: own)] }
        let side = abi.major > host.abi.major ? "use a newer host, or build" : "build"
        return [
            .refused(
                code, plugin: "\(abi)", host: own, "plugin speaks ABI \(abi), this host speaks ABI \(own)",
                remedy: "\(side) the plugin against this host's switchboard.h")
        ]
    }
}
