import ELFReader

extension Gate {
    /// `toolchain.swift`: an image that shares the host's Swift runtime comes from the host's compiler.
    ///
    /// Swift promises no ABI stability on Linux. The manifest's `toolchain` line says which compiler it was; the
    /// signature that the toolchain's start file leaves in `.comment` tells whether the line is true, up to the commit of
    /// LLVM. C, Embedded Swift and images with a runtime of their own do not depend on the host's compiler.
    static let swiftToolchain = Gate.ofImage("toolchain.swift") { image, candidate, host in
        let code = "toolchain.swift"
        guard let manifest = candidate.foundManifest, let index = candidate.index else {
            return [.skipped(code, because: "no manifest could be read")]
        }
        let own = "swift \(host.swiftVersion)"
        let plugin = manifest.toolchain.map { short($0) } ?? "not stated"
        func refused(_ statement: String, remedy: String) -> [Finding] {
            [.refused(code, plugin: plugin, host: own, statement, remedy: remedy)]
        }
        guard index.needsSwiftRuntime else {
            let kind =
                index.swiftUses.isEmpty
                ? manifest.toolchain?.isSwift == true ? ", Embedded Swift" : ", no Swift"
                : ", a Swift runtime of its own"
            if case .unknown(let reason) = image.sections {
                return [
                    .warning(
                        code, plugin: plugin, host: own,
                        "plugin shows no use of the Swift runtime, but a copy of its own cannot be excluded: \(reason)",
                        remedy: "keep the section table: use strip, not llvm-objcopy --strip-sections")
                ]
            }
            return [.passed(code, plugin: plugin + kind, host: own)]
        }
        let use = index.swiftUses.first?.reason ?? ""
        guard let toolchain = manifest.toolchain, toolchain.isSwift else {
            return refused(
                "plugin \(use), and its toolchain line is \(plugin)",
                remedy:
                    "build it with \(own) and let ManifestPlugin write the manifest, which states the compiler"
            )
        }
        guard toolchain.version == host.swiftVersion else {
            return refused(
                "plugin was built by \(plugin), this host by \(own)",
                remedy: "build the plugin with \(own), or as Embedded Swift or C, which share no runtime")
        }
        if let flaw = runtimeFlaw(code, image.sections, host) { return [flaw] }
        return [confirmed(code, plugin: plugin, own: own, image.sections, clang: host.clangVersion)]
    }

    /// Whether the runtime that is loaded is another than that of the compiler, which is the plugin's and the host's; `nil`
    /// where it is not, or nobody knows.
    private static func runtimeFlaw(_ code: String, _ sections: SectionFacts, _ host: HostFacts) -> Finding? {
        guard let runtime = host.swift else { return nil }
        let remedy = "start the host with the libraries of its own toolchain: see LD_LIBRARY_PATH and its RUNPATH"
        func release(_ version: String) -> String { version.split(separator: ".").prefix(2).joined(separator: ".") }
        if release(runtime.runtimeVersion) != release(host.swiftVersion) {
            let shown = "Swift runtime \(printable(runtime.runtimeVersion, limit: 64))"
            return .refused(
                code, plugin: "swift \(host.swiftVersion)", host: shown,
                "plugin was built by swift \(host.swiftVersion), the process has loaded the \(shown)", remedy: remedy)
        }
        let prefix = "clang version "
        guard let compiler = runtime.runtimeCompiler, case .known(let comments, _) = sections,
            let own = comments.first(where: { $0.hasPrefix(prefix) }), own != prefix + compiler,
            own == prefix + host.clangVersion  // else the file contradicts its manifest, and that is said
        else { return nil }
        let shown = printable(prefix + compiler, limit: 256)
        return .refused(
            code, plugin: own, host: shown,
            "plugin was built by the toolchain of \"\(own)\", and the Swift runtime that the process has loaded by that "
                + "of \"\(shown)\"",
            remedy: remedy)
    }

    /// Whether `.comment` bears the manifest out.
    private static func confirmed(
        _ code: String, plugin: String, own: String, _ sections: SectionFacts, clang: String
    ) -> Finding {
        let prefix = "clang version "
        let remedy = "keep .comment and the section table: use strip, not llvm-objcopy --strip-sections"
        switch sections {
        case .unknown(let reason):
            return .warning(
                code, plugin: plugin, host: own,
                "plugin says \(plugin), which nothing in the file confirms: \(reason)", remedy: remedy)
        case .known(let comments, _):
            let signatures = comments.filter { $0.hasPrefix(prefix) }
            if signatures.contains(prefix + clang) { return .passed(code, plugin: plugin, host: own) }
            guard let first = signatures.first else {
                return .warning(
                    code, plugin: plugin, host: own,
                    "plugin says \(plugin), which nothing in the file confirms: .comment names no clang",
                    remedy: remedy)
            }
            return .refused(
                code, plugin: first, host: prefix + clang,
                "plugin says \(plugin), but .comment has \"\(first)\" where this host's compiler leaves "
                    + "\"\(prefix)\(clang)\"",
                remedy: "build the plugin with the host's very toolchain")
        }
    }

    /// Compiler and version without the addresses that clang adds.
    private static func short(_ toolchain: Toolchain) -> String {
        let version = toolchain.version.split(separator: " ").first ?? ""
        return version.isEmpty ? toolchain.compiler : "\(toolchain.compiler) \(version)"
    }
}
