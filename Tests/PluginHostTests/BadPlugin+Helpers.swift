import Compatibility
import TestSupport

extension BadPlugin {
    /// Sound plugins with a library that comes along and must not: it is mapped into the process as they are.
    static let helped: [BadPlugin] = [
        helped("helper_exec_stack", flags: ["-Wl,-z,execstack"]),
        helped(
            "helper_writable_code",
            """
            __asm__(".pushsection .patched,\\"awx\\",@progbits\\n"
                    "patched: ret\\n"
                    ".popsection\\n");
            """),
        helped(
            "helper_text_relocations",
            """
            __asm__(".text\\n.globl help\\n.type help,@function\\nhelp: ret\\n.quad help\\n");
            """, flags: ["-Wl,-z,notext", "-fuse-ld=bfd"]),
        helped("helper_needs_newer_processor", flags: ["-Wl,-z,x86-64-v4", "-fuse-ld=bfd"]),
        helped("helper_not_to_be_opened", flags: ["-Wl,-z,nodlopen"]),
        helped(
            "helper_sanitizer_thread",
            """
            void __tsan_func_entry(void *);
            __attribute__((visibility("default"))) void help(void) { __tsan_func_entry(0); }
            __attribute__((visibility("default"))) void __tsan_func_exit(void) {}
            """, flags: ["-Wl,-z,lazy"]),
    ]

    /// An export that dlsym does not find, because a newer version was to take its place.
    static let versioned: [BadPlugin] = [
        BadPlugin(name: "export_in_an_old_version_alone") { folder in
            let map = try folder.write("OLD { global: answer; local: *; };\n", to: "map")
            return try Fixture.build(
                """
                #include <switchboard.h>
                SWB_MANIFEST("name = plugin\\n" "version = 1.0.0\\n" "export = answer\\n");
                SWB_EXPORT int32_t old_answer(void) { return 42; }
                __asm__(".symver old_answer,answer@OLD");
                """, named: "versioned", compiler: .gcc, flags: ["-Wl,--version-script=\(map)"], into: folder)
        }
    ]

    private static func helped(
        _ name: String, _ source: Fixture.Source = "__attribute__((visibility(\"default\"))) void help(void) {}",
        flags: [String] = []
    ) -> BadPlugin {
        BadPlugin(name: name) { folder in
            let help = try Fixture.build(
                source, named: "libbadhelp", compiler: .gcc, flags: flags + ["-Wl,-soname,libbadhelp.so"], into: folder)
            return try Fixture.build(
                .file("answers.c"), named: "helped",
                flags: [
                    "-DVERSION=\"1.0.0\"", "-DANSWER=1", "-Wl,--no-as-needed", "-Wl,-rpath,$ORIGIN", help,
                    "-Wl,--allow-shlib-undefined",
                ], into: folder)
        }
    }
}
