import Compatibility
import Glibc
import LinuxSystem
import PluginLoading
import TestSupport
import Testing

@testable import PluginHost

/// Plugins that bring libraries which lie beside them, found through `$ORIGIN`.
///
/// Names of libraries are unique to a test: the process has one of each.
@Suite struct HelperTests {
    /// Where the helper lies beneath the plugin's folder, and the search path that leads there.
    static let layouts = [
        ("", "$ORIGIN"), ("lib", "$ORIGIN/lib"), ("lib", "${ORIGIN}/./lib/../lib/"), ("a/b", "/nowhere:$ORIGIN/a/b"),
    ]

    @Test(arguments: layouts.indices)
    func helperIsMappedFromACopyBesideTheImages(_ index: Int) async throws {
        let (below, path) = Self.layouts[index]
        try await withHost { host, folder in
            let name = "libplace\(index)"
            let help = try Helpers.library(name, 1, below: below, into: folder)
            let plugin = try Helpers.plugin("1.0.0", needing: [help], path, into: folder)
            let reply = try await host.load(plugin)
            #expect(reply.warnings == [] && reply.unloadClass == .unloadable)
            let binding = try host.bind("answers", "^1", answer)
            #expect(try call(binding) == 1)
            let mapped = mappedCopies(under: folder)
            #expect(mapped.count == 2 && mapped.allSatisfy { $0.hasPrefix(folder.file("staging/")) }, "\(mapped)")
            #expect(mapped.contains { $0.hasSuffix("/\(name).so") })
            // Overwritten where it lies, as a careless build does it.
            try folder.write([0, 0, 0, 0], to: below.isEmpty ? "\(name).so" : "\(below)/\(name).so")
            #expect(try call(binding) == 1)
            #expect(try await host.unload("answers").retired.map(\.outcome) == [.unmapped])
            #expect(mappedCopies(under: folder) == [])
            #expect(Helpers.copies(under: folder) == [])
        }
    }

