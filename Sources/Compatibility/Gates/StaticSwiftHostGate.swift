import ELFReader

extension Gate {
    /// `swift.host-static`: a host with its Swift runtime linked in takes no plugin that needs the shared one.
    ///
    /// The plugin would bring a second runtime into the process, with crash handlers and type metadata of its own.
    static let staticSwiftHost = Gate.ofImage("swift.host-static") { image, candidate, host in
        let code = "swift.host-static"
        let own = "\(host.swiftRuntime.rawValue) Swift runtime"
        guard candidate.index?.needsSwiftRuntime ?? false else {
            return [.passed(code, plugin: "needs no shared Swift runtime", host: own)]
        }
        let library = image.dynamic?.needed.first(where: ELFImage.isSwiftLibrary) ?? "the Swift runtime"
        guard host.swiftRuntime == .static else {
            return [.passed(code, plugin: "needs \(library)", host: own)]
        }
        return [
            .refused(
                code, plugin: "needs \(library)", host: own,
                "plugin needs \(library), this host has its Swift runtime linked in",
                remedy:
                    "link the host without --static-swift-stdlib, or build the plugin as Embedded Swift or C")
        ]
    }
}
