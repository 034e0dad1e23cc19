import Compatibility
import TestSupport

extension BadPlugin {
    /// Files that are something else than a plugin, most of them from the tools that make such files.
    static let otherFiles: [BadPlugin] = [
        made("static_archive", by: "clang -c -fPIC plugin.c -o plugin.o && ar rcs file.so plugin.o"),
        made("static_archive_thin", by: "clang -c -fPIC plugin.c -o plugin.o && ar rcsT file.so plugin.o"),
        made("object_file_as_compiled", by: "clang -c -fPIC plugin.c -o file.so"),
        made("object_file_of_bitcode", by: "clang -c -flto -fPIC plugin.c -o file.so"),
        made("executable_static", by: "gcc -static plugin.c -o file.so"),
        made(
            "debug_file_separate",
            by: "clang -g -shared -fPIC plugin.c -o whole.so && llvm-objcopy --only-keep-debug whole.so file.so"),
        text("linker_script", "/* GNU ld script */\nOUTPUT_FORMAT(elf64-x86-64)\nGROUP ( /lib/libc.so.6 -lgcc )\n"),
        text("linker_script_of_static_libraries", "INPUT(-lhelper libmore.a)\n"),
        text("download_of_an_error_page", "\n <!DOCTYPE html>\n<html><body>404</body></html>\n"),
        text("stand_in_of_git_lfs", "version https://git-lfs.github.com/spec/v1\nsize 12345\n"),
        text("package_of_debian", "!<arch>\ndebian-binary   1300000000  0     0     100644  4         `\n2.0\n"),
        bytes("package_gzip", [0x1f, 0x8b, 8, 0]),
        bytes("mach_o", [0xcf, 0xfa, 0xed, 0xfe, 7, 0, 0, 1]),
        bytes("mach_o_for_two_processors", [0xca, 0xfe, 0xba, 0xbe, 0, 0, 0, 2]),
        bytes("library_for_windows", [0x4d, 0x5a, 0x90, 0]),
        bytes("zeros", [UInt8](repeating: 0, count: 4096)),
        BadPlugin(
            name: "larger_than_files_are_read", make: { try $0.write(try soundFile(), to: "sound.so") },
            looked: { candidate in
                candidate.identity.size = 1 << 31
                candidate.image = .failure(.tooLarge(limit: 1 << 30))
                candidate.manifest = .absent
            }),
    ]

    private static func made(_ name: String, by script: String) -> BadPlugin {
        BadPlugin(name: name) { folder in
            try folder.write("int answer(void) { return 1; }\nint main(void) { return answer(); }\n", to: "plugin.c")
            let command = try Command.run(["sh", "-c", "cd \(folder.path) && \(script)"])
            guard command.exitCode == 0 else { throw TestSupportError("\(name): \(command.stderr)") }
            return folder.file("file.so")
        }
    }

    private static func text(_ name: String, _ text: String) -> BadPlugin { bytes(name, Array(text.utf8)) }

    private static func bytes(_ name: String, _ bytes: [UInt8]) -> BadPlugin {
        BadPlugin(name: name) { try $0.write(bytes, to: "file.so") }
    }
}
