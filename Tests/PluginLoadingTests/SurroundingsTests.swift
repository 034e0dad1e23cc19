import CLinuxShims
import Compatibility
import ELFReader
import Glibc
import LinuxSystem
import PluginLoading
import TestSupport
import Testing

/// The closure walk over real files and this very process.
@Suite(.serialized)
struct SurroundingsTests {
    /// Walks from a built file as a check does.
    static func walk(_ path: String, sealed: Bool = false) throws -> ClosureFacts {
        let bytes = try readFile(path)
        return StagedImage.closure(
            of: try ELFImage.parse(bytes.span.bytes), at: path, sealed: sealed, ProcessLinker.shared)
    }

    /// What became of the first library, in a line.
    static func first(_ facts: ClosureFacts) -> String {
        switch facts.libraries.first?.outcome {
        case nil: return "none"
        case .comesAlong(let path, _): return path
        case .loaded(let loaded, let instead):
            return instead == nil ? "loaded \(loaded.path)" : "loaded \(loaded.path), not \(instead ?? "")"
        case .missing(let search):
            return "missing" + (search.obstacle.map { ", \($0)" } ?? "")
        }
    }

    static func helper(_ folder: TemporaryFolder, named name: String = "libhelp", _ flags: [String] = []) throws
        -> String
    {
        try Fixture.build(
            "__attribute__((visibility(\"default\"))) int help(void) { return 1; }", named: name,
            flags: ["-Wl,-soname,\(name).so"] + flags, into: folder)
    }

