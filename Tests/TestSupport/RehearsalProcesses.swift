import Glibc

/// The processes of rehearsals on this machine.
package enum RehearsalProcesses {
    /// Those that are not zombies, and have a rehearsal's variable in their environment: "12 name" each.
    ///
    /// Only those that this user may look at.
    package static func alive() throws -> [String] {
        try Command.run([
            "sh", "-c",
            """
            for environment in /proc/[0-9]*/environ; do
                grep -qz '^SWITCHBOARD_REHEARSAL=' "$environment" 2>/dev/null || continue
                process=${environment%/environ}
                printf '%s %s\\n' "${process#/proc/}" "$(cat "$process/comm" 2>/dev/null)"
            done
            """,
        ]).stdout.split(separator: "\n").map(String.init)
    }
}
