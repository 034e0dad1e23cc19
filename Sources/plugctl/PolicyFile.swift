import Compatibility
import Glibc
import PluginHost

/// A policy in a file, as `--policy` and `policy check` take it.
struct PolicyFile {
    let path: String
    let policy: HostPolicy
    /// The host's defaults, as the policy changes them.
    let configuration: HostConfiguration

    /// Reads a file, and looks up what it names.
    ///
    /// - Throws: exit 4 where there is no such file, 2 with the line where it is no policy.
    init(_ path: String) throws(CommandFailure) {
        guard fileExists(path) else { throw .fileNotFound(path) }
        let text = try bytes(ofFile: path, limit: HostPolicy.textLimit)
        do throws(HostPolicyError) { policy = try HostPolicy(parsing: text) } catch {
            let place = error.line.map { ", line \($0)" } ?? ""
            throw CommandFailure(
                code: "policy", message: "\(printable(path))\(place): \(error.problem): \(error.remedy)", exit: 2)
        }
        do throws(PluginHostError) { configuration = try HostConfiguration(policy: policy) } catch {
            throw CommandFailure(code: "policy", message: "\(printable(path)): \(error)", exit: 2)
        }
        self.path = path
    }

    /// Why a host does not start with it: it would refuse every plugin, or lose what it should write down.
    ///
    /// Exit 4 for what is not there; where all of it is there, 2 for what is not to be used as it is.
    var problems: [CommandFailure] {
        let missing = missing.map { CommandFailure(code: "not-found", message: $0, exit: 4) }
        if !missing.isEmpty { return missing }
        return (configuration.obstacles + configuration.futilities).map {
            CommandFailure(code: "policy", message: $0, exit: 2)
        }
    }

    /// The files and folders that the policy names and that are not there, in sentences with what to do.
    private var missing: [String] {
        var problems = policy.folders.compactMap { Self.problem("folder", $0) }
        problems += [("keys", policy.keys), ("contracts", policy.contracts)].compactMap { key, folder in
            folder.flatMap { Self.problem(key, $0) }
        }
        if let audit = policy.audit {
            let parent = String(audit[..<(audit.lastIndex(of: "/") ?? audit.startIndex)])
            if let problem = Self.problem("audit", parent.isEmpty ? "/" : parent) { problems.append(problem) }
        }
        return problems
    }

    private static func problem(_ key: String, _ folder: String) -> String? {
        var status = stat()
        let name = key == "audit" ? "the folder of audit" : key
        guard unsafe stat(folder, &status) == 0 else {
            return "\(name) \(printable(folder)) is not there: make it, or correct the line \(key)"
        }
        guard status.st_mode & S_IFMT == S_IFDIR else {
            return "\(name) \(printable(folder)) is no folder: correct the line \(key)"
        }
        return nil
    }

    /// Throws the first problem.
    func requireWhatItNames() throws(CommandFailure) {
        guard var first = problems.first else { return }
        first.message = "\(printable(path)): \(first.message)"
        throw first
    }
}
