import Compatibility
import ELFReader
import PluginHost

/// The host's eye for files, with the command line's errors: nothing in a file runs.
enum PluginFiles {
    /// What a file shows.
    struct Facts {
        var image: ELFImage
        var manifest: ManifestReading
        var id: ImageID
        var unloadClass: UnloadClass
        var unloadReasons: [String]
    }

    /// All gates over one file.
    static func judge(_ path: String, against facts: HostFacts) throws(CommandFailure) -> GateReport {
        guard fileExists(path) else { throw .fileNotFound(path) }
        do throws(PluginHostError) {
            return try PluginFile.judge(path: path, against: facts, policy: GatePolicy())
        } catch {
            throw CommandFailure(error)
        }
    }

    /// The manifest and ELF facts of one file.
    static func facts(_ path: String) throws(CommandFailure) -> Facts {
        guard fileExists(path) else { throw .fileNotFound(path) }
        do throws(PluginHostError) {
            let facts = try PluginFile.facts(path: path)
            return Facts(
                image: facts.image, manifest: facts.manifest, id: facts.id, unloadClass: facts.unloadClass,
                unloadReasons: facts.unloadReasons)
        } catch {
            throw CommandFailure(error)
        }
    }
}
