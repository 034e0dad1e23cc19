import Compatibility
import ELFReader
import Testing

struct ClosureWalkTests {
    static func walk(
        _ image: ELFImage, _ linker: PaperLinker, origin: String? = "/plugins", isCopy: Bool = false
    ) -> ClosureFacts {
        ClosureFacts.walk(from: image, at: .init(origin: origin, isCopy: isCopy), linker)
    }

    static func linker(_ files: [String: ELFImage], _ change: (inout PaperLinker) -> Void = { _ in }) -> PaperLinker {
        var linker = PaperLinker(files: files)
        change(&linker)
        return linker
    }

    static let plain = PaperLinker.image()

    /// One name, the image's search paths, the files that there are, and which of them is taken.
    static let searches: [(ELFImage, [String], String)] = [
        (PaperLinker.image(["liba.so"]), ["/lib/liba.so", "/usr/lib/liba.so"], "liba.so = /lib/liba.so"),
        (PaperLinker.image(["liba.so"]), ["/usr/lib/liba.so"], "liba.so = /usr/lib/liba.so"),
        (PaperLinker.image(["liba.so"]), ["/else/liba.so"], "liba.so missing"),
        (PaperLinker.image(["liba.so"], runpath: "/r"), ["/r/liba.so", "/lib/liba.so"], "liba.so = /r/liba.so"),
        (PaperLinker.image(["liba.so"], rpath: "/r"), ["/r/liba.so", "/path/liba.so"], "liba.so = /r/liba.so"),
        // LD_LIBRARY_PATH comes after DT_RPATH and before DT_RUNPATH; with a DT_RUNPATH the DT_RPATH is void.
        (PaperLinker.image(["liba.so"], runpath: "/r"), ["/r/liba.so", "/path/liba.so"], "liba.so = /path/liba.so"),
        (PaperLinker.image(["liba.so"], rpath: "/p", runpath: "/r"), ["/p/liba.so"], "liba.so missing"),
        (PaperLinker.image(["liba.so"]), ["/host/liba.so"], "liba.so = /host/liba.so"),
        (PaperLinker.image(["liba.so"], runpath: "/r"), ["/host/liba.so"], "liba.so missing"),
        // The cache before the default folders.
        (PaperLinker.image(["libcached.so"]), ["/cached/1", "/lib/libcached.so"], "libcached.so = /cached/1"),
        (PaperLinker.image(["libcached.so"]), ["/lib/libcached.so"], "libcached.so = /lib/libcached.so"),
        (PaperLinker.image(["libcached.so"], flags1: 0x800), ["/cached/1"], "libcached.so = /cached/1"),
        (PaperLinker.image(["liba.so"], flags1: 0x800), ["/lib/liba.so"], "liba.so missing"),
        // A machine's own folder before the plain one.
        (
            PaperLinker.image(["liba.so"], runpath: "/r"), ["/r/liba.so", "/r/glibc-hwcaps/x86-64-v2/liba.so"],
            "liba.so = /r/glibc-hwcaps/x86-64-v2/liba.so"
        ),
        (
            PaperLinker.image(["liba.so"], runpath: "/none:$ORIGIN/../x:${ORIGIN}/lib:/r"), ["/plugins/lib/liba.so"],
            "liba.so = /plugins/lib/liba.so"
        ),
        (
            PaperLinker.image(["liba.so"], runpath: "/$LIB/$PLATFORM"), ["/lib64/x86_64/liba.so"],
            "liba.so = /lib64/x86_64/liba.so"
        ),
        (PaperLinker.image(["liba.so"], runpath: "/$LIBS"), ["/$LIBS/liba.so"], "liba.so = /$LIBS/liba.so"),
        (PaperLinker.image(["/x/liba.so"], runpath: "/r"), ["/x/liba.so"], "/x/liba.so = /x/liba.so"),
        (PaperLinker.image(["/x/liba.so"], runpath: "/r"), ["/r/liba.so", "/lib/liba.so"], "/x/liba.so missing"),
        (PaperLinker.image(["$ORIGIN/liba.so"]), ["/plugins/liba.so"], "/plugins/liba.so = /plugins/liba.so"),
    ]

