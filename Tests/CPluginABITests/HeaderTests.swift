import TestSupport
import Testing

/// switchboard.h as C and C++ authors meet it: strict compilers, and the note that their linkers make of the manifest.
struct HeaderTests {
    /// A plugin that uses every macro and inline function of the header.
    static let thorough = """
        #include <switchboard.h>
        SWB_MANIFEST("name = thorough\\n" "version = 1.0.0\\n" "export = echo message\\n" "export = add\\n");
        SWB_EXPORT int32_t add(int32_t a, int32_t b) { return a + b; }
        SWB_MESSAGE(echo) {
          if (call->cancelled(call)) return swb_reply_text(call, "cancelled");
          return swb_reply(call, request, count);
        }
        int32_t swb_start(const swb_host_v1 *host, void **instance) {
          const swb_log_v1 *log =
              (const swb_log_v1 *)host->service(host->context, SWB_LOG_SERVICE_V1);
          if (log) log->write(log->context, SWB_LOG_INFO, "started", 7);
          const swb_threads_v1 *threads =
              (const swb_threads_v1 *)host->service(host->context, SWB_THREADS_SERVICE_V1);
          if (threads && threads->stopping(threads->context)) return SWB_THREADS_LIMIT;
          const swb_imports_v1 *imports =
              (const swb_imports_v1 *)host->service(host->context, SWB_IMPORTS_SERVICE_V1);
          const swb_import_v1 *import;
          swb_pin_v1 pin;
          if (imports && imports->bind(imports->context, "adder", "add", &import) == 0 &&
              imports->enter(import, &pin, 0))
            imports->leave(&pin);
          *instance = 0;
          return 0;
        }
        void swb_stop(void *instance) { (void)instance; }
        """

    @Test(arguments: Fixture.Compiler.allCases, ["-O0", "-O2"])
    func compilesWithoutAWarning(compiler: Fixture.Compiler, optimization: String) throws {
        let folder = try TemporaryFolder()
        let standard = compiler == .clang || compiler == .gcc ? "-std=c11" : "-std=c++17"
        _ = try Fixture.build(
            .text(Self.thorough), compiler: compiler,
            flags: [standard, optimization, "-Wall", "-Wextra", "-pedantic", "-Werror"], into: folder)
    }

    @Test(arguments: Fixture.Compiler.allCases)
    func fourLinesAreAPluginWithOneNote(compiler: Fixture.Compiler) throws {
        let folder = try TemporaryFolder()
        let path = try Fixture.build(
            """
            #include <switchboard.h>
            SWB_MANIFEST("name = shout\\n" "version = 1.0.0\\n" "export = shout message\\n");
            SWB_MESSAGE(shout) { return swb_reply(call, request, count); }
            """, compiler: compiler, flags: ["-ffunction-sections", "-fdata-sections", "-Wl,--gc-sections", "-s"],
            into: folder)
        let notes = try Command.run(["readelf", "--notes", "--wide", path])
        #expect(notes.exitCode == 0)
        #expect(notes.stderr == "", "readelf warns of a note whose padding is not counted")
        #expect(notes.stdout.ranges(of: "Switchboard").count == 1)
        let text = String(decoding: try readFile(path), as: UTF8.self)
        #expect(text.contains("export = shout message\nabi = 0.1\ntoolchain = "))
    }

    @Test(arguments: Fixture.Compiler.allCases)
    func exportsOnlyWhatIsMarked(compiler: Fixture.Compiler) throws {
        let folder = try TemporaryFolder()
        let path = try Fixture.build(.text(Self.thorough), compiler: compiler, into: folder)
        let symbols = try Command.run(["nm", "--dynamic", "--defined-only", "--format=posix", path])
        let functions = symbols.stdout.split(separator: "\n").map { $0.split(separator: " ") }.filter { $0[1] == "T" }
        #expect(functions.map { String($0[0]) }.sorted() == ["add", "echo", "swb_start", "swb_stop"])
    }

    @Test(arguments: Fixture.Compiler.allCases)
    func refusesToCompileAManifestOver16KiB(compiler: Fixture.Compiler) throws {
        let folder = try TemporaryFolder()
        // The lines that the macro adds count: what is refused is a few bytes short of the limit by itself.
        let comment = "# " + String(repeating: "x", count: 16_384 - 60)
        let source = "#include <switchboard.h>\nSWB_MANIFEST(\"name = a\\nversion = 1.0.0\\n\(comment)\\n\");\n"
        let failure = #expect(throws: TestSupportError.self) {
            try Fixture.build(.text(source), compiler: compiler, into: folder)
        }
        #expect(failure?.description.contains("a manifest has at most 16 KiB") == true)
    }
}