    /// Each finds its own through an `$ORIGIN` of its own, up to the plugin's folder.
    @Test func helpersOfHelpers() async throws {
        try await withHost { host, folder in
            let deepest = try Helpers.library("libchainc", 3, into: folder)
            let deep = try Helpers.library(
                "libchainb", 0, below: "lib", needing: [deepest], "$ORIGIN/..", into: folder)
            let first = try Helpers.library(
                "libchaina", 0, below: "lib", needing: [deep], "$ORIGIN/../lib", into: folder)
            let plugin = try Helpers.plugin("1.0.0", needing: [first], "$ORIGIN/lib", into: folder)
            #expect(try await host.load(plugin).warnings == [])
            #expect(try call(host.bind("answers", "^1", answer)) == 3)
            #expect(mappedCopies(under: folder).allSatisfy { $0.hasPrefix(folder.file("staging/")) })
            #expect(
                Helpers.copies(under: folder) == ["lib/libchaina.so", "lib/libchainb.so", "libchainc.so", "p-1.0.0.so"])
        }
    }

    /// The same files are judged before anything is copied and after.
    @Test func aHelperThatOthersCanChangeIsRefused() async throws {
        try await withHost { host, folder in
            let help = try Helpers.library("libopen", 1, into: folder)
            chmod(help, 0o666)
            let plugin = try Helpers.plugin("1.0.0", needing: [help], "$ORIGIN", into: folder)
            let checked = try PluginFile.judge(path: plugin, against: .current()).refusals
            guard case .refused(let report) = try await hostError({ _ = try await host.load(plugin) }) else {
                Issue.record("not refused")
                return
            }
            #expect(report.refusals == checked && report.refusalCodes == "file.writable")
            #expect(report.refusals.map(\.statement) == ["every user can change \(help) (mode 0666)"])
        }
    }

    /// The process has one library of a name: the new version of the plugin gets the old one's, and is told so.
    @Test func swapWhoseHelperChangedUnderTheSameNameKeepsTheOldOne() async throws {
        try await withHost { host, folder in
            let help = try Helpers.library("libsamename", 1, into: folder)
            let first = try Helpers.plugin("1.0.0", needing: [help], "$ORIGIN", into: folder)
            _ = try await host.load(first)
            let loaded = try #require(mappedCopies(under: folder).first { $0.hasSuffix("/libsamename.so") })
            _ = try Helpers.library("libsamename", 2, into: folder)
            let second = try Helpers.plugin("1.1.0", needing: [help], "$ORIGIN", into: folder)
            let warning = """
                plugin needs libsamename.so and would find \(help), this host has \(loaded) loaded under that name: the plugin \
                gets that one, whatever the file holds
                """
            #expect(
                try await host.swap("answers", to: first).warnings.map(\.statement) == [warning], "unchanged, but told")
            let swap = try await host.swap("answers", to: second)
            #expect(swap.warnings.map(\.statement) == [warning] && swap.retired == .unmapped)
            #expect(try call(host.bind("answers", "^1", answer)) == 1, "the one that was loaded")
            #expect(access(loaded, F_OK) == 0, "for debuggers, as long as it is mapped")
            // Once nobody has it any more, the next load brings the new one.
            #expect(try await host.unload("answers").retired.map(\.outcome) == [.unmapped])
            #expect(Helpers.copies(under: folder) == [])
            #expect(try await host.load(second).warnings == [])
            #expect(try call(host.bind("answers", "^1", answer)) == 2)
        }
    }

    @Test func swapWhoseHelperHasItsVersionInItsNameGetsTheNewOne() async throws {
        try await withHost { host, folder in
            for (version, value) in [("1.0.0", 1), ("1.1.0", 2)] {
                let help = try Helpers.library("libversioned-\(value)", value, into: folder)
                let plugin = try Helpers.plugin(version, needing: [help], "$ORIGIN", into: folder)
                if value == 1 {
                    _ = try await host.load(plugin)
                } else {
                    #expect(try await host.swap("answers", to: plugin).warnings == [])
                }
                #expect(try call(host.bind("answers", "^1", answer)) == Int32(value))
            }
            #expect(Helpers.copies(under: folder) == ["libversioned-2.so", "p-1.1.0.so"])
        }
    }

    /// Without a build-id the bytes tell that nothing changed, also when the image that brought the library is gone.
    ///
    /// The dynamic linker knows it by the path as it was searched, dots and all.
    @Test(arguments: [("libshared", "$ORIGIN"), ("libdotted", "${ORIGIN}/./below/.././")])
    func sameHelperOfSeveralVersionsIsNoMatterForAWarning(_ library: String, _ path: String) async throws {
        try await withHost({
            $0.rehearsal = RehearsalPolicy(mode: .require, program: BuiltProgram.path("plugctl"))
        }) { host, folder in
            mkdir(folder.file("below"), 0o700)
            let help = try Helpers.library(library, 1, into: folder)
            _ = try await host.load(try Helpers.plugin("1.0.0", needing: [help], path, into: folder))
            for version in ["1.1.0", "1.2.0", "1.3.0"] {
                let swap = try await host.swap(
                    "answers", to: Helpers.plugin(version, needing: [help], path, into: folder))
                #expect(swap.warnings == [] && swap.retired == .unmapped)
            }
            let copies = Helpers.copies(under: folder).filter { $0.hasSuffix(".so") }
            // What is mapped, and the link to it for the rehearsal.
            #expect(copies == ["\(library).so", "\(library).so", "p-1.3.0.so"])
            _ = try await host.unload("answers")
            #expect(Helpers.copies(under: folder) == [])
        }
    }

    @Test func unloadClassFollowsTheHelper() async throws {
        try await withHost { host, folder in
            let help = try Helpers.library("libthreads", 1, flags: ["-DTHREADS"], into: folder)
            let plugin = try Helpers.plugin("1.0.0", needing: [help], "$ORIGIN", into: folder)
            let report = try PluginFile.judge(path: plugin, against: .current())
            #expect(try await host.load(plugin).unloadClass == .resident)
            #expect(
                report.unloadReasons == [
                    "brings libthreads.so: imports pthread_create, which may leave a running thread behind"
                ])
        }
    }

    /// What lies beside the plugin and is not taken: what is put there, and what is said.
    static let refused: [(name: String, make: @Sendable (TemporaryFolder, String) throws -> Void, text: String)] = [
        (
            "libtext",
            {
                _ = try $0.write("INPUT(libelse.so)\n", to: "libtext.so"); _ = $1
            },
            "plugin needs libtext.so, and <folder>/libtext.so has 18 bytes, too few for ELF: put a shared library for this "
                + "machine there"
        ),
        (
            "libpipe",
            {
                unlink($1); _ = $0; mkfifo($1, 0o600)
            },
            "plugin needs libpipe.so, and <folder>/libpipe.so is no regular file: put a shared library for this machine "
                + "there"
        ),
        (
            "libbroken", { try $0.write(Array(readFile($1).prefix(1000)), to: "libbroken.so") },
            "plugin needs libbroken.so, and <folder>/libbroken.so is broken, "
        ),
        (
            "libvast",
            {
                _ = $0; truncate($1, 300 << 20)
            },
            "plugin needs libvast.so, and <folder>/libvast.so is too large: at most 256 MiB of helper libraries are copied: "
                + "bring less along, or link with its folder's full name"
        ),
        (
            "libabsent",
            {
                _ = $0; unlink($1)
            },
            "plugin needs libabsent.so, which is in none of: $ORIGIN (RUNPATH), "
        ),
    ]

    @Test(.timeLimit(.minutes(1)), arguments: refused.indices)
    func whatIsNoLibraryIsRefused(_ index: Int) async throws {
        let (name, make, text) = Self.refused[index]
        try await withHost { host, folder in
            let help = try Helpers.library(name, 1, into: folder)
            let plugin = try Helpers.plugin("1.0.0", needing: [help], "$ORIGIN", into: folder)
            try make(folder, help)
            guard case .refused(let report) = try await hostError({ _ = try await host.load(plugin) }) else {
                Issue.record("\(name) was not refused")
                return
            }
            #expect(report.refusalCodes == "needed.missing")
            let sentence = report.refusals.first?.sentence.replacing(folder.path, with: "<folder>") ?? ""
            #expect(sentence.hasPrefix("needed.missing: " + text), "\(sentence)")
            #expect(Helpers.copies(under: folder) == [])
        }
    }

    /// A sealed copy has nothing beside it; a check says so, too.
    @Test func signaturePolicyNamesTheHelperThatItKeepsAway() async throws {
        try await withHost({ $0.signatures = .init(mode: .warn) }) { host, folder in
            let help = try Helpers.library("libkeptaway", 1, into: folder)
            let plugin = try Helpers.plugin("1.0.0", needing: [help], "$ORIGIN", into: folder)
            let checked = try PluginFile.judge(
                path: plugin, against: .current(), signatures: .init(mode: .warn)
            ).refusals
            guard case .refused(let report) = try await hostError({ _ = try await host.load(plugin) }) else {
                Issue.record("not refused")
                return
            }
            #expect(report.refusals == checked)
            #expect(
                report.refusals.map(\.sentence) == [
                    "needed.missing: plugin needs libkeptaway.so, and \(help) lies beside the plugin's file, but a policy of "
                        + "signatures has a sealed copy loaded, which has nothing beside it: put the library into a folder "
                        + "that only root or the host's user can write to and link with that folder's full name in "
                        + "-Wl,-rpath instead of $ORIGIN, or link it statically"
                ])
        }
    }

    /// The rehearsal's process finds what this one has loaded by name already, and runs the constructors of what is new.
    @Test func rehearsalOpensTheSameCopies() async throws {
        try await withHost({
            $0.rehearsal = RehearsalPolicy(mode: .require, program: BuiltProgram.path("plugctl"))
        }) { host, folder in
            let help = try Helpers.library("librehearsed", 1, into: folder)
            _ = try await host.load(try Helpers.plugin("1.0.0", needing: [help], "$ORIGIN", into: folder))
            _ = try Helpers.library("librehearsed", 2, into: folder)
            let swap = try await host.swap(
                "answers", to: Helpers.plugin("1.1.0", needing: [help], "$ORIGIN", into: folder))
            #expect(swap.warnings.map(\.code) == ["needed.shadowed"] && swap.retired == .unmapped)
            #expect(try call(host.bind("answers", "^1", answer)) == 1)

            let bad = try Helpers.library("librehearsedbad", 1, flags: ["-DABORTS"], into: folder)
            let plugin = try Helpers.plugin("1.2.0", needing: [bad], "$ORIGIN", into: folder)
            guard case .refused(let report) = try await hostError({ _ = try await host.swap("answers", to: plugin) })
            else {
                Issue.record("not refused")
                return
            }
            #expect(report.refusalCodes == "rehearsal.crashed")
            #expect(try call(host.bind("answers", "^1", answer)) == 1)
        }
    }

    /// Gates that refuse, helpers that are missing or cannot be copied, starts that fail: nothing stays of any.
    @Test(.timeLimit(.minutes(5))) func aThousandFailedLoadsLeaveNothingBehind() async {
        await #expect(processExitsWith: .success) {
            let folder = try TemporaryFolder()
            let good = try Helpers.library("libgood", 1, below: "lib", into: folder)
            let gone = try Helpers.library("libgone", 1, below: "lib", into: folder)
            let text = try Helpers.library("libtext", 1, below: "lib", into: folder)
            let path = "$ORIGIN/lib"
            let stopped = ["-DSTOPPED=\"\(folder.file("stopped"))\""]
            let plugins = [
                try Helpers.plugin("1.0.0", needing: [good, gone], path, into: folder),
                try Helpers.plugin("1.1.0", needing: [good, text], path, into: folder),
                try Helpers.plugin("1.2.0", needing: [good], path, flags: ["-Wl,-z,execstack"], into: folder),
                try Helpers.plugin(
                    "1.3.0", of: .file("fails_to_start.c"), needing: [good], path, flags: stopped, into: folder),
            ]
            unlink(gone)
            try folder.write([UInt8](repeating: 65, count: 100), to: "lib/libtext.so")
            let host = try PluginHost(HostConfiguration(stagingDirectory: folder.file("staging"), log: { _ in }))
            func fail(_ rounds: Int) async throws {
                for _ in 0..<rounds {
                    for plugin in plugins { _ = try await hostError { _ = try await host.load(plugin) } }
                }
            }
            try await fail(5)
            let before = Footprint.now(copiesUnder: folder.path)
            #expect(before.copies == [])
            try await fail(250)
            let excess = Footprint.now(copiesUnder: folder.path).excess(over: before)
            #expect(excess.isEmpty, "\(excess)")
            await host.shutdown()
        }
    }
}