    @Test func findsAHelperBesideTheFileAndSaysThatSealedMemoryHasNothingBesideIt() throws {
        let folder = try TemporaryFolder()
        let help = try Self.helper(folder)
        let plugin = try Fixture.build(
            "int help(void); int add(void) { return help(); }", flags: [help, "-Wl,-rpath,$ORIGIN"], into: folder)
        let beside = try Self.walk(plugin)
        #expect(Self.first(beside) == help)
        #expect(beside.symbols?.unresolved == [])
        let sealed = try Self.walk(plugin, sealed: true)
        #expect(
            Self.first(sealed)
                == "missing, \(help) lies beside the plugin's file, but a policy of signatures has a sealed copy loaded, "
                + "which has nothing beside it")
        #expect(sealed.symbols == nil)
    }

    /// What a file showed is not believed of another that was written over it, with the old one's size and time.
    @Test func whatWasWrittenOverAFileIsLookedAtAnew() throws {
        let folder = try TemporaryFolder()
        let help = try Self.helper(folder)
        let plugin = try Fixture.build(
            "int help(void); int add(void) { return help(); }", flags: [help, "-Wl,-rpath,$ORIGIN"], into: folder)
        func stack() throws -> UInt32? {
            let image = try #require(try Self.walk(plugin).comingAlong.first).image
            return image.segments.first { $0.type == 0x6474_e551 }?.flags
        }
        #expect(try stack() == 6)
        var bytes = try readFile(help)
        try bytes.store(7, in: .flags, ofType: 0x6474_e551)
        let old = try folder.write([], to: "old")
        #expect(try Command.run(["touch", "-r", help, old]).exitCode == 0)
        let file = try FileDescriptor(opening: help, O_WRONLY)
        try file.write(bytes, to: help)
        #expect(try Command.run(["touch", "-r", old, help]).exitCode == 0)
        #expect(try stack() == 7)
    }

    @Test func takesWhatIsLoadedAndSeesTheFileThatItHides() throws {
        let folder = try TemporaryFolder()
        let first = try Self.helper(folder, named: "libonlyonce")
        let handle = try #require(dlopen(first, RTLD_NOW))
        defer { dlclose(handle) }
        let plugin = try Fixture.build(
            "int help(void); int add(void) { return help(); }", flags: [first, "-Wl,-rpath,$ORIGIN"], into: folder)
        let same = try Self.walk(plugin)
        #expect(Self.first(same) == "loaded \(first)")
        #expect(same.symbols?.unresolved == [])  // found in that library alone: it was opened locally

        let other = try TemporaryFolder()
        let second = try Self.helper(other, named: "libonlyonce", ["-DOTHER", "-O2", "-g"])
        let moved = try other.write(try readFile(plugin), to: "plugin.so")
        let hidden = try Self.walk(moved)
        #expect(Self.first(hidden) == "loaded \(first), not \(second)")
    }

    /// What is no regular file is neither opened nor waited for.
    @Test(.timeLimit(.minutes(1)))
    func neitherPipesNorDevicesAreOpened() throws {
        let folder = try TemporaryFolder()
        let help = try Self.helper(folder)
        let plugin = try Fixture.build(
            "int help(void); int add(void) { return help(); }", flags: [help, "-Wl,-rpath,$ORIGIN"], into: folder)
        unlink(help)
        #expect(mkfifo(help, 0o600) == 0)
        #expect(Self.first(try Self.walk(plugin)) == "missing, \(help) is no regular file")
        unlink(help)
        #expect(symlink("/dev/zero", help) == 0)
        #expect(Self.first(try Self.walk(plugin)) == "missing, \(help) is no regular file")
    }

    /// A library may call back into who brings it, by name and symbol; the dynamic linker loads the pair.
    @Test func aLibraryMayNeedItsPlugin() throws {
        let folder = try TemporaryFolder()
        let visible = "__attribute__((visibility(\"default\")))"
        let soname = "-Wl,-soname,circular.so"
        let early = try Fixture.build(
            .text("\(visible) int base(void) { return 1; }"), named: "circular", flags: [soname], into: folder)
        let back = try Fixture.build(
            .text("int base(void); \(visible) int help(void) { return base(); }"), named: "libback",
            flags: ["-Wl,-soname,libback.so", early], into: folder)
        let plugin = try Fixture.build(
            .text("int help(void); \(visible) int base(void) { return 1; } \(visible) void add(void) { help(); }"),
            named: "circular", flags: [soname, back, "-Wl,-rpath,\(folder.path)"], into: folder)
        let facts = try Self.walk(plugin)
        #expect(facts.libraries.map(\.name).contains("libback.so"))
        #expect(!facts.libraries.map(\.name).contains("circular.so"))
        #expect(facts.symbols?.unresolved == [])
        let copy = try folder.write(try readFile(plugin), to: "copy.so")
        let handle = dlopen(copy, RTLD_NOW)
        #expect(handle != nil)
        if let handle { dlclose(handle) }
    }

    /// A file of 300 MiB costs whoever wrote it nothing, and a second of the thread that loads.
    @Test func aVastLibraryIsNotRead() throws {
        let folder = try TemporaryFolder()
        let help = try Self.helper(folder)
        let plugin = try Fixture.build(
            "int help(void); int add(void) { return help(); }", flags: [help, "-Wl,-rpath,$ORIGIN"], into: folder)
        #expect(truncate(help, 300 << 20) == 0)
        let facts = try Self.walk(plugin)
        #expect(facts.comingAlong.isEmpty && facts.symbols == nil)
        #expect(
            facts.cutShort == "needs libraries of more than 256 MiB that are not loaded yet (\(help) is one of them)")
        #expect(truncate(help, 1 << 20) == 0)
        #expect(try Self.walk(plugin).cutShort == nil)
    }

    /// Whose symbol comes first is told for code, variables and the main program alike.
    @Test func knowsWhoOwnsASymbol() {
        let linker = ProcessLinker.shared
        for (symbol, owner) in [("malloc", "libc.so"), ("environ", "libc.so"), ("swift_retain", "libswiftCore.so")] {
            #expect(linker.global(symbol, version: nil))
            #expect(linker.owner(of: symbol, version: nil).contains("/\(owner)"), "\(symbol)")
        }
        #expect(linker.global("malloc", version: "GLIBC_2.2.5") == (linker.environment.platform == "x86_64"))
        #expect(!linker.global("nobody_defines_this", version: nil))
        #expect(linker.owner(of: "nobody_defines_this", version: nil) == "")
    }

    @Test func passesOverALibraryOfAnotherMachine() throws {
        let folder = try TemporaryFolder()
        let help = try Self.helper(folder)
        let plugin = try Fixture.build(
            "int help(void); int add(void) { return help(); }", flags: [help, "-Wl,-rpath,$ORIGIN"], into: folder)
        var bytes = try readFile(help)
        (bytes[18], bytes[19]) = (183, 0)
        try folder.write(bytes, to: "libhelp.so")
        #expect(Self.first(try Self.walk(plugin)) == "missing")
    }

    /// The gate's arithmetic beside the dynamic linker's: the last size that fits, and the next.
    @Test func staticThreadLocalsFitExactlyWhereTheDynamicLinkerSays() throws {
        let folder = try TemporaryFolder()
        func build(_ size: Int) throws -> String {
            try Fixture.build(
                """
                __thread char room[\(size)] __attribute__((tls_model("initial-exec"), aligned(16)));
                __attribute__((visibility("default"))) char *at(int i) { return &room[i]; }
                """,
                named: "room\(size)", compiler: .gcc, into: folder)
        }
        let room = try #require(ProcessLinker.shared.staticThreadLocals())
        #expect(room.free >= 512 && room.free < 8192)
        for (size, fits) in [(room.free / 16 * 16 + 16, false), (room.free / 16 * 16, true)] {
            let path = try build(size)
            let bytes = try readFile(path)
            let image = try ELFImage.parse(bytes.span.bytes)
            #expect(image.dynamic?.needsStaticThreadLocals == true)
            let block = try #require(image.staticThreadLocals)
            #expect(block.size == size)
            var left = room
            #expect(left.take(block) == fits)
            let handle = dlopen(path, RTLD_NOW)
            #expect((handle != nil) == fits, "\(size) of \(room)")
            if let handle {
                #expect(ProcessLinker.shared.staticThreadLocals() == left)
                dlclose(handle)
            }
        }
        #expect(ProcessLinker.shared.staticThreadLocals() == room)
    }

    /// The same for the alignment: threads have theirs since the process started.
    ///
    /// Without static storage any goes.
    @Test(arguments: [true, false])
    func threadLocalsAreAlignedAsTheDynamicLinkerSays(_ isStatic: Bool) throws {
        let folder = try TemporaryFolder()
        let room = try #require(ProcessLinker.shared.staticThreadLocals())
        let most = try #require(room.alignment)
        for (alignment, fits) in [(most, true), (most * 2, !isStatic), (65_536, !isStatic)] {
            let model = isStatic ? "initial-exec" : "global-dynamic"
            let path = try Fixture.build(
                """
                __thread char room[16] __attribute__((tls_model("\(model)"), aligned(\(alignment))));
                __attribute__((visibility("default"))) char *at(int i) { return &room[i]; }
                """,
                named: "aligned\(alignment)", compiler: .gcc, into: folder)
            let bytes = try readFile(path)
            let image = try ELFImage.parse(bytes.span.bytes)
            #expect(image.problems == [])
            if let block = image.staticThreadLocals {
                var left = room
                let isTaken = left.take(block)
                #expect(isTaken == fits, "\(alignment) of \(room)")
            } else {
                #expect(!isStatic)
            }
            let handle = dlopen(path, RTLD_NOW)
            #expect((handle != nil) == fits, "\(alignment) of \(room)")
            if let handle { dlclose(handle) }
        }
    }

    @Test func knowsTheCxxLibrary() throws {
        let glibcxx = try #require(ProcessLinker.shared.glibcxxVersion)
        #expect(glibcxx.hasPrefix("3.4.") && ProcessLinker.shared.cxxabiVersion?.hasPrefix("1.3") == true)
    }
}
