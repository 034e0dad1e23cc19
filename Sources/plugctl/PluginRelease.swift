import Compatibility
import Contract
import ELFReader
import PluginHost

/// A plugin's file read as a release.
struct PluginRelease {
    let release: Release
    /// Whether tools can tell its types from the file.
    let hasDebugInformation: Bool

    /// - Throws: `CommandFailure` where there is no such file (4), or where it is no plugin or a broken one (3).
    init(_ path: String) throws(CommandFailure) {
        let facts = try PluginFiles.facts(path)
        guard case .found(let manifest) = facts.manifest else {
            throw CommandFailure(
                code: "manifest", message: "\(path) has no readable manifest; plugctl check \(path) says more", exit: 3)
        }
        let image = facts.image
        // Half a file shows half of what it has: nothing may be concluded from what it lacks.
        if let problem = image.problems.first {
            throw CommandFailure(
                code: "elf", message: "\(path) is broken: \(problem); plugctl check \(path) says more", exit: 3)
        }
        release = Release(
            path: path, manifest: manifest, functions: image.exportedFunctions, unloadClass: facts.unloadClass,
            unloadReasons: facts.unloadReasons, machine: machineName(image.header.machine),
            soname: image.dynamic?.soname, needed: image.dynamic?.needed ?? [],
            versionNeeds: image.versionNeeds.flatMap(\.versions), contract: try Self.contract(beside: path))
        hasDebugInformation = image.hasDebugInformation
    }

    /// The snapshot that lies beside the file; one that cannot be read is an error, because it would hide what it tells.
    private static func contract(beside path: String) throws(CommandFailure) -> Contract? {
        let snapshot = path + SnapshotReading.suffix
        return fileExists(snapshot) ? try ContractFile.snapshot(snapshot).contract : nil
    }
}
