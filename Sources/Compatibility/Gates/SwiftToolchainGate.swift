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
        return [confirmed(code, plugin: plugin, own: own, image.sections, clang: host.clangVersion)]
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
