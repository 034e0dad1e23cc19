import Compatibility
import Foundation
import PluginHost
import TestSupport
import Testing

/// The gates over what runs while loading, on real files judged against this very host.
struct LoadTimeGatesTests {
    private static func findings(
        _ code: String, _ source: Fixture.Source, compiler: Fixture.Compiler = .clang, flags: [String] = []
    ) throws -> [String] {
        let folder = try TemporaryFolder()
        let path = try Fixture.build(source, compiler: compiler, flags: flags, into: folder)
        let report = try PluginFile.judge(path: path, against: .current())
        return report.findings.filter { $0.code == code }.map { "\($0.verdict) \($0.plugin)" }
    }

    @Test(arguments: [("address", "address"), ("undefined", "undefined"), ("thread", "thread")])
    func sanitizedPluginsAreRefusedByAPlainHost(_ flag: String, _ name: String) throws {
        let hosts = try HostFacts.current().sanitizers
        let found = try Self.findings(
            "elf.sanitizer",
            "__attribute__((visibility(\"default\"))) int f(int *p, int i) { return p[i] + i; }",
            flags: ["-fsanitize=\(flag)"])
        #expect(found == ["\(hosts.contains(name) ? "passed" : "refused") \(name)"])
    }

    /// gold, which this clang calls by default, leaves a weak hidden symbol for the end of a section that is not there.
    @Test func coverageBuildsAreSound() throws {
        let source: Fixture.Source = "__attribute__((visibility(\"default\"))) int f(int i) { return i ? 2 : 3; }"
        let flags = ["-fuse-ld=gold", "-fprofile-instr-generate", "-fcoverage-mapping"]
        #expect(try Self.findings("elf.symbols", source, flags: flags) == ["passed sound"])
    }

    /// A C library without DT_RELR would leave those relocations out: glibc wants the version that says it has them.
    @Test func packedRelocationsNeedTheirVersion() throws {
        let source: Fixture.Source = """
            #include <stdio.h>
            static int x; int *const table[] = {&x, &x};
            __attribute__((visibility("default"))) int f(void) { return puts("") + *table[0]; }
            """
        let packed = ["-fuse-ld=lld", "-Wl,--pack-dyn-relocs=relr"]
        #expect(try Self.findings("glibc.version", source, flags: packed) == ["refused DT_RELR alone"])
        let marked = ["-fuse-ld=lld", "-Wl,-z,pack-relative-relocs"]
        #expect(try Self.findings("glibc.version", source, flags: marked).first?.hasPrefix("passed") == true)
    }

    /// Namespace std has default visibility: an author who compiles with -fvisibility=hidden can do no more.
    @Test func inlineFunctionsOfTheStandardLibraryAreNoted() throws {
        let folder = try TemporaryFolder()
        let source: Fixture.Source = """
            #include <switchboard.h>
            #include <map>
            #include <string>
            SWB_MANIFEST("name = counts\\n" "version = 1.0.0\\n" "export = f\\n");
            extern "C" SWB_EXPORT int f(int i) {
                static std::map<std::string, int> m; m[std::to_string(i)] = i; return (int)m.size();
            }
            """
        let path = try Fixture.build(source, compiler: .gPlusPlus, into: folder)
        let report = try PluginFile.judge(path: path, against: .current())
        #expect(report.findings.filter { $0.code == "exports.undeclared" }.map(\.verdict) == [.noted])
    }

    @Test func consequencesAreNotedOfRealFiles() throws {
        let unique: Fixture.Source = """
            template <typename T> struct __attribute__((visibility("default"))) S { static int x; };
            template <typename T> int S<T>::x = 3;
            __attribute__((visibility("default"))) int f() { return S<int>::x++; }
            """
        #expect(try Self.findings("elf.unique", unique, compiler: .gPlusPlus) == ["noted 1 symbol"])
        #expect(
            try Self.findings("elf.unique", unique, compiler: .gPlusPlus, flags: ["-fno-gnu-unique"]) == ["passed none"]
        )
        #expect(try Self.findings("elf.nodelete", "int x;", flags: ["-Wl,-z,nodelete"]) == ["noted set"])
        #expect(try Self.findings("elf.constructors", "int x;", flags: ["-nostdlib"]) == ["passed none"])
        let threads =
            "#include <pthread.h>\nint f(pthread_t *t, void *(*b)(void *)) { return pthread_create(t, 0, b, 0); }"
        #expect(
            try Self.findings("imports.threads", .text(threads), flags: ["-fvisibility=default"]) == [
                "noted pthread_create"
            ])
        let keys =
            "#include <pthread.h>\nint f(pthread_key_t *k, void (*d)(void *)) { return pthread_key_create(k, d); }"
        #expect(
            try Self.findings("imports.keys", .text(keys), flags: ["-fvisibility=default"]) == [
                "noted pthread_key_create"
            ])
        let signals = "#include <signal.h>\nvoid f(void (*h)(int)) { signal(SIGUSR1, h); }"
        #expect(
            try Self.findings("imports.signals", .text(signals), flags: ["-fvisibility=default"]) == ["noted signal"])
    }

    #if arch(x86_64)
        /// The dynamic linker's own answer for these would be a failed load.
        @Test func thisProcessorsLevelIsTheDynamicLinkers() throws {
            let level = try #require(try HostFacts.current().x86Level)
            let help = try Command.run(["/lib64/ld-linux-x86-64.so.2", "--help"]).stdout
            for candidate in 2...4 {
                #expect(help.contains("x86-64-v\(candidate) (supported") == (candidate <= level))
            }
        }

        @Test func thisHostsLevelJudgesARealFile() throws {
            let folder = try TemporaryFolder()
            let path = try Fixture.build(
                "int x;", compiler: .gcc, flags: ["-Wl,-z,x86-64-v3", "-fuse-ld=bfd"], into: folder)
            for (level, verdict) in [(1, Finding.Verdict.refused), (2, .refused), (3, .passed), (4, .passed)] {
                var facts = try HostFacts.current()
                facts.x86Level = level
                let report = try PluginFile.judge(path: path, against: facts)
                #expect(report.findings.filter { $0.code == "elf.isa" }.map(\.verdict) == [verdict])
            }
        }
    #endif

    @Test func factsSurviveJSON() throws {
        let facts = try HostFacts.current()
        #expect(try JSONDecoder().decode(HostFacts.self, from: JSONEncoder().encode(facts)) == facts)
    }
}
