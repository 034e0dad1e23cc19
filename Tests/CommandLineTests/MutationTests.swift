import TestSupport
import Testing

/// A small seeded round of `scripts/mutations`, over C and C++ plugins; the script's own has more of them, and Swift.
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
        let folder = try TemporaryFolder()
        let builds: [(String, Fixture.Compiler, [String])] = [
            ("gcc-bfd", .gcc, ["-fuse-ld=bfd"]), ("clang-lld", .clang, ["-fuse-ld=lld"]),
            ("clang-gold", .clang, ["-fuse-ld=gold"]), ("gxx-bfd", .gPlusPlus, []), ("stripped", .gcc, ["-s"]),
        ]
        let files = try builds.map { name, compiler, flags in
            try Fixture.build(.text(Self.source), named: name, compiler: compiler, flags: flags, into: folder)
        }
        let program = String(Plugctl.path.dropLast("plugctl".count)) + "mutation-round"
        let round = try Command.run(
            [program, "900", "--seed", "1"] + files, environment: ["SWIFT_BACKTRACE": "enable=no"])
        try #require(round.exitCode == 0, "\(round.stdout)")
        let last = try #require(round.stdout.split(separator: "\n").last { $0.hasPrefix("all ") })
        // Refused, admitted, declined, crashed.
        let counts = last.split(separator: " ").dropFirst().compactMap { Int($0) }
        try #require(counts.count == 4, "\(round.stdout)")
        #expect(counts[0] + counts[1] == 900)
        #expect(counts[0] > 600 && counts[1] > 50, "\(round.stdout)")
        #expect(counts[3] < 9, "\(round.stdout)")
    }
}
