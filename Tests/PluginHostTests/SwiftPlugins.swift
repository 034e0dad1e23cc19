import Compatibility
import TestSupport

/// Swift plugins of real compilers that import a C header.
enum SwiftPlugins {
    /// The headers that two versions of a plugin were built with, and the fix.
    enum Header: String {
        case first = "struct Config { int first; };"
        case second = "struct Config { int first; long long more[6]; int last; };"
        case secondWithTag =
            "typedef struct Config_v2 { int first; long long more[6]; int last; } Config;"
    }

    /// Builds a plugin `config`, whose `answer` is 99 where its own layout of Config is the one that works.
    ///
    /// Its metadata of Config is used as a generic library uses it: through an array whose element it does not know. The
    /// manifest names `compiler`, by default the one that builds it.
    static func config(
        _ version: String, _ header: Header, module: String, unload: String = "", flags: [String] = [],
        compiler: String? = nil, into folder: TemporaryFolder
    ) throws -> String {
        let name = "\(module)-\(version)"
        let clang = folder.file("C\(name)")
        try run(["mkdir", "-p", clang])
        _ = try folder.write("\(header.rawValue)\n", to: "C\(name)/config.h")
        _ = try folder.write("module CConfig { header \"config.h\" export * }\n", to: "C\(name)/module.modulemap")
        let field = header == .first ? "first" : "last"
        let source = try folder.write(
            """
            import CConfig
            public struct Holder { var config: Config; var end: Int32 }
            @inline(never) func last<T>(_ values: [T]) -> T { values.reversed()[0] }
            @_cdecl("answer") public func answer() -> Int32 {
                var config = Config()
                config.\(field) = 90
                let holders = [Holder(config: Config(), end: 1), Holder(config: config, end: 9)]
                let any: [Any] = holders
                let found = (last(any) as? Holder) ?? holders[0]
                return last([config, config]).\(field) == 90 ? found.config.\(field) + found.end : -1
            }
            """, to: "\(name).swift")
        let (manifest, result) = (folder.file("\(name).o"), folder.file("\(name).so"))
        let facts = try HostFacts.current()
        let text = try folder.write(
            """
            #include "raw_manifest.h"
            RAW_MANIFEST("name = config\\nversion = \(version)\\nexport = answer\\nabi = \(facts.abi)\\n"
                         "toolchain = swift \(compiler ?? facts.swiftVersion)\\n\(unload)");
            """, to: "\(name).c")
        try run([
            "clang", "-c", "-fPIC", "-I\(Fixture.includeFolder)", "-I\(Fixture.sourceFolder)", text, "-o", manifest,
        ])
        try run(
            ["swiftc", "-O", "-parse-as-library", "-module-name", module, "-I", clang, source, manifest]
                + ["-emit-library", "-o", result] + flags)
        return result
    }

    static func run(_ arguments: [String]) throws {
        let command = try Command.run(arguments)
        guard command.exitCode == 0 else { throw TestSupportError("\(arguments[0]): \(command.stderr)") }
    }
}
