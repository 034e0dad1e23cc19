import Glibc

/// The processes of the rehearsals that this process had.
package enum RehearsalProcesses {
    private static let mark = "SWB_TEST_PROCESS"

    /// Sets a variable that every process of a rehearsal inherits: another test run on this machine has rehearsals too.
    package static func markOurs() { setenv(mark, "\(getpid())", 1) }

    /// Those that are alive, "12 name" each; of `markOurs`'s time and later.
    package static func alive() throws -> [String] {
        try Command.run([
            "sh", "-c",
            """
            for environment in /proc/[0-9]*/environ; do
                grep -qz '^SWITCHBOARD_REHEARSAL=' "$environment" 2>/dev/null || continue
                grep -qz '^\(mark)=\(getpid())$' "$environment" 2>/dev/null || continue
                process=${environment%/environ}
                printf '%s %s\\n' "${process#/proc/}" "$(cat "$process/comm" 2>/dev/null)"
            done
            """,
        ]).stdout.split(separator: "\n").map(String.init)
    }
}
