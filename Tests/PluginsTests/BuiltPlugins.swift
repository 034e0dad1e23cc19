import TestSupport

/// The plugins of `Plugins/`, built by their authors' build lines.
enum BuiltPlugins {
    private static let repository = #filePath.split(separator: "/", omittingEmptySubsequences: false).dropLast(3)
        .joined(separator: "/")

    // Once per process: two builds at a time would write the same files.
    private static let build = Result { try Command.run(["\(repository)/scripts/build-plugins"]) }

    /// The path of one version's shared object; builds what is stale, which takes half a minute the first time.
    static func path(_ name: String, _ version: String) throws -> String {
        let build = try build.get()
        guard build.exitCode == 0 else { throw TestSupportError(build.stderr) }
        return "\(repository)/.build/plugins/\(name)-\(version).so"
    }
}
