import Foundation
import PackagePlugin

/// Turns the `plugin.manifest` in a target's folder into a generated Swift file that carries it as an ELF note.
///
/// A Swift plugin's author adds this to the target and writes no flag, no C and no byte of the note:
///
///     plugins: [.plugin(name: "ManifestPlugin", package: "Switchboard")]
@main
struct ManifestPlugin: BuildToolPlugin {
    func createBuildCommands(context: PluginContext, target: any Target) throws -> [Command] {
        let manifest = target.directoryURL.appending(path: "plugin.manifest")
        guard FileManager.default.fileExists(atPath: manifest.path) else {
            throw MissingManifest(target: target.name, path: manifest.path)
        }
        let source = context.pluginWorkDirectoryURL.appending(path: "PluginManifestNote.swift")
        return [
            .buildCommand(
                displayName: "Checking plugin.manifest of \(target.name)",
                executable: try context.tool(named: "manifest-tool").url,
                arguments: [manifest.path, source.path],
                inputFiles: [manifest],
                outputFiles: [source])
        ]
    }
}

/// A target uses ManifestPlugin but has nothing for it to read.
struct MissingManifest: Error, CustomStringConvertible {
    let target: String
    let path: String

    var description: String {
        "target '\(target)' uses ManifestPlugin but has no manifest: write \(path) with its name, version and exports"
    }
}
