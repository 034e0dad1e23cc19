import ELFReader

extension Gate {
    /// `swift.static-runtime`: the image has no Swift runtime of its own linked in (`-static-stdlib`).
    ///
    /// Such a runtime knows nothing of the host's types and registers the image's metadata with itself alone; it is never unmapped, whatever the author says, and stripping does not hide it.
    static let staticSwiftRuntime = Gate.ofImage("swift.static-runtime") { _, candidate, host in
        let code = "swift.static-runtime"
        let own = "\(host.swiftRuntime.rawValue) Swift runtime"
        guard let index = candidate.index, !index.swiftUses.isEmpty, !index.needsSwiftRuntime else {
            return [.passed(code, plugin: "none of its own", host: own)]
        }
        return [
            .noted(
                code, plugin: "a Swift runtime of its own", host: own,
                "plugin has a second Swift runtime linked in: only C data may cross to it, and the image stays in memory "
                    + "for good",
                remedy: "link it without -static-stdlib, to share the host's runtime, or build it as Embedded Swift")
        ]
    }
}
