import Glibc
import TestSupport
import Testing

/// `check --rehearse FILE…`: the program starts itself again.
@Suite struct RehearseCommandTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    @Test func whatComesThroughIsAdmissible() throws {
        let result = try Plugctl.run("check", "--rehearse", try greeter("1.0.0", into: folder))
        #expect(
            result.stdout.contains(
                /\n  rehearsal\.passed +passed +constructors, destructors in [0-9]+ ms +limit 10\.0 seconds/))
        #expect(result.exitCode == 0 && result.stderr.isEmpty)
    }

    @Test func whatCrashesIsRefusedInTheSameTable() throws {
        let good = try greeter("1.0.0", into: folder)
        let bad = try Fixture.build(.file("rehearsed_crash_in_constructor.c"), into: folder)
        let result = try Plugctl.run("check", "--rehearse", bad, good)
        #expect(result.stdout.contains("\(bad): rehearsed 1.0.0: refused\n"))
        #expect(
            result.stdout.contains(
                """

                  rehearsal.crashed: plugin's rehearsal was killed by SIGSEGV (signal 11) in its constructors, and this host \
                would have been; its last words: about to crash

                """))
        #expect(result.stdout.contains("\(good): greeter 1.0.0: admissible\n"))
        #expect(result.exitCode == 3 && result.stderr.isEmpty)
    }

    @Test func whatTheGatesRefuseNeverRuns() throws {
        let marker = folder.file("ran")
        let file = try Fixture.build(
            """
            #include <fcntl.h>
            #include <switchboard.h>
            SWB_MANIFEST("name = eager\\n" "version = 1.0.0\\n" "export = absent\\n");
            __attribute__((constructor)) static void run(void) { open("\(marker)", O_CREAT | O_WRONLY, 0600); }
            """, named: "eager", into: folder)
        let result = try Plugctl.run("check", "--rehearse", file)
        #expect(result.stdout.contains("rehearsal.passed"))
        #expect(result.exitCode == 3 && access(marker, F_OK) != 0)
    }

    /// A host with this policy copies it there; the check did so elsewhere, where nothing may be executed.
    @Test func theCopyIsMadeWhereThePolicySays() throws {
        let staging = folder.file("staging")
        let policy = try folder.write("staging = \(staging)\n", to: "policy")
        let file = try greeter("1.0.0", into: folder)
        #expect(try Plugctl.run("check", "--rehearse", "--policy", policy, file).exitCode == 0)
        #expect(access(staging, F_OK) == 0)
    }

    @Test func anotherHostsFactsAreAUsageError() throws {
        let result = try Plugctl.run("check", "--rehearse", "--host-facts", "x.json", "y.so")
        #expect(
            result.stderr == """
                error[usage]: --rehearse runs the plugin here, and --host-facts asks for another host: give one of the two; \
                see plugctl check --help

                """)
        #expect(result.exitCode == 2 && result.stdout.isEmpty)
    }

    /// A command line that begins with a rehearsal's name is not taken for one.
    @Test(arguments: ["switchboard-rehearsal", "switchboard-rehearsal-warden"])
    func aBorrowedNameIsNoOrder(_ name: String) throws {
        let result = try Command.run(["bash", "-c", "exec -a \(name) \(Plugctl.path) --version 3</dev/null"])
        #expect(result.exitCode == 125 && result.stdout.isEmpty)
    }
}
