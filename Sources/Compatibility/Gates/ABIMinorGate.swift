extension Gate {
    /// `abi.minor`: nothing newer than the host's ABI; while the major number is 0, nothing older either, because until
    /// 1.0 a minor version may change what it likes.
    static let abiMinor = Gate.ofManifest("abi.minor") { manifest, candidate, host in
        let code = "abi.minor"
        let own = host.abi.description
        if candidate.isForeign { return [.passed(code, plugin: "any: a foreign library", host: own)] }
        guard let abi = manifest.abi else { return [.skipped(code, because: "manifest has no abi line")] }
        guard abi.major == host.abi.major else { return [.skipped(code, because: "the major ABI differs")] }
        let isNewer = abi.minor > host.abi.minor
        guard isNewer || (abi.major == 0 && abi.minor < host.abi.minor) else {
            return [.passed(code, plugin: "\(abi)", host: own)]
        }
        let side = isNewer ? "newer" : "older, and 0.x versions break each other"
        return [
            .refused(
                code, plugin: "\(abi)", host: own,
                "plugin speaks ABI \(abi), this host speaks ABI \(own): it is \(side)",
                remedy:
                    "\(isNewer ? "use a newer host, or build" : "build") the plugin against this host's switchboard.h")
        ]
    }
}
