import Compatibility
import PluginHost

/// The host's eye for files, with the command line's errors.
enum PluginFiles {
    /// All gates over one file.
    static func judge(
        _ path: String, against facts: HostFacts, isThisHost: Bool, _ policy: GatePolicy,
        _ signatures: SignaturePolicy
    ) throws(CommandFailure) -> GateReport {
        guard fileExists(path) else { throw .fileNotFound(path) }
        do throws(PluginHostError) {
            return try PluginFile.judge(
                path: path, against: facts, isThisHost: isThisHost, policy: policy, signatures: signatures)
        } catch {
            throw CommandFailure(error)
        }
    }

    /// All gates over one file, and then a rehearsal, as a host would have both: this runs code of the file, in a process of
    /// its own.
    static func rehearse(
        _ path: String, as configuration: HostConfiguration
    ) throws(CommandFailure) -> GateReport {
        guard fileExists(path) else { throw .fileNotFound(path) }
        do throws(PluginHostError) {
            return try PluginFile.rehearse(
                path: path, policy: configuration.policy, signatures: configuration.signatures,
                configuration.rehearsal, stagingDirectory: configuration.stagingDirectory)
        } catch {
            throw CommandFailure(error)
        }
    }

    /// The manifest and ELF facts of one file.
    static func facts(_ path: String) throws(CommandFailure) -> PluginFile.Facts {
        guard fileExists(path) else { throw .fileNotFound(path) }
        do throws(PluginHostError) {
            return try PluginFile.facts(path: path)
        } catch {
            throw CommandFailure(error)
        }
    }
}
