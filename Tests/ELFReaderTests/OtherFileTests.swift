import ELFReader
import TestSupport
import Testing

/// What is no ELF file is told by its first bytes.
@Suite struct OtherFileTests {
    static let files: [([UInt8], String)] = [
        ([], "an empty file"),
        (Array("\u{7f}ELF".utf8), "4 bytes of an ELF file, whose header alone has 64"),
        (Array("\u{7f}EL".utf8), "a file of unknown kind, which begins with the bytes 7f454c and not with 7f454c46"),
        ([0, 1, 2, 3, 4], "a file of unknown kind, which begins with the bytes 00010203 and not with 7f454c46"),
        (Array("!<arch>\nplugin.o/".utf8), "a static library, an archive of object files"),
        (Array("!<thin>\nplugin.o/".utf8), "a thin archive, a list of object files that lie elsewhere"),
        (Array("!<arch>\ndebian-binary ".utf8), "a Debian package"),
        (Array("BC\u{0}".utf8), "a file of unknown kind, which begins with the bytes 424300 and not with 7f454c46"),
        ([0x42, 0x43, 0xc0, 0xde, 5], "LLVM bitcode, which clang -flto leaves to the linker"),
        ([0xde, 0xc0, 0x17, 0x0b, 5], "LLVM bitcode, which clang -flto leaves to the linker"),
        ([0x1f, 0x8b, 8], "a gzip file"),
        ([0xfd, 0x37, 0x7a, 0x58, 0x5a, 0, 0], "an xz file"),
        ([0x28, 0xb5, 0x2f, 0xfd], "a Zstandard file"),
        (Array("BZh9".utf8), "a bzip2 file"),
        ([0x50, 0x4b, 3, 4], "a zip file"),
        ([0xed, 0xab, 0xee, 0xdb], "an RPM package"),
        ([UInt8](repeating: 0, count: 257) + Array("ustar".utf8), "a tar archive"),
        ([0xcf, 0xfa, 0xed, 0xfe], "a Mach-O file, as macOS has them"),
        ([0xce, 0xfa, 0xed, 0xfe], "a Mach-O file, as macOS has them"),
        ([0xca, 0xfe, 0xba, 0xbe, 0, 0, 0, 2], "a Mach-O file, as macOS has them"),
        (
            [0xca, 0xfe, 0xba, 0xbe, 0, 0, 0, 61],
            "a file of unknown kind, which begins with the bytes cafebabe and not with 7f454c46"
        ),
        (Array("MZ".utf8) + [0x90], "a program or library for Windows"),
        ([0, 0x61, 0x73, 0x6d, 1], "a WebAssembly module"),
        (Array("#!/usr/bin/env  python3 \nimport os".utf8), "a script for /usr/bin/env  python3"),
        (Array("GROUP ( libgcc_s.so.1 -lgcc )".utf8), leads("libgcc_s.so.1")),
        (Array("/* no GROUP(no.so) */ INPUT(libncurses.so.6 -ltinfo)".utf8), leads("libncurses.so.6")),
        (Array("/* a */\n/* b */\nGROUP( AS_NEEDED ( libtinfo.so ) )".utf8), leads("libtinfo.so")),
        (
            Array("OUTPUT_FORMAT(elf64-x86-64)\nGROUP(/lib/libc_nonshared.a /lib/libc.so.6)".utf8),
            leads("/lib/libc.so.6")
        ),
        (Array("INPUT(-lfirst.so)".utf8), "a linker script, a text that tells the linker what to link"),
        (Array("SECTIONS { . = 0; }".utf8), "a linker script, a text that tells the linker what to link"),
        (Array("/* INPUT(libx.so)".utf8), "a text that begins \"/* INPUT(libx.so)\""),
        (Array("The GROUP (libx.so)".utf8), "a text that begins \"The GROUP (libx.so)\""),
        (Array("\r\n \n  name = greeter \r\n".utf8), "a text that begins \"name = greeter\""),
        (Array("\n\n".utf8), "a text that begins \"\""),
        (Array("café".utf8), "a text that begins \"café\""),
        (
            Array("caf".utf8) + [0xe9],
            "a file of unknown kind, which begins with the bytes 636166e9 and not with 7f454c46"
        ),
        (
            Array("a\u{1b}[31m".utf8),
            "a file of unknown kind, which begins with the bytes 611b5b33 and not with 7f454c46"
        ),
        (
            Array(String(repeating: "x", count: 10_000).utf8),
            "a text that begins \"\(String(repeating: "x", count: 80))…\""
        ),
    ]

    private static func leads(_ library: String) -> String {
        "a linker script, a text that leads the linker to \(library)"
    }

    @Test(arguments: files) func isTold(_ bytes: [UInt8], _ description: String) {
        let error = #expect(throws: OtherFile.self) { try ELFImage.parse(bytes) }
        #expect(error?.description == description)
    }

    /// A character that the last byte looked at cuts in two is still one of a text.
    @Test(arguments: 0..<8) func aTextIsOneWhereverItIsCut(_ shift: Int) {
        let bytes = Array((String(repeating: "x", count: shift) + String(repeating: "é€😀", count: 2000)).utf8)
        let error = #expect(throws: OtherFile.self) { try ELFImage.parse(bytes) }
        #expect(error?.description.hasPrefix("a text that begins ") == true)
    }

    /// Whatever a linker script's comments nest, and however long its words are, its sentence is short.
    @Test func hostileTextsMakeShortSentences() {
        let texts = [
            String(repeating: "/*", count: 1 << 20), String(repeating: "/**/", count: 1 << 20),
            "INPUT(" + String(repeating: "a", count: 1 << 20) + ".so)", "GROUP(" + String(repeating: "(", count: 3000),
            "GROUP(lib" + String(repeating: "a", count: 3000) + ".so)",
            "#!" + String(repeating: "/", count: 1 << 20),
        ]
        for text in texts {
            let error = #expect(throws: OtherFile.self) { try ELFImage.parse(Array(text.utf8)) }
            #expect((error?.description.utf8.count ?? .max) < 200)
        }
    }

    @Test func kindsOfELFFilesAreTold() throws {
        var image = try ELFImage.parse(SampleFiles.build())
        #expect(image.kind == .sharedObject && !image.lacksCode)
        for (type, kind) in [(UInt16(1), ELFKind.object), (2, .executable), (4, .core), (0xfe00, .other(0xfe00))] {
            image.header.type = type
            #expect(image.kind == kind)
        }
    }
}
