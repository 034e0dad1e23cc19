import Compatibility
import TestSupport
import Testing

@testable import PluginHost

/// What a disposable process tells of a candidate, in whole sentences.
@Suite(.timeLimit(.minutes(5))) struct RehearsalTests {
    /// A fixture and all that its rehearsal found.
    static let kinds: [(file: String, findings: [String])] = [
        ("answers.c", ["rehearsal.passed: constructors, destructors"]),
        (
            "rehearsed_abort_in_constructor.c",
            [
                """
                rehearsal.crashed: plugin's rehearsal was killed by SIGABRT (signal 6) in its constructors, and this \
                host would have been; its last words: invariant broken: mend the plugin, and see it pass \
                plugctl check --rehearse
                """
            ]
        ),
        (
            "rehearsed_closes_descriptors.c",
            [
                """
                rehearsal.no-report: plugin's rehearsal ended in swb_start with exit code 124 and without a report, \
                and this host counts on nothing else; it said nothing: let it answer with an error in place of \
                ending the process, and close no descriptor of others
                """
            ]
        ),
        (
            "rehearsed_crash_in_constructor.c",
            [
                """
                rehearsal.crashed: plugin's rehearsal was killed by SIGSEGV (signal 11) in its constructors, and \
                this host would have been; its last words: about to crash: mend the plugin, and see it pass \
                plugctl check --rehearse
                """
            ]
        ),
        (
            "rehearsed_crash_in_destructor.c",
            [
                """
                rehearsal.crashed: plugin's rehearsal was killed by SIGSEGV (signal 11) in its destructors, and this \
                host would have been; it said nothing: mend the plugin, and see it pass plugctl check --rehearse
                """
            ]
        ),
        (
            "rehearsed_crash_in_health.c",
            [
                """
                rehearsal.crashed: plugin's rehearsal was killed by SIGSEGV (signal 11) in swb_health, and this host \
                would have been; it said nothing: mend the plugin, and see it pass plugctl check --rehearse
                """
            ]
        ),
        (
            "rehearsed_crash_in_restore.c",
            [
                "rehearsal.passed: constructors, start, stop, destructors",
                "rehearsal.state: not judged: no state was restored, for a check has none",
            ]
        ),
        (
            "rehearsed_crash_in_start.c",
            [
                """
                rehearsal.crashed: plugin's rehearsal was killed by SIGSEGV (signal 11) in swb_start, and this host \
                would have been; it said nothing: mend the plugin, and see it pass plugctl check --rehearse
                """
            ]
        ),
        (
            "rehearsed_crash_in_stop.c",
            [
                """
                rehearsal.crashed: plugin's rehearsal was killed by SIGSEGV (signal 11) in swb_stop, and this host \
                would have been; it said nothing: mend the plugin, and see it pass plugctl check --rehearse
                """
            ]
        ),
        (
            "rehearsed_crashes_beside_child.c",
            [
                """
                rehearsal.crashed: plugin's rehearsal was killed by SIGSEGV (signal 11) in swb_start, and this host \
                would have been; it said nothing: mend the plugin, and see it pass plugctl check --rehearse
                """
            ]
        ),
        (
            "rehearsed_error_in_start.c",
            [
                """
                rehearsal.failed: plugin's swb_start answered 42, and this host would not have published it; its \
                last words: no licence found: see to what it says
                """
            ]
        ),
        (
            "rehearsed_exit_in_constructor.c",
            [
                """
                rehearsal.no-report: plugin's rehearsal ended in its constructors with exit code 0 and without a \
                report, and this host counts on nothing else; it said nothing: let it answer with an error in place \
                of ending the process, and close no descriptor of others
                """
            ]
        ),
        (
            "rehearsed_exit_in_start.c",
            [
                """
                rehearsal.no-report: plugin's rehearsal ended in swb_start with exit code 0 and without a report, \
                and this host counts on nothing else; it said nothing: let it answer with an error in place of \
                ending the process, and close no descriptor of others
                """
            ]
        ),
        (
            "rehearsed_floods_and_aborts.c",
            [
                """
                rehearsal.crashed: plugin's rehearsal was killed by SIGABRT (signal 6) in swb_start, and this host \
                would have been; the last of the 4194317 bytes that it wrote: out of paper: mend the \
                plugin, and see it pass plugctl check --rehearse
                """
            ]
        ),
        (
            "rehearsed_floods_output.c",
            [
                "rehearsal.passed: constructors, start, stop, destructors"
            ]
        ),
        (
            "rehearsed_forges_report.c",
            [
                #"""
                rehearsal.no-report: plugin's rehearsal ended in its constructors with exit code 0 and without a \#
                report, and this host counts on nothing else; its last words: 0 hello | 0 done constructors | 0 \#
                finished | {"event":"finished"} | 0 hello | 0 done constructors | 0 finished | \#
                {"event":"finished"}: let it answer with an error in place of ending the process, and \#
                close no descriptor of others
                """#
            ]
        ),
        (
            "rehearsed_forks_in_constructor.c",
            [
                """
                rehearsal.no-report: plugin's rehearsal ended in its constructors with exit code 0 and without a \
                report, and this host counts on nothing else; it said nothing: let it answer with an error in place \
                of ending the process, and close no descriptor of others
                """
            ]
        ),
        (
            "rehearsed_forks_in_start.c",
            [
                """
                rehearsal.no-report: plugin's rehearsal ended in swb_start with exit code 0 and without a report, \
                and this host counts on nothing else; it said nothing: let it answer with an error in place of \
                ending the process, and close no descriptor of others
                """
            ]
        ),
        (
            "rehearsed_hang_in_constructor.c",
            [
                """
                rehearsal.hung: plugin's rehearsal did not come back from its constructors, and this host waits for \
                no longer than 2.0 seconds; its last words: waiting for a server: let it come back sooner, or \
                rehearse with a longer limit
                """
            ]
        ),
        (
            "rehearsed_hang_in_health.c",
            [
                """
                rehearsal.hung: plugin's rehearsal did not come back from swb_health, and this host waits for no \
                longer than 2.0 seconds; it said nothing: let it come back sooner, or rehearse with a longer limit
                """
            ]
        ),
        (
            "rehearsed_hang_in_restore.c",
            [
                "rehearsal.passed: constructors, start, stop, destructors",
                "rehearsal.state: not judged: no state was restored, for a check has none",
            ]
        ),
        (
            "rehearsed_hang_in_start.c",
            [
                """
                rehearsal.hung: plugin's rehearsal did not come back from swb_start, and this host waits for no \
                longer than 2.0 seconds; it said nothing: let it come back sooner, or rehearse with a longer limit
                """
            ]
        ),
        (
            "rehearsed_hang_in_stop.c",
            [
                """
                rehearsal.hung: plugin's rehearsal did not come back from swb_stop, and this host waits for no \
                longer than 2.0 seconds; it said nothing: let it come back sooner, or rehearse with a longer limit
                """
            ]
        ),
        (
            "rehearsed_kills_its_group.c",
            [
                """
                rehearsal.crashed: plugin's rehearsal was killed by SIGKILL (signal 9) in its constructors, and this \
                host would have been; it said nothing: mend the plugin, and see it pass plugctl check --rehearse
                """
            ]
        ),
        (
            "rehearsed_kills_its_parent.c",
            [
                """
                rehearsal.no-report: plugin's rehearsal was lost in its constructors with the process that watched \
                over it, and this host would have been; it said nothing: let it send signals to processes of its own \
                only
                """
            ]
        ),
        (
            "rehearsed_kills_its_parent_later.c",
            [
                """
                rehearsal.no-report: plugin's rehearsal was lost in its process, after its destructors, with the \
                process that watched over it, and this host would have been; it said nothing: let it send signals to \
                processes of its own only
                """
            ]
        ),
        (
            "rehearsed_leaves_child.c",
            [
                "rehearsal.passed: constructors, start, stop, destructors",
                """
                rehearsal.leftovers: plugin leaves 1 process behind when it has stopped, and this host kills nothing \
                of a plugin's: end and reap in swb_stop what it started
                """,
            ]
        ),
        (
            "rehearsed_leaves_daemon.c",
            [
                "rehearsal.passed: constructors, start, stop, destructors",
                """
                rehearsal.leftovers: plugin leaves 1 process behind when it has stopped, and this host kills nothing \
                of a plugin's: end and reap in swb_stop what it started
                """,
            ]
        ),
        (
            "rehearsed_thread_crashes_later.c",
            [
                """
                rehearsal.crashed: plugin's rehearsal was killed by SIGSEGV (signal 11) in its process, after swb_start, \
                and this host would have been; it said nothing: mend the plugin, and see it pass plugctl check \
                --rehearse
                """
            ]
        ),
        (
            "rehearsed_trap_in_constructor.c",
            [
                """
                rehearsal.crashed: plugin's rehearsal was killed by SIGTRAP (signal 5) in its constructors, and this \
                host would have been; it said nothing: mend the plugin, and see it pass plugctl check --rehearse
                """
            ]
        ),
        (
            "rehearsed_unhealthy.c",
            [
                """
                rehearsal.failed: plugin's swb_health answered 5: no route to the database, and this host would not \
                have published it: see to what it says
                """
            ]
        ),
        (
            "rehearsed_unhealthy_after_import.c",
            [
                """
                rehearsal.failed: plugin's swb_health answered 7, and this host would not have published it: see to \
                what it says
                """
            ]
        ),
        (
            "rehearsed_wants_import.c",
            [
                """
                rehearsal.failed: plugin's swb_start answered -1398210562, but it had asked for an import there, and a \
                rehearsal has none: what comes after was not rehearsed: let it start without its imports if all of it \
                is to be rehearsed
                """
            ]
        ),
    ]

    @Test(arguments: kinds)
    func findingsAreWholeSentences(_ file: String, _ expected: [String]) async throws {
        let folder = try TemporaryFolder()
        let path = try Plugins.build(file, flags: ["-DANSWER=1"], into: folder)
        // Only what hangs waits for its limit: a slow machine must not make the others hang, too.
        let limit: Duration = file.contains("hang") ? .seconds(2) : .seconds(120)
        let report = try await onThread { try Self.rehearse(path, limit: limit, in: folder) }
        #expect(sentences(report) == expected)
        #expect(
            report.isAdmissible
                == expected.contains { $0.hasPrefix("rehearsal.passed") || $0.contains("an import there") })
    }

    static func rehearse(_ path: String, limit: Duration, in folder: TemporaryFolder) throws -> GateReport {
        try PluginFile.rehearse(
            path: path, RehearsalPolicy(mode: .require, limit: limit, program: BuiltProgram.path("plugctl")),
            stagingDirectory: folder.file("staging"))
    }

    private func sentences(_ report: GateReport) -> [String] {
        report.findings.filter { $0.code.hasPrefix("rehearsal.") }.map { finding in
            guard finding.verdict == .passed else { return finding.sentence }
            return "\(finding.code): \(finding.plugin.replacing(/\ in [0-9]+ ms$/, with: ""))"
        }
    }
}
