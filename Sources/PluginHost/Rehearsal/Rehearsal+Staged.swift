import Compatibility
import Glibc
import LinuxSystem
import PluginLoading

extension Rehearsal {
    /// What there is to restore in a rehearsal.
    enum State: Sendable {
        case saved(RehearsalOrder.State)
        /// None, and why: a clause.
        case none(because: String)
    }

    /// The program in which a policy's rehearsals take place.
    static func program(of policy: RehearsalPolicy) throws(PluginHostError) -> String {
        if let program = policy.program { return program }
        guard isAvailable else {
            throw .invalidRequest(
                "rehearsals are required, and this program cannot be one: call Rehearsal.runIfRequested() at the top of its "
                    + "main, or name a program that does")
        }
        return "/proc/self/exe"
    }

    /// Rehearses the very copy that is to be opened, after the gates: what was found, for its report.
    ///
    /// Blocks its thread for as long as the policy's limit, and some seconds more where there is much to kill.
    static func findings(
        of staged: StagedImage, _ candidate: Candidate, _ report: GateReport, _ state: State, _ policy: RehearsalPolicy
    ) throws(PluginHostError) -> [Finding] {
        let program = try program(of: policy)
        guard report.isAdmissible, case .found(let manifest) = candidate.manifest,
            let version = try? SemanticVersion(manifest.version)  // no admissible report without one
        else { return RehearsalOutcome.refusedBefore }
        let functions = candidate.lifecycleFunctions
        let file: FileDescriptor
        do throws(SystemError) { file = try FileDescriptor(opening: staged.path, O_RDONLY) } catch {
            throw .system("there was no rehearsal: \(error)")
        }
        let processors = UInt64(max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN))))
        var order = RehearsalOrder(
            nonce: randomWord(), deadline: Clock.deadline(after: policy.limit),
            processorSeconds: (UInt64(Clock.bounded(policy.limit)) / 1_000_000_000 + 1) * processors,
            ticket: .init(
                path: staged.path, identity: staged.identity, isResident: report.unloadClass == .resident,
                exports: manifest.exports.map(\.symbol), lifecycle: functions),
            plugin: manifest.name, version: version)
        var withoutState: String?
        switch state {
        case .none(let reason): withoutState = reason
        case .saved(let state): order.state = state
        }
        var run = RehearsalRun(of: order, in: program, policy)
        var outcome = try run.run(file)
        // Without a line of requires no import is bound anywhere.
        outcome.wantedImports = outcome.wantedImports && !manifest.requires.isEmpty
        // A plugin that takes no state lacks nothing.
        outcome.withoutState = functions.contains("swb_restore") ? withoutState : nil
        return outcome.findings
    }
}