    @Test(arguments: searches.indices)
    func searchesInTheDynamicLinkersOrder(_ index: Int) {
        let (image, files, line) = Self.searches[index]
        let linker = Self.linker(Dictionary(uniqueKeysWithValues: files.map { ($0, Self.plain) })) {
            $0.environment.libraryPath = ["/path"]
            $0.environment.programPath = ["/host"]
            $0.cache = ["libcached.so": "/cached/1"]
        }
        #expect(Self.walk(image, linker).lines == [line])
    }

    @Test func goesBreadthFirstAndMeetsEachOnce() {
        let linker = Self.linker([
            "/lib/liba.so": PaperLinker.image(["libd.so", "libb.so"]),
            "/lib/libb.so": PaperLinker.image(["liba.so", "libe.so"]),
            "/lib/libd.so": Self.plain, "/lib/libe.so": Self.plain,
        ])
        let facts = Self.walk(PaperLinker.image(["liba.so", "libb.so"]), linker)
        #expect(facts.libraries.map(\.name) == ["liba.so", "libb.so", "libd.so", "libe.so"])
        #expect(facts.libraries.map(\.through) == [[], [], ["liba.so"], ["libb.so"]])
    }

    /// Two names of one letter are equal to Swift and two files to the dynamic linker, which would map what nobody judged; and
    /// the Kelvin sign is equal to a K.
    @Test func namesThatLookAlikeAreNotTakenForOne() {
        let (composed, decomposed, kelvin) = ("lib\u{e9}.so", "libe\u{301}.so", "lib\u{212a}.so")
        let linker = Self.linker([
            "/lib/\(composed)": Self.plain, "/lib/libK.so": Self.plain,
            "/lib/liba.so": PaperLinker.image([], soname: kelvin),
        ])
        let facts = Self.walk(PaperLinker.image([composed, decomposed, "liba.so", "libK.so"], soname: kelvin), linker)
        #expect(
            facts.lines == [
                "\(composed) missing", "\(decomposed) missing", "liba.so = /lib/liba.so", "libK.so = /lib/libK.so",
            ])
    }

    @Test func aSearchPathThatIsNotUTF8IsRefused() {
        let linker = Self.linker(["/lib/liba.so": Self.plain])
        let image = PaperLinker.image(["liba.so"], runpath: "/\u{fffd}:/lib")
        #expect(Self.walk(image, linker).lines == ["liba.so missing"])
    }

    @Test func searchPathsAreSplitAtBytes() {
        #expect(LinkerEnvironment.split("/a/:\u{301}b::/") == ["/a", "\u{301}b", ".", "/"])
        #expect(LinkerEnvironment.leavesOrigin("$ORIGIN/../\u{301}/.."))
    }

    /// DT_RPATH serves what the image's libraries need, DT_RUNPATH does not.
    @Test(arguments: [true, false])
    func rpathIsInherited(_ isRPath: Bool) {
        let linker = Self.linker(["/r/liba.so": PaperLinker.image(["libb.so"]), "/r/libb.so": Self.plain])
        let image =
            isRPath ? PaperLinker.image(["liba.so"], rpath: "/r") : PaperLinker.image(["liba.so"], runpath: "/r")
        #expect(
            Self.walk(image, linker).lines == [
                "liba.so = /r/liba.so", isRPath ? "libb.so = /r/libb.so" : "libb.so missing",
            ])
    }

    @Test func originOfALibraryIsItsOwnFolder() {
        let linker = Self.linker([
            "/r/liba.so": PaperLinker.image(["libb.so"], runpath: "$ORIGIN/deep"), "/r/deep/libb.so": Self.plain,
        ])
        let facts = Self.walk(PaperLinker.image(["liba.so"], runpath: "/r"), linker, origin: nil)
        #expect(facts.lines == ["liba.so = /r/liba.so", "libb.so = /r/deep/libb.so"])
    }

    /// What a private copy needs, its search path, and what comes of it where others' files lie around the copy.
    @Test(arguments: [
        ("liba.so", "$ORIGIN/..", "missing"), ("liba.so", "$ORIGIN/../else", "missing"),
        ("liba.so", "/none:${ORIGIN}/sub/../..", "missing"), ("liba.so", "${ORIGIN}/../copyx", "missing"),
        ("liba.so", "${ORIGIN}x", "missing"),
        ("$ORIGIN/../liba.so", "/none", "missing"), ("liba.so", "/r:$ORIGIN/..", "= /r/liba.so"),
        ("liba.so", "$ORIGIN/sub/..", "= /usr/lib/liba.so"), ("liba.so", "$ORIGIN:$ORIGIN/sub", "= /usr/lib/liba.so"),
        ("libown.so", "$ORIGIN", "= /staging/copy/libown.so"), ("liba.so", "/staging/copy/$ORIGIN/x", "missing"),
        ("liba.so", "$ORIGIN/..$ORIGIN", "missing"), ("libown.so", "/none:${ORIGIN}/.", "= /staging/copy/./libown.so"),
    ])
    func aCopyDoesNotLookAroundItself(_ needed: String, _ path: String, _ outcome: String) {
        let places = ["..", "../else", "sub/../..", "../copyx"].map { "/staging/copy/\($0)/liba.so" }
        let sound = ["/r/liba.so", "/usr/lib/liba.so", "/staging/copy/libown.so", "/staging/copy/./libown.so"]
        let linker = Self.linker(
            Dictionary(uniqueKeysWithValues: (places + sound).map { ($0, Self.plain) }))
        for image in [PaperLinker.image([needed], runpath: path), PaperLinker.image([needed], rpath: path)] {
            let copy = Self.walk(image, linker, origin: "/staging/copy", isCopy: true)
            #expect(copy.lines == ["\(needed) \(outcome)"])
        }
    }

    /// What lies beside a copy may look where the copy's own folder ends, and no farther.
    @Test(arguments: [
        ("$ORIGIN", "missing"), ("$ORIGIN/..", "= /s/c/lib/../libb.so"),
        ("$ORIGIN/../lib", "= /s/c/lib/../lib/libb.so"),
        ("$ORIGIN/../..", "missing"), ("$ORIGIN/../../c", "missing"), ("$ORIGIN/deep/../../..", "missing"),
    ])
    func aHelperOfACopyLooksNoFartherThanTheCopysFolder(_ path: String, _ outcome: String) {
        let places = ["..", "../lib", "../..", "../../c", "deep/../../.."].map { "/s/c/lib/\($0)/libb.so" }
        var files = Dictionary(uniqueKeysWithValues: places.map { ($0, Self.plain) })
        files["/s/c/lib/liba.so"] = PaperLinker.image(["libb.so"], runpath: path)
        let facts = Self.walk(
            PaperLinker.image(["liba.so"], runpath: "$ORIGIN/lib"), Self.linker(files), origin: "/s/c", isCopy: true)
        #expect(facts.lines == ["liba.so = /s/c/lib/liba.so", "libb.so \(outcome)"])
    }

    /// By its full name the same folder is not the copy's own.
    @Test func aLibraryThatIsFoundByItsFolderIsNoHelperOfTheCopy() {
        let linker = Self.linker([
            "/s/c/lib/liba.so": PaperLinker.image(["libb.so"], runpath: "$ORIGIN/../../.."),
            "/s/c/lib/../../../libb.so": Self.plain,
        ])
        let facts = Self.walk(
            PaperLinker.image(["liba.so"], runpath: "/s/c/lib"), linker, origin: "/s/c", isCopy: true)
        #expect(facts.lines == ["liba.so = /s/c/lib/liba.so", "libb.so = /s/c/lib/../../../libb.so"])
    }

    /// A check knows of no copy and still says what a load would.
    @Test func aCheckRefusesWhatWouldLookAroundTheCopy() {
        let linker = Self.linker(["/usr/lib/liba.so": Self.plain])
        for path in ["$ORIGIN/..", "$ORIGIN/../../lib"] {
            let facts = Self.walk(
                PaperLinker.image(["liba.so"], runpath: path), linker, isCopy: true)
            guard case .missing(let search) = facts.libraries.first?.outcome else {
                Issue.record("\(path): \(facts.lines)")
                continue
            }
            #expect(search.leaving == "\(path) (RUNPATH)")
        }
    }

    /// In a library that comes along `$ORIGIN/..` is where it lies, and in the plugin's inherited DT_RPATH it is not.
    @Test func onlyTheCopysOwnPathsAreHeldBack() {
        let linker = Self.linker([
            "/r/deep/liba.so": PaperLinker.image(["libb.so"], runpath: "$ORIGIN/.."), "/r/deep/../libb.so": Self.plain,
            "/r/deep/libc.so": PaperLinker.image(["libd.so"]), "/usr/lib/libd.so": Self.plain,
        ])
        let own = Self.walk(
            PaperLinker.image(["liba.so"], runpath: "/r/deep"), linker, origin: "/s/c", isCopy: true)
        #expect(own.lines == ["liba.so = /r/deep/liba.so", "libb.so = /r/deep/../libb.so"])
        let inherited = Self.walk(
            PaperLinker.image(["libc.so"], rpath: "/r/deep:$ORIGIN/.."), linker, origin: "/s/c", isCopy: true)
        #expect(inherited.lines == ["libc.so = /r/deep/libc.so", "libd.so missing"])
    }

    @Test func stopsAtWhatIsLoaded() {
        let linker = Self.linker(["/lib/libc.so.6": PaperLinker.image(["libgone.so"])]) {
            $0.loadedNames["libc.so.6"] = LoadedLibrary(
                path: "/lib/libc.so.6", identity: PaperLinker.identity("/lib/libc.so.6"))
        }
        #expect(
            Self.walk(PaperLinker.image(["libc.so.6"]), linker).lines == ["libc.so.6 loaded /lib/libc.so.6"])
    }

    @Test func seesWhichFileALoadedNameHides() {
        let linker = Self.linker(["/plugins/libhelp.so": Self.plain]) {
            $0.loadedNames["libhelp.so"] = LoadedLibrary(path: "/first/libhelp.so")
        }
        let image = PaperLinker.image(["libhelp.so"], runpath: "$ORIGIN")
        let line = "libhelp.so loaded /first/libhelp.so, not /plugins/libhelp.so"
        #expect(Self.walk(image, linker).lines == [line])
        #expect(Self.walk(image, linker, isCopy: true).lines == [line])
    }

    /// Without a build-id the bytes tell; a file that cannot be read any more tells nothing.
    @Test func aLoadedLibraryOfTheSameBytesHidesNothing() {
        let image = PaperLinker.image(["libhelp.so"], runpath: "$ORIGIN")
        let linker = Self.linker(["/plugins/libhelp.so": Self.plain]) {
            $0.loadedNames["libhelp.so"] = LoadedLibrary(path: "/first/libhelp.so")
            $0.copies["/plugins/libhelp.so"] = "/first/libhelp.so"
        }
        #expect(Self.walk(image, linker).lines == ["libhelp.so loaded /first/libhelp.so"])
    }

    @Test func theSameFileUnderAnotherNameIsOneObject() {
        let identity = PaperLinker.identity("/lib/liba.so.1")
        let linker = Self.linker(["/lib/liba.so.1": PaperLinker.image(soname: "liba.so.1")]) {
            $0.others["/lib/liba.so"] = .library(identity)
            $0.files["/lib/liba.so"] = PaperLinker.image(soname: "liba.so.1")
        }
        let facts = Self.walk(PaperLinker.image(["liba.so", "liba.so.1"]), linker)
        #expect(facts.lines == ["liba.so = /lib/liba.so"])
    }

    @Test func passesOverOtherMachinesAndStopsAtWhatIsNoLibrary() {
        let linker = Self.linker(["/usr/lib/liba.so": Self.plain]) { $0.others["/lib/liba.so"] = .foreign }
        #expect(Self.walk(PaperLinker.image(["liba.so"]), linker).lines == ["liba.so = /usr/lib/liba.so"])
        let blocked = Self.linker(["/usr/lib/liba.so": Self.plain]) {
            $0.others["/lib/liba.so"] = .unusable("is no ELF file")
        }
        #expect(Self.walk(PaperLinker.image(["liba.so"]), blocked).lines == ["liba.so missing"])
    }

    @Test func endsWhateverTheFilesSay() {
        let names = (0..<20_000).map { "lib\($0).so" }
        let many = Self.walk(PaperLinker.image(names), Self.linker([:]))
        #expect(many.cutShort != nil && many.libraries.count == 1024)
        let folders = (0..<1000).map { "/r\($0)" }.joined(separator: ":")
        let files = Dictionary(uniqueKeysWithValues: (0..<1000).map { ("/r\($0)/x", Self.plain) })
        let wide = Self.walk(PaperLinker.image(names, runpath: folders), Self.linker(files))
        #expect(wide.cutShort != nil)
    }

    /// The image is in the process before its libraries' names are looked up; an older one of the name is so earlier.
    @Test func aLibraryMayNeedTheImageItself() {
        let image = PaperLinker.image(["liba.so"], soname: "plugin.so")
        var linker = Self.linker(["/lib/liba.so": PaperLinker.image(["plugin.so"])])
        #expect(Self.walk(image, linker).lines == ["liba.so = /lib/liba.so"])
        linker.loadedNames["plugin.so"] = LoadedLibrary(path: "/old/plugin.so")
        #expect(
            Self.walk(image, linker).lines == ["liba.so = /lib/liba.so", "plugin.so loaded /old/plugin.so"])
    }

    /// What each library of a closure has, how many there are, and which limit ends the walk.
    static let costs: [(size: Int64, symbols: Int, count: Int, limit: String?)] = [
        (67_108_864, 1, 4, nil), (67_108_864, 1, 5, "256 MiB"), (268_435_457, 1, 1, "256 MiB"),
        (1, 262_144, 4, nil), (1, 262_144, 5, "1048576 symbols"),
    ]

    @Test(arguments: costs.indices)
    func readsNoMoreThanALoadMayWaitFor(_ index: Int) {
        let (size, symbols, count, limit) = Self.costs[index]
        var library = Self.plain
        library.symbols = Array(repeating: DynamicSymbol(name: "f", binding: 1, sectionIndex: 1), count: symbols)
        let names = (0..<count).map { "lib\($0).so" }
        let linker = Self.linker(Dictionary(uniqueKeysWithValues: names.map { ("/lib/\($0)", library) })) {
            $0.size = size
        }
        let facts = Self.walk(PaperLinker.image(names), linker)
        #expect(facts.comingAlong.count == (limit == nil ? count : count - 1))
        #expect((facts.cutShort == nil) == (limit == nil))
        #expect(facts.cutShort?.contains("more than \(limit ?? "")") ?? true)
    }

    /// What is only compared with what is loaded is no part of what comes along.
    @Test func aLargeFileThatALoadedNameHidesCutsNothingShort() {
        let linker = Self.linker(["/lib/liba.so": Self.plain]) {
            $0.size = 1 << 40
            $0.loadedNames["liba.so"] = LoadedLibrary(path: "/first/liba.so", buildID: [1, 2, 3, 4])
        }
        let facts = Self.walk(PaperLinker.image(["liba.so"]), linker)
        #expect(facts.lines == ["liba.so loaded /first/liba.so, not /lib/liba.so"] && facts.cutShort == nil)
    }

    @Test func endsInACircle() {
        let linker = Self.linker([
            "/lib/liba.so": PaperLinker.image(["libb.so"]), "/lib/libb.so": PaperLinker.image(["liba.so"]),
        ])
        #expect(Self.walk(PaperLinker.image(["liba.so"]), linker).lines.count == 2)
    }

    @Test(arguments: [
        ("/a/b", "/a/b"), ("$ORIGIN/x", "/o/x"), ("${ORIGIN}x", "/ox"), ("$ORIGINx", "$ORIGINx"), ("a$", "a$"),
        ("${LIB", "${LIB"), ("$LIB$PLATFORM", "lib64x86_64"), ("$$LIB", "$lib64"), ("${NONE}/$LIB", "${NONE}/lib64"),
    ])
    func expandsTokens(_ text: String, _ expanded: String) {
        #expect(PaperLinker().environment.expand(text, origin: "/o") == expanded)
    }

    @Test func refusesTokensThatGrowBeyondAPath() {
        let text = String(repeating: "$ORIGIN", count: 100)
        #expect(PaperLinker().environment.expand(text, origin: String(repeating: "x", count: 100)) == nil)
        #expect(PaperLinker().environment.expand("$ORIGIN", origin: nil) == nil)
    }

    @Test func splitsPaths() {
        #expect(LinkerEnvironment.split("/a//:/:b/;c:") == ["/a", "/", "b/;c", "."])
        #expect(LinkerEnvironment.split("/a;/b", separators: ":;") == ["/a", "/b"])
    }
}
