import Compatibility
import FoundationEssentials
import LinuxSystem
import PluginHost

/// `check FILE… [--host-facts FILE | --rehearse] [--policy FILE]`: every gate over every file, and a rehearsal where one is
/// asked for or the policy requires it.
struct CheckCommand {
    let files: [String]
    let hostFacts: String?
    /// Each file that the gates let pass is loaded, started and stopped besides, in a process of its own.
    let rehearses: Bool
    let policy: String?

    /// What came of one file: a report or an error.
    private struct Checked: Encodable {
        var file: String
        var admissible: Bool
        var report: GateReport?
        var error: CommandFailure?
    }

    /// 0 where every file may be loaded, 3 where one may not, 4 or 1 where one could not be judged.
    func run(in context: CommandContext) throws -> Int32 {
        let facts = try facts()
        let policy = try policy.map { path throws(CommandFailure) in try PolicyFile(path) }
        let results = files.map { check($0, against: facts, policy) }
        if context.isJSON {
            try context.terminal.say(json: results)
        } else {
            let texts = results.compactMap { $0.report.map { ReportText.text($0, on: context.terminal) } }
            try context.terminal.say(texts.joined(separator: "\n"))
        }
        if hostFacts != nil && policy?.configuration.rehearsal.mode == .require {
            context.terminal.warn(
                "warning: the policy requires a rehearsal, which says nothing of another host: check there, without --host-facts"
            )
        }
        for error in results.compactMap(\.error) { context.terminal.warn("error[\(error.code)]: \(error.message)") }
        if let error = results.compactMap(\.error).first { return error.exit }
        return results.allSatisfy(\.admissible) ? 0 : 3
    }

    private func check(_ file: String, against facts: HostFacts, _ policy: PolicyFile?) -> Checked {
        let configuration = policy?.configuration ?? HostConfiguration()
        do {
            let report =
                rehearses || (configuration.rehearsal.mode == .require && hostFacts == nil)
                ? try PluginFiles.rehearse(file, as: configuration)
                : try PluginFiles.judge(
                    file, against: facts, isThisHost: hostFacts == nil, configuration.policy, configuration.signatures)
            return Checked(file: file, admissible: report.isAdmissible, report: report)
        } catch {
            return Checked(file: file, admissible: false, error: error)
        }
    }

    private func facts() throws -> HostFacts {
        guard let hostFacts else { return try HostFacts.current() }
        guard fileExists(hostFacts) else { throw CommandFailure.fileNotFound(hostFacts) }
        let text = try bytes(ofFile: hostFacts, limit: Self.factsLimit)
        do {
            return try JSONDecoder().decode(HostFacts.self, from: Data(text))
        } catch {
            throw CommandFailure(
                code: "usage", message: "\(hostFacts) holds no host facts; write it with plugctl facts", exit: 2)
        }
    }

    /// Of a file with host facts, in bytes: they have some hundred.
    private static let factsLimit = 1 << 20
}
