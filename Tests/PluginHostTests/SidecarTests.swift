import Compatibility
import Glibc
import PluginHost
import TestSupport
import Testing

/// Libraries that nobody here wrote, with a manifest beside them.
@Suite struct SidecarTests {
    static let source: Fixture.Source = """
        __attribute__((visibility("default"))) int answer(void) { return 42; }
        __attribute__((visibility("default"))) int other(void) { return 7; }
        // Named as a lifecycle function is: a foreign library means something else by it.
        __attribute__((visibility("default"))) int swb_start(void) { __builtin_trap(); }
        """

    static func library(named name: String = "libforeign", into folder: TemporaryFolder) throws -> String {
        try Fixture.build(source, named: name, compiler: .gcc, into: folder)
    }

    static let manifest = "name = foreign\nversion = 3.1.0\nexport = answer\n"

    @Test func aSidecarMakesAPlugin() async throws {
        try await withHost { host, folder in
            let library = try Self.library(into: folder)
            try folder.write(Self.manifest, to: "libforeign.so.manifest")
            let loaded = try await host.load(library)
            #expect(loaded.plugin == "foreign" && loaded.loaded.version.description == "3.1.0")
            #expect(loaded.warnings.isEmpty)
            #expect(try call(try host.bind("foreign", "^3", answer)) == 42)
            #expect(throws: PluginHostError.self) {
                try host.bind("foreign", "^3", Export("other", as: (@convention(c) () -> Int32).self))
            }
        }
    }

    /// A library of the system is reached through a link in a folder of the operator's, with the sidecar beside the link.
    @Test func theNamedPathComesFirstThenTheFileItself() async throws {
        try await withHost { host, folder in
            let library = try Self.library(named: "libforeign", into: folder)
            mkdir(folder.file("plugins"), 0o755)
            symlink(library, folder.file("plugins/libforeign.so.3"))
            let link = folder.file("plugins/libforeign.so.3")
            #expect(PluginFile.isRefused(link, ["manifest.absent"]))
            try folder.write("name = beside-the-file\nversion = 1.0.0\nexport = answer\n", to: "libforeign.so.manifest")
            #expect(try PluginFile.judge(path: link, against: .current()).plugin == "beside-the-file")
            try folder.write(Self.manifest, to: "plugins/libforeign.so.3.manifest")
            #expect(try PluginFile.judge(path: link, against: .current()).plugin == "foreign")
            #expect(try await host.load(link).plugin == "foreign")
        }
    }

    @Test func aNoteAndASidecarAreAmbiguous() throws {
        let folder = try TemporaryFolder()
        let file = try Plugins.answers("1.0.0", answer: 1, named: "answers", into: folder)
        let sidecar = try folder.write(Self.manifest, to: "answers.so.manifest")
        let report = try PluginFile.judge(path: file, against: .current())
        #expect(
            report.refusals.map(\.sentence) == [
                "manifest.ambiguous: plugin has a manifest of its own, and \(sidecar) lies beside it: remove the sidecar: it "
                    + "is for libraries that have no manifest"
            ])
    }

    /// What lies there was meant for something: it is told why it is none.
    @Test func whatIsNoReadableTextIsTold() throws {
        let folder = try TemporaryFolder()
        let library = try Self.library(into: folder)
        let sidecar = folder.file("libforeign.so.manifest")
        func statement() throws -> [String] {
            let report = try PluginFile.judge(path: library, against: .current())
            return report.refusals.filter { $0.code == "manifest.malformed" }.map(\.statement)
        }
        mkfifo(sidecar, 0o644)
        #expect(try statement() == ["sidecar: \(sidecar) is not a regular file"])
        unlink(sidecar)
        mkdir(sidecar, 0o755)
        #expect(try statement() == ["sidecar: \(sidecar) is not a regular file"])
        rmdir(sidecar)
        symlink("nowhere/at/all", sidecar)
        #expect(PluginFile.isRefused(library, ["manifest.absent"]), "a link to nothing is nothing")
        unlink(sidecar)
        try folder.write(String(repeating: "#", count: 65_537), to: "libforeign.so.manifest")
        #expect(try statement() == ["sidecar: \(sidecar) has 65537 bytes, the limit is 65536"])
        try folder.write("name = foreign\nversion 1\n", to: "libforeign.so.manifest")
        #expect(try statement() == ["sidecar line 2: \"version 1\" has no \"=\""])
    }

    @Test func whoeverCanChangeTheSidecarCanChangeThePlugin() throws {
        let folder = try TemporaryFolder()
        let library = try Self.library(into: folder)
        let sidecar = try folder.write(Self.manifest, to: "libforeign.so.manifest")
        chmod(sidecar, 0o666)
        #expect(PluginFile.isRefused(library, ["file.writable"]))
    }
}

extension PluginFile {
    fileprivate static func isRefused(_ path: String, _ codes: [String]) -> Bool {
        (try? judge(path: path, against: .current()).refusals.map(\.code)) == codes
    }
}
