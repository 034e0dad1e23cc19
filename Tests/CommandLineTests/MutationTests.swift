import TestSupport
import Testing

/// Small seeded rounds of `scripts/mutations`, over C and C++ plugins; the script's own has more of them, and Swift.
@Suite struct MutationTests {
    private static let source = """
        #include <switchboard.h>
        #include <stdlib.h>
        SWB_MANIFEST("name = mutated\\n" "version = 1.0.0\\n" "export = add\\n");
        static int state;
        static __thread int calls = 3;
        __attribute__((constructor)) static void prepare(void) { state = getenv("HOME") != 0; }
        SWB_EXPORT int32_t add(int32_t a, int32_t b) { calls += a; return a + b + state; }
        """

    /// Nearly half of the damaged files would take a process down in dlopen; the gates let through less than 1 in 100 of
    /// those, whose code bytes alone were hit.
    @Test func whatTheGatesAdmitSurvivesDlopen() throws {
        let counts = try Self.round(["900", "--seed", "1"])
        #expect(counts.refused + counts.admitted == 900)
        #expect(counts.refused > 600 && counts.admitted > 50, "\(counts)")
        #expect(counts.crashed < 9, "\(counts)")
    }

    /// Beside the signature of the good file, where signatures are required: code bytes count, too.
    @Test func noDamagedCopyPassesForASignedFile() throws {
        let counts = try Self.round(["600", "--seed", "2", "--signed"])
        #expect(counts == (refused: 600, admitted: 0, crashed: 0))
    }

    /// The child has no clock of its own: one that catches and blocks whatever it can is killed.
    @Test func aHangingConstructorCountsAsCrashed() throws {
        let folder = try TemporaryFolder()
        let source = """
            #include <signal.h>
            #include <switchboard.h>
            SWB_MANIFEST("name = hanging\\n" "version = 1.0.0\\n" "export = add\\n");
            __attribute__((constructor)) static void hang(void) {
                sigset_t all;
                sigfillset(&all);
                sigprocmask(SIG_BLOCK, &all, 0);
                for (volatile int i = 0;; i++) {}
            }
            SWB_EXPORT int32_t add(int32_t a, int32_t b) { return a + b; }
            """
        let file = try Fixture.build(.text(source), named: "hanging", into: folder)
        let round = try Command.run([Self.program, "1", "--limit", "1", file])
        #expect(round.exitCode == 1)
        #expect(round.stdout == "mutation-round: hanging as it is: crashed(\"hung\")\n")
    }

    /// The round's own handlers do not see a child's crash, whatever the environment says.
    @Test func aCrashEndsTheChildAtOnce() throws {
        let folder = try TemporaryFolder()
        let source = """
            #include <switchboard.h>
            SWB_MANIFEST("name = crashing\\n" "version = 1.0.0\\n" "export = add\\n");
            __attribute__((constructor)) static void crash(void) { *(volatile int *)8 = 1; }
            SWB_EXPORT int32_t add(int32_t a, int32_t b) { return a + b; }
            """
        let file = try Fixture.build(.text(source), named: "crashing", into: folder)
        let round = try Command.run([Self.program, "1", file], environment: ["SWIFT_BACKTRACE": "enable=yes"])
        #expect(round.stdout == "mutation-round: crashing as it is: crashed(\"signal 11\")\n")
        #expect(round.stderr == "")
    }

    private static let program = String(Plugctl.path.dropLast("plugctl".count)) + "mutation-round"

    /// Runs a round over plugins of several compilers and linkers, and reads its last line but two.
    private static func round(_ options: [String]) throws -> (refused: Int, admitted: Int, crashed: Int) {
        let folder = try TemporaryFolder()
        let builds: [(String, Fixture.Compiler, [String])] = [
            ("gcc-bfd", .gcc, ["-fuse-ld=bfd"]), ("clang-lld", .clang, ["-fuse-ld=lld"]),
            ("clang-gold", .clang, ["-fuse-ld=gold"]), ("gxx-bfd", .gPlusPlus, []), ("stripped", .gcc, ["-s"]),
        ]
        let files = try builds.map { name, compiler, flags in
            try Fixture.build(.text(source), named: name, compiler: compiler, flags: flags, into: folder)
        }
        let round = try Command.run([program] + options + files)
        try #require(round.exitCode == 0, "\(round.stdout)")
        let last = try #require(round.stdout.split(separator: "\n").last { $0.hasPrefix("all ") })
        // Refused, admitted, declined, crashed.
        let counts = last.split(separator: " ").dropFirst().compactMap { Int($0) }
        try #require(counts.count == 4, "\(round.stdout)")
        return (counts[0], counts[1], counts[3])
    }
}
