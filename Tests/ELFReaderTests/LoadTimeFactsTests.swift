import ELFReader
import TestSupport
import Testing

/// What runs while an image is loaded, and what it asks of the processor, read from real files.
@Suite struct LoadTimeFactsTests {
    private static let plain: Fixture.Source = "int f(void) { return 1; }\n"

    @Test(arguments: Fixture.Compiler.allCases)
    func constructorsAreCounted(_ compiler: Fixture.Compiler) throws {
        let two: Fixture.Source = """
            static volatile int x;
            __attribute__((constructor)) static void first(void) { x = 1; }
            __attribute__((constructor)) static void second(void) { x = 2; }
            __attribute__((destructor)) static void last(void) { x = 3; }
            """
        let (none, some) = (
            try ELFImage.parse(SampleFiles.build(Self.plain, compiler: compiler)),
            try ELFImage.parse(SampleFiles.build(two, compiler: compiler))
        )
        #expect(none.loadTimeCalls.starts == 2, "the start files bring _init and frame_dummy")
        #expect(none.loadTimeCalls.ownStarts == 0 && some.loadTimeCalls.ownStarts == 2)
        #expect(some.loadTimeCalls.ends == none.loadTimeCalls.ends + 1)
        #expect(some.loadTimeCalls.resolvers == 0)
    }

    /// lld puts `.init` behind other code.
    @Test(arguments: ["bfd", "gold", "lld"])
    func startFilesAreKnownWhereverTheLinkerPutsThem(_ linker: String) throws {
        let image = try ELFImage.parse(SampleFiles.build(Self.plain, flags: ["-fuse-ld=\(linker)"]))
        #expect(image.loadTimeCalls.starts == 2 && image.loadTimeCalls.ownStarts == 0)
    }

    @Test func withoutStartFilesNothingRuns() throws {
        let image = try ELFImage.parse(SampleFiles.build(Self.plain, flags: ["-nostdlib"]))
        #expect(image.loadTimeCalls == LoadTimeCalls())
    }

    /// Where DT_INIT is somebody's own function, nothing is put down to the start files.
    @Test(arguments: [["-Wl,-init=f"], ["-nostartfiles", "-Wl,-init=f,-fini=g"]])
    func aFunctionNamedToTheLinkerIsNoStartFile(_ flags: [String]) throws {
        let source: Fixture.Source = """
            int before(void) { return 0; }
            __attribute__((visibility("default"))) int f(void) { return before(); }
            __attribute__((visibility("default"))) int g(void) { return f(); }
            """
        let image = try ELFImage.parse(SampleFiles.build(source, flags: flags))
        #expect(image.problems == [] && image.loadTimeCalls.ownStarts >= 1, "\(image.loadTimeCalls)")
    }

    @Test(arguments: ["default", "hidden"])
    func resolversAreCounted(_ visibility: String) throws {
        let source: Fixture.Source = """
            static int one(void) { return 1; }
            static void *resolve(void) { return (void *)one; }
            __attribute__((visibility("\(visibility)"), ifunc("resolve"))) int f(void);
            __attribute__((visibility("default"))) int g(void) { return f(); }
            """
        let image = try ELFImage.parse(SampleFiles.build(source, compiler: .gcc))
        #expect(image.problems == [] && image.loadTimeCalls.resolvers == 1)
    }

    #if arch(x86_64)
        @Test(arguments: [("x86-64-v2", 2), ("x86-64-v3", 3), ("x86-64-v4", 4)])
        func neededInstructionSetsAreRead(_ level: String, _ number: Int) throws {
            let image = try ELFImage.parse(
                SampleFiles.build(Self.plain, compiler: .gcc, flags: ["-Wl,-z,\(level)", "-fuse-ld=bfd"]))
            #expect(image.problems == [])
            #expect(image.properties.requirement(of: 62) == .x86Level(number))
            #expect(image.properties.requirement(of: 183) == .none)
        }

        @Test func protectionsAreRead() throws {
            let image = try ELFImage.parse(
                SampleFiles.build(
                    Self.plain, compiler: .gcc,
                    flags: ["-fcf-protection=full", "-Wl,-z,ibt,-z,shstk", "-fuse-ld=bfd"]))
            #expect(image.properties.protections(of: 62) == ["IBT", "SHSTK"])
            #expect(image.properties.requirement(of: 62) == .none)
        }

        /// glibc passes over such a note, and so over what the image needs.
        @Test func aPropertyThatDoesNotFitIsAProblem() throws {
            var bytes = try SampleFiles.build(
                Self.plain, compiler: .gcc, flags: ["-Wl,-z,x86-64-v3", "-fuse-ld=bfd"])
            let needed: [UInt8] = [0x02, 0x80, 0x00, 0xc0, 4, 0, 0, 0]
            let place = try #require(bytes.indices.first { bytes[$0...].starts(with: needed) })
            bytes[place + 4] = 0xf0
            let problems = try ELFImage.parse(bytes).problems
            #expect(problems.map(\.part) == [.notes], "\(problems)")
        }
    #endif
}
