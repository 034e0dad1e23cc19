import TestSupport
import Testing

/// Types of exports from header to refusal: `contract snapshot` and `contract digest`, a manifest with what they print, and a
/// host that a plugin of another type is offered to; whole output.
@Suite struct ContractTypeCommandTests {
    private let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
    }

    /// What a version of the contract says of `greet`.
    private static let (plain, wider, grown) = (
        "int32_t greet(const char *name, const point *where);",
        "int64_t greet(const char *name, const point *where, bool loud);",
        "typedef int32_t result; result greet(const char *to, const struct point *at); /* point has another member */"
    )

    private static let widerDefinition = """
        SWB_EXPORT int64_t greet(const char *name, const point *where, bool loud) { return name && where && loud; }
        """

    /// `greeter` built against a header, with the manifest lines that plugctl prints for it; and its type.
    private func greeter(
        _ version: String, _ declaration: String,
        as definition: String = """
        SWB_EXPORT int32_t greet(const char *name, const point *where) { return name != 0 && where != 0; }
        """, members: String = "x, y", isSpelled: Bool = true
    ) throws -> (path: String, digest: String) {
        let header = try folder.write(
            """
            #include <stdbool.h>
            #include <stdint.h>
            typedef struct point { int32_t \(members); } point;
            \(declaration)
            """, to: "greeter-\(version).h")
        let lines = try Plugctl.run("contract", "digest", header)
        #expect(lines.exitCode == 0 && lines.stdout.hasPrefix("export = greet "), "\(lines.stderr)")
        let line = lines.stdout.split(separator: "\n").first.map(String.init) ?? ""
        let path = try Fixture.build(
            """
            #include <switchboard.h>
            #include "greeter-\(version).h"
            SWB_MANIFEST("name = greeter\\n" "version = \(version)\\n" "\(line)\\n");
            \(definition)
            """, named: "greeter-\(version)", flags: ["-I\(folder.path)"], into: folder)
        if isSpelled {
            let written = try Plugctl.run("contract", "snapshot", header, "-o", "\(path).contract")
            #expect(written.exitCode == 0, "\(written.stderr)")
        }
        return (path, String(line.split(separator: " ").last ?? ""))
    }

    /// A plugin that has `greet` of greeter bound while it serves.
    private func importer() throws -> String {
        try Fixture.build(
            """
            #include <switchboard.h>
            SWB_MANIFEST("name = caller\\n" "version = 1.0.0\\n" "requires = greeter ^1\\n" "export = ask\\n");
            static const swb_import_v1 *greet;
            int32_t swb_start(const swb_host_v1 *host, void **instance) {
              (void)instance;
              const swb_imports_v1 *imports = host->service(host->context, SWB_IMPORTS_SERVICE_V1);
              return imports->bind(imports->context, "greeter", "greet", &greet);
            }
            SWB_EXPORT int32_t ask(void) { return greet != 0; }
            """, named: "caller", into: folder)
    }

    /// A host in which `greet` of greeter 1.0.0 is bound.
    private func host(_ greeter: String, _ arguments: String...) throws -> RunningHost {
        let host = try RunningHost(arguments)
        for file in [greeter, try importer()] {
            let loaded = try host.plugctl("load", file)
            #expect(loaded.exitCode == 0, "\(loaded.stderr)")
        }
        return host
    }

    private static let route = "the route greeter ^1 (imported by caller, generation 2)"

    @Test func aSwapIsRefusedWithBothTypesInC() throws {
        let (first, one) = try greeter("1.0.0", Self.plain)
        let (next, two) = try greeter("1.1.0", Self.wider, as: Self.widerDefinition)
        let host = try host(first)
        let swapped = try host.plugctl("swap", "greeter", next)
        let (old, new) = (
            "int greet(const char *, const struct point *) [\(one)]",
            "long greet(const char *, const struct point *, bool) [\(two)]"
        )
        #expect(swapped.exitCode == 3)
        #expect(swapped.stderr == "error[refused]: \(next) is refused: contract.type\n")
        #expect(
            swapped.stdout.replacing(/image [^\n]*/, with: "image").replacing(/\d+ passed, [^\n]*/, with: "rest") == """
                \(next): greeter 1.1.0: refused
                  image
                  GATE           VERDICT  PLUGIN\(String(repeating: " ", count: new.count - 4))HOST\(String(
                    repeating: " ", count: old.count - 2))WHAT TO DO
                  contract.type  refused  \(new)  \(old)  keep the type of greet, or release it as 2.0.0
                  contract.type: plugin has \(new), \(Self.route) is bound to \(old)
                  rest

                """)
        // What is loaded already is judged by no gate: the registry's words are the same.
        #expect(try host.plugctl("load", next).exitCode == 0)
        let loaded = try host.plugctl("swap", "greeter@1.1.0")
        #expect(loaded.exitCode == 3 && loaded.stdout.isEmpty)
        #expect(
            loaded.stderr
                == "error[contract.type]: greeter 1.1.0 has \(new), \(Self.route) is bound to \(old): keep the type of greet, or "
                + "release it as 2.0.0\n")
        let json = try host.plugctl("swap", "greeter@1.1.0", "--json")
        #expect(
            json.stdout.hasPrefix(
                #"{"error":{"code":"contract.type","exit":3,"message":"greeter 1.1.0 has long greet("#))
        #expect(try host.plugctl("list").stdout.contains("1.0.0"))
    }

    @Test func withoutSnapshotsTheDigestsAreToldAndHowToSeeTheTypes() throws {
        let (first, one) = try greeter("1.0.0", Self.plain, isSpelled: false)
        let (next, two) = try greeter("1.1.0", Self.wider, as: Self.widerDefinition, isSpelled: false)
        let host = try host(first)
        let swapped = try host.plugctl("swap", "greeter", next)
        #expect(swapped.exitCode == 3 && swapped.stderr == "error[refused]: \(next) is refused: contract.type\n")
        #expect(
            swapped.stdout.contains(
                "  contract.type: plugin has greet of type \(two), \(Self.route) is bound to greet of type \(one)\n"))
        #expect(
            swapped.stdout.contains(
                "keep the type of greet, or release it as 2.0.0; plugctl contract diff OLD NEW tells two headers apart, and a "
                    + "snapshot beside each file (plugctl contract snapshot HEADER -o FILE.so.contract) spells the types here\n"
            ))
    }

    /// The signatures are the same text, what a pointer leads to is not; the snapshots are the host's own.
    @Test func aChangedDefinitionIsNamed() throws {
        let (first, one) = try greeter("1.0.0", Self.plain, isSpelled: false)
        let (next, two) = try greeter("1.1.0", Self.grown, members: "x, y, z", isSpelled: false)
        #expect(one != two)
        let contracts = try TemporaryFolder()
        for version in ["1.0.0", "1.1.0"] {
            let written = try Plugctl.run(
                "contract", "snapshot", folder.file("greeter-\(version).h"), "-o",
                contracts.file("\(version).contract"))
            #expect(written.exitCode == 0)
        }
        let policy = try folder.write("contracts = \(contracts.path)\n", to: "policy")
        let host = try host(first, "--policy", policy)
        let swapped = try host.plugctl("swap", "greeter", next)
        #expect(swapped.exitCode == 3)
        let why = swapped.stdout.split(separator: "\n").first { $0.hasPrefix("  contract.type: ") }
        let greet = "int greet(const char *, const struct point *)"
        #expect(
            why ?? "" == "  contract.type: plugin has \(greet) [\(two)], \(Self.route) is bound to \(greet) [\(one)]: "
                + "not the same struct point, member z: what is bound has none, the plugin has \"int z at 8\"")
    }

    @Test func aCheckAndALoadSayWhatASnapshotIsWorth() throws {
        let (file, _) = try greeter("1.0.0", Self.plain)
        let fit = try Plugctl.run("check", file)
        #expect(fit.exitCode == 0 && fit.stdout.contains(/\n  contract\.snapshot +passed +1 type +- *\n/))
        #expect(
            fit.stdout.contains(/\n  contract\.type +skipped +- +- *\n/), "\(fit.stdout)")
        try folder.write("hello\n", to: "greeter-1.0.0.so.contract")
        let checked = try Plugctl.run("check", file)
        #expect(checked.exitCode == 0)
        let host = try RunningHost()
        let loaded = try host.plugctl("load", file)
        #expect(loaded.exitCode == 0)
        for text in [checked.stdout, loaded.stdout + loaded.stderr] {
            #expect(text.contains("contract.snapshot: \(file).contract, line 1: "), "\(text)")
        }
    }
}