/// Libraries beside plugins, and plugins that need them.
enum Helpers {
    /// `<name>.so` below the folder, whose `help_<name>` gives `value` and what the helpers that it needs give.
    static func library(
        _ name: String, _ value: Int, below: String = "", needing helpers: [String] = [], _ path: String = "$ORIGIN",
        flags: [String] = [], into folder: TemporaryFolder
    ) throws -> String {
        var made = folder.path
        for part in below.split(separator: "/") {
            made += "/\(part)"
            mkdir(made, 0o755)
        }
        let text = """
            #include <stdlib.h>
            #ifdef THREADS
            #include <pthread.h>
            void *start = pthread_create;
            #endif
            #ifdef ABORTS
            __attribute__((constructor)) static void begin(void) { abort(); }
            #endif
            \(declarations(helpers))
            __attribute__((visibility("default"))) int help_\(stem(name))(void) { return \(value)\(sum(helpers)); }
            """
        return try Fixture.build(
            .text(text), named: below.isEmpty ? name : "\(below)/\(name)",
            flags: ["-Wl,-soname,\(name).so", "-Wl,-rpath,\(path)"] + flags + helpers, into: folder)
    }

    /// `answers` at a version, whose `answer()` is the sum of its helpers', or another fixture linked with them.
    static func plugin(
        _ version: String, of source: Fixture.Source? = nil, needing helpers: [String], _ path: String,
        flags: [String] = [], into folder: TemporaryFolder
    ) throws -> String {
        let text = """
            #include <switchboard.h>
            SWB_MANIFEST("name = answers\\n" "version = \(version)\\n" "export = answer\\n");
            \(declarations(helpers))
            SWB_EXPORT int32_t answer(void) { return 0\(sum(helpers)); }
            """
        return try Fixture.build(
            source ?? .text(text), named: "p-\(version)",
            flags: ["-DVERSION=\"\(version)\"", "-Wl,--no-as-needed", "-Wl,-rpath,\(path)"] + flags + helpers,
            into: folder)
    }

    /// Everything in the private folders of hosts that stage under a folder, beneath their images' folders, sorted.
    static func copies(under folder: TemporaryFolder) -> [String] {
        var found: [String] = []
        func visit(_ path: String, _ below: String, _ depth: Int) {
            guard let names = try? PrivateFolder.names(in: path) else {
                if depth > 1, below != "lock" { found.append(below) }
                return
            }
            if depth == 2, names.isEmpty { found.append("an empty folder") }
            for name in names {
                visit("\(path)/\(name)", below.isEmpty || depth < 3 ? name : "\(below)/\(name)", depth + 1)
            }
        }
        visit(folder.file("staging"), "", 0)
        return found.sorted()
    }

    private static func stem(_ path: String) -> String {
        let base = path.split(separator: "/").last ?? ""
        return String(base.split(separator: ".").first ?? "").replacing("-", with: "_")
    }

    private static func declarations(_ helpers: [String]) -> String {
        helpers.map { "int help_\(stem($0))(void);" }.joined(separator: "\n")
    }

    private static func sum(_ helpers: [String]) -> String {
        helpers.map { " + help_\(stem($0))()" }.joined()
    }
}
