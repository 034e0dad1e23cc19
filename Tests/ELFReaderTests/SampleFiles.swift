import ELFReader
import Glibc
import TestSupport

/// The files that this suite reads.
enum SampleFiles {
    /// A plugin as authors write them: a manifest, exports, imports, thread-local variables, constructors.
    static let pluginSource: Fixture.Source = """
        #include <switchboard.h>
        #include <stdio.h>
        #include <stdlib.h>
        SWB_MANIFEST("name = adder\\n" "version = 1.2.0\\n" "export = add\\n");
        static int state;
        static __thread int calls = 3;
        static int (*print)(const char *) = puts;
        __attribute__((constructor)) static void prepare(void) { state = malloc(3) != 0; }
        __attribute__((destructor)) static void finish(void) { state = 0; }
        SWB_EXPORT int32_t add(int32_t a, int32_t b) { calls += a; return a + b + state + (print == 0); }
        SWB_EXPORT void swb_stop(void *instance) { free(instance); }
        """

    /// Builds a shared object and returns its bytes.
    static func build(
        _ source: Fixture.Source = pluginSource, compiler: Fixture.Compiler = .clang, flags: [String] = []
    ) throws -> [UInt8] {
        let folder = try TemporaryFolder()
        return try readFile(Fixture.build(source, compiler: compiler, flags: flags, into: folder))
    }

    /// Libraries of glibc, gcc, OpenSSL and zlib, as far as this machine has them, and all of the toolchain that runs
    /// this test.
    static func libraries() throws -> [String] {
        let wanted = ["libc.so.6", "libm.so.6", "libstdc++.so.6", "libgcc_s.so.1", "libcrypto.so.3", "libz.so.1"]
        let cache = try Command.run(["/sbin/ldconfig", "-p"]).stdout.split(separator: "\n")
        let system = wanted.compactMap { name in
            cache.first { $0.contains("\t\(name) ") && $0.contains("64") }?.split(separator: " ").last.map(String.init)
        }
        // Files of proc(5) have no size: let cat read this process' own.
        let maps = try Command.run(["cat", "/proc/\(getpid())/maps"]).stdout.split(separator: "\n")
        let loaded = Set(maps.compactMap { $0.firstIndex(of: "/").map($0.suffix(from:)) }.map(String.init))
        return system + loaded.filter { $0.contains("libswift") || $0.contains("libFoundation") }.sorted()
    }
}

extension ELFImage {
    /// Parses an array's bytes.
    static func parse(_ bytes: [UInt8]) throws(OtherFile) -> ELFImage { try parse(bytes.span.bytes) }
}
