import ELFReader
import TestSupport
import Testing

@Suite struct ELFImageTests {
    @Test(arguments: Fixture.Compiler.allCases)
    func readsAPluginsFacts(_ compiler: Fixture.Compiler) throws {
        let image = try ELFImage.parse(SampleFiles.build(compiler: compiler, flags: ["-Wl,-soname,adder.so"]))

        #expect(image.problems == [])
        #expect(image.header.type == 3)
        #expect(image.dynamic?.soname == "adder.so")
        #expect(image.dynamic?.needed.contains("libc.so.6") == true)
        #expect(image.dynamic?.hasTextRelocations == false)
        #expect(image.threadLocals?.memorySize == 4)
        #expect(image.versionNeeds.contains { $0.library == "libc.so.6" && !$0.versions.isEmpty })
        let add = try #require(image.symbols.first { $0.name == "add" })
        #expect(add.isDefined && add.binding == 1 && add.type == 2 && add.visibility == 0)
        let free = try #require(image.symbols.first { $0.name == "free" })
        #expect(!free.isDefined)
        let manifest = try #require(image.notes.first { $0.owner == "Switchboard" })
        #expect(manifest.type == 0x5357)
        #expect(String(decoding: manifest.descriptor, as: UTF8.self).hasPrefix("name = adder\nversion = 1.2.0\n"))
        guard case .known(let comments, let swiftSections) = image.sections else {
            Issue.record("the section table is there")
            return
        }
        #expect(comments.contains { $0.contains("clang") || $0.contains("GCC") })
        #expect(swiftSections == [])
    }

    /// abidiff says that all is well where it has no debug information to go by: whoever asks it must know.
    @Test(arguments: [([String](), false), (["-g"], true), (["-g", "-Wl,--strip-debug"], false)])
    func tellsWhetherItHasDebugInformation(flags: [String], expected: Bool) throws {
        #expect(try ELFImage.parse(SampleFiles.build(flags: flags)).hasDebugInformation == expected)
    }

    @Test func findsTheBuildID() throws {
        let image = try ELFImage.parse(SampleFiles.build(flags: ["-Wl,--build-id=0x0123456789abcdef"]))
        #expect(image.buildID == [0x01, 0x23, 0x45, 0x67, 0x89, 0xab, 0xcd, 0xef])
        #expect(try ELFImage.parse(SampleFiles.build(flags: ["-Wl,--build-id=none"])).buildID == nil)
    }

    @Test func symbolsOfAnImageWithoutExportsComeFromItsRelocations() throws {
        let source: Fixture.Source =
            "#include <stdlib.h>\n__attribute__((constructor)) static void f(void) { abort(); }\n"
        let image = try ELFImage.parse(SampleFiles.build(source, compiler: .gcc, flags: ["-Wl,--hash-style=gnu"]))
        #expect(image.problems == [])
        #expect(image.symbols.contains { $0.name == "abort" && !$0.isDefined })
    }

    @Test func acceptsIndirectFunctionsAndUniqueSymbols() throws {
        let indirect: Fixture.Source = """
            static int one(void) { return 1; }
            static void *resolve(void) { return (void *)one; }
            __attribute__((visibility("default"), ifunc("resolve"))) int f(void);
            __attribute__((visibility("default"))) int g(void) { return f(); }
            """
        let image = try ELFImage.parse(SampleFiles.build(indirect, compiler: .gcc))
        #expect(image.problems == [])
        #expect(image.symbols.first { $0.name == "f" }?.type == 10)

        let unique: Fixture.Source = """
            template <typename T> struct __attribute__((visibility("default"))) S { static int x; };
            template <typename T> int S<T>::x = 3;
            __attribute__((visibility("default"))) int f() { return S<int>::x++; }
            """
        let uniqueImage = try ELFImage.parse(SampleFiles.build(unique, compiler: .gPlusPlus))
        #expect(uniqueImage.problems == [])
        #expect(uniqueImage.symbols.contains { $0.binding == 10 })
    }

    @Test(arguments: ["-Wl,--hash-style=sysv", "-Wl,--hash-style=both", "-Wl,-z,now", "-fuse-ld=lld", "-fuse-ld=bfd"])
    func acceptsWhatLinkersWrite(_ flag: String) throws {
        let image = try ELFImage.parse(SampleFiles.build(flags: [flag]))
        #expect(image.problems == [])
        #expect(image.symbols.contains { $0.name == "add" && $0.isDefined })
    }

    @Test func compactRelocationsFillTheArrays() throws {
        let image = try ELFImage.parse(SampleFiles.build(flags: ["-fuse-ld=lld", "-Wl,-z,pack-relative-relocs"]))
        #expect(image.problems == [])
    }

    @Test func withoutSectionTableNothingIsKnownOfSections() throws {
        var bytes = try SampleFiles.build()
        for offset in 40..<48 { bytes[offset] = 0 }
        let image = try ELFImage.parse(bytes)
        #expect(image.problems == [])
        #expect(image.sections == .unknown(reason: "no section table"))
    }

    @Test func libraryOfSwiftShowsItsSections() throws {
        let path = try #require(try SampleFiles.libraries().first { $0.hasSuffix("libswiftCore.so") })
        let image = try ELFImage.parse(readFile(path))
        guard case .known(_, let swiftSections) = image.sections else {
            Issue.record("the section table is there")
            return
        }
        #expect(swiftSections.contains("swift5_type_metadata"))
    }

    @Test func librariesInUseHaveNoProblems() throws {
        let libraries = try SampleFiles.libraries()
        #expect(libraries.count >= 4)
        for path in libraries { #expect(try ELFImage.parse(readFile(path)).problems == [], "\(path)") }
    }

    @Test func agreesWithReadelf() throws {
        for path in try SampleFiles.libraries() {
            let image = try ELFImage.parse(readFile(path))
            let output = try Command.run(["readelf", "--dyn-syms", "-dW", path], environment: ["LC_ALL": "C"]).stdout
            let lines = output.split(separator: "\n")
            // "     7: 0000000000002030     8 FUNC    GLOBAL DEFAULT   12 add"
            let rows = lines.filter { line in
                line.split(separator: " ").first.map { $0.last == ":" && $0.dropLast().allSatisfy(\.isNumber) } ?? false
            }
            #expect(image.symbols.count + 1 == rows.count, "\(path)")
            let needed = lines.filter { $0.contains("(NEEDED)") }.compactMap {
                $0.split(separator: "[").last?.dropLast()
            }
            #expect(image.dynamic?.needed == needed.map(String.init), "\(path)")
        }
    }

    @Test func otherKindsOfFilesShowTheirHeader() throws {
        var bytes = [UInt8](repeating: 0, count: 52)
        bytes.replaceSubrange(0..<6, with: [0x7f, 0x45, 0x4c, 0x46, 1, 2])
        bytes.replaceSubrange(16..<20, with: [0, 3, 0, 20])
        let image = try ELFImage.parse(bytes)
        #expect(image.header == ELFHeader(fileClass: 1, endianness: 2, osABI: 0, type: 3, machine: 20))
        #expect(image.problems == [])
    }

    @Test(arguments: [[UInt8](), Array("\u{7f}ELF".utf8), Array("#!/bin/sh\necho this is no ELF file\n".utf8)])
    func withoutHeaderThereIsNoImage(_ bytes: [UInt8]) {
        #expect(throws: OtherFile.self) { try ELFImage.parse(bytes) }
    }
}
