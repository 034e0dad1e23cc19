import PluginHost
import TestSupport
import Testing

/// One plugin with the generated header of types, built by every compiler: C or C++, gcc or clang, its manifest says the
/// same digests, and a host that was written for them binds it.
struct TypedPluginTests {
    private static let header = """
        #include <stdint.h>
        #ifdef __cplusplus
        extern "C" {
        #endif
        typedef struct point { int32_t x, y; } point;
        typedef int32_t weigh(const point *point, void *context);
        int32_t sum(const point *points, uint64_t count);
        int32_t fold(const point *points, uint64_t count, weigh *weigh, void *context);
        #ifdef __cplusplus
        }
        #endif
        """

    private static let plugin = """
        #include <switchboard.h>
        #include "points_types.h"
        SWB_MANIFEST("name = points\\n" "version = 1.0.0\\n"
          "export = sum " POINTS_SUM_TYPE "\\n" "export = fold " POINTS_FOLD_TYPE "\\n");
        SWB_EXPORT int32_t sum(const point *points, uint64_t count) {
          int32_t total = 0;
          for (uint64_t i = 0; i < count; i++) total += points[i].x + points[i].y;
          return total;
        }
        SWB_EXPORT int32_t fold(const point *points, uint64_t count, weigh *weigh, void *context) {
          int32_t total = 0;
          for (uint64_t i = 0; i < count; i++) total += weigh(&points[i], context);
          return total;
        }
        """

    @Test(arguments: Fixture.Compiler.allCases)
    func isTheSamePluginByEveryCompiler(compiler: Fixture.Compiler) async throws {
        let folder = try TemporaryFolder()
        let header = try folder.write(Self.header, to: "points.h")
        let digests = try Command.run(
            [
                BuiltProgram.path("plugctl"), "contract", "digest", header, "--header",
                folder.file("points_types.h"),
            ])
        try #require(digests.exitCode == 0, "\(digests.stderr)")
        let isC = compiler == .clang || compiler == .gcc
        let path = try Fixture.build(
            .text(Self.plugin), compiler: compiler,
            flags: ["-I\(folder.path)", isC ? "-std=c11" : "-std=c++17", "-Wall", "-Wextra", "-Wpedantic", "-Werror"],
            into: folder)

        let written = String(decoding: try readFile(path), as: UTF8.self)
        let types = try ["sum", "fold"].map { symbol in
            let line = try #require(digests.stdout.split(separator: "\n").first { $0.hasPrefix("export = \(symbol) ") })
            #expect(written.contains("\(line)\n"), "the manifest says another type of \(symbol)")
            return String(line.suffix(16))
        }

        typealias Sum = @convention(c) (UnsafeRawPointer?, UInt64) -> Int32
        let host = try PluginHost()
        _ = try await host.load(path)
        let sum = try host.bind("points", "^1", Export("sum", as: Sum.self, type: types[0]))
        let points: [Int32] = [1, 2, 3, 4]
        #expect(try sum { function in points.withUnsafeBytes { function($0.baseAddress, 2) } } == 10)
        #expect(throws: (any Error).self) {
            try host.bind("points", "^1", Export("sum", as: Sum.self, type: types[1]))
        }
        await host.shutdown()
    }
}
