import Compatibility
import ELFReader
import Testing

struct SymbolGatesTests {
    /// An image that refers to these symbols, each with its version.
    static func image(
        _ symbols: [(DynamicSymbol, String?)], needed: [String] = [], definitions: [String] = [], flags: UInt64 = 0
    ) -> ELFImage {
        var image = Sample.image
        image.dynamic = DynamicTable(needed: needed, flags: flags)
        image.symbols = symbols.map(\.0)
        image.isUsed = symbols.map { _ in true }
        var names: [UInt16: SymbolVersions.Name] = [:]
        for (index, name) in definitions.enumerated() { names[UInt16(100 + index)] = .init(name: name) }
        var numbers: [UInt16] = []
        for (index, (symbol, version)) in symbols.enumerated() {
            guard let version else {
                numbers.append(1)
                continue
            }
            let number = UInt16(2 + index)
            names[number] = .init(name: version, library: symbol.isDefined ? nil : "libv.so")
            numbers.append(number)
        }
        image.symbolVersions = SymbolVersions(numbers: numbers, names: names)
        return image
    }

    static func imported(_ name: String, weak: Bool = false) -> DynamicSymbol {
        DynamicSymbol(name: name, binding: weak ? 2 : 1, sectionIndex: 0)
    }

    static func lines(_ code: String, _ image: ELFImage, _ linker: PaperLinker) -> [String] {
        Sample.lines(
            code,
            Sample.candidate {
                $0.closure = ClosureFacts.walk(from: image, at: .init(origin: nil), linker)
                $1 = image
            })
    }

    static let own = [(Sample.function("helper"), nil as String?)]

    /// What the image refers to, what the process and a library that comes along define, and what is not found.
    static let resolutions: [([(DynamicSymbol, String?)], [String], [(DynamicSymbol, String?)], [String])] = [
        ([(imported("add"), nil)], ["add"], [], []),
        ([(imported("add"), nil)], [], [], ["plugin add"]),
        ([(imported("add", weak: true), nil)], [], [], []),
        ([(imported("add"), "V_2")], ["add"], [], ["plugin add, version V_2"]),
        ([(imported("add"), "V_2")], ["add@V_2"], [], []),
        ([(imported("add"), nil)], [], [(Sample.function("add"), nil)], []),
        ([(imported("add"), "V_2")], [], [(Sample.function("add"), "V_2")], []),
        (
            [(imported("add"), "V_2")], [], [(Sample.function("add"), "V_1")],
            ["plugin version V_2 of libv.so", "plugin add, version V_2"]
        ),
        // A library without versions satisfies a reference with one.
        ([(imported("add"), "V_2")], [], [(Sample.function("add"), nil)], []),
        ([(imported("add"), nil)], [], [(Sample.function("add", visibility: 2), nil)], ["plugin add"]),
        ([(imported("add"), nil)], [], [(Sample.function("add"), nil), (imported("gone"), nil)], ["libv.so gone"]),
    ]

    @Test(arguments: resolutions.indices)
    func resolvesAsTheDynamicLinkerDoes(_ index: Int) throws {
        let (symbols, process, library, unresolved) = Self.resolutions[index]
        var linker = PaperLinker(files: ["/lib/libv.so": Self.image(library)])
        linker.symbols = Dictionary(uniqueKeysWithValues: process.map { ($0, "/lib/libc.so.6") })
        let image = Self.image(symbols, needed: ["libv.so"])
        let facts = ClosureFacts.walk(from: image, at: .init(origin: nil), linker)
        #expect(facts.symbols?.unresolved.map { "\($0.needer) \($0.symbol)" } == unresolved)
    }

    /// `memcpy@OLD` beside `memcpy@@NEW`: a reference without a version gets the default one or, with luck, the first.
    @Test(arguments: [(UInt16(3), true), (0x8003, false), (0x8002, true)])
    func aHiddenVersionIsNoAnswerToAReferenceWithoutOne(_ number: UInt16, _ isFound: Bool) {
        var library = Self.image([(Sample.function("add"), nil)])
        library.symbolVersions = SymbolVersions(numbers: [number], names: [number & 0x7fff: .init(name: "V_1")])
        let image = Self.image([(Self.imported("add"), nil)], needed: ["libv.so"])
        let linker = PaperLinker(files: ["/lib/libv.so": library])
        let facts = ClosureFacts.walk(from: image, at: .init(origin: nil), linker)
        #expect(facts.symbols?.unresolved == (isFound ? [] : [.init(needer: "plugin", symbol: "add")]))
    }

    /// A hostile file has a million: nobody reads them, and each costs a search through every loaded library.
    @Test func stopsLookingAfterAThousand() {
        let image = Self.image((0..<2000).map { (Self.imported("f\($0)"), nil) })
        let facts = ClosureFacts.walk(from: image, at: .init(origin: nil), PaperLinker())
        #expect(facts.symbols?.unresolved.count == 1024 && facts.symbols?.count == 1024)
    }

    /// A library that another plugin brought is in no global scope, but in the scope of who needs it.
    @Test func findsWhatOnlyALoadedLibraryHas() {
        var linker = PaperLinker()
        linker.loadedNames = ["libl.so": LoadedLibrary(path: "/l/libl.so")]
        linker.localSymbols = ["/l/libl.so": ["deep"]]
        let image = Self.image([(Self.imported("deep"), nil)], needed: ["libl.so"])
        #expect(Self.lines("symbols.unresolved", image, linker) == ["passed symbols.unresolved: passed"])
    }

    /// Nobody looks up a symbol that no relocation is about.
    @Test func passesOverWhatIsNotUsed() {
        var image = Self.image([(Self.imported("add"), nil)])
        image.isUsed = [false]
        #expect(Self.lines("symbols.unresolved", image, PaperLinker()) == ["passed symbols.unresolved: passed"])
    }

    @Test func namesTheFirstAndCountsTheRest() {
        let image = Self.image((0..<10).map { (Self.imported("f\($0)"), nil) })
        #expect(
            Self.lines("symbols.unresolved", image, PaperLinker()) == [
                "refused symbols.unresolved: plugin needs f0; f1; f2; f3; f4; f5; f6; f7 and 2 more, which neither this "
                    + "host nor what the plugin needs defines: link the library that defines them, and with -Wl,-z,defs "
                    + "to see it at once"
            ])
    }

    @Test func saysNothingOfSymbolsWhileALibraryIsMissing() {
        let image = Self.image([(Self.imported("add"), nil)], needed: ["libgone.so"])
        let line = "not judged: not all libraries were found"
        #expect(Self.lines("symbols.unresolved", image, PaperLinker()) == ["skipped symbols.unresolved: \(line)"])
        #expect(Self.lines("symbols.interposed", image, PaperLinker()) == ["skipped symbols.interposed: \(line)"])
    }

    @Test func warnsOfWhatTheHostReplaces() {
        var linker = PaperLinker()
        linker.symbols = ["helper": ""]
        let warning =
            "warning symbols.interposed: plugin defines helper and would get that of the host's program in its place: "
            + "hide it: -fvisibility=hidden, -Wl,-Bsymbolic or a version script"
        #expect(Self.lines("symbols.interposed", Self.image(Self.own), linker) == [warning])
        let bound = "passed symbols.interposed: passed"
        #expect(Self.lines("symbols.interposed", Self.image(Self.own, flags: 2), linker) == [bound])
        #expect(Self.lines("symbols.interposed", Self.image(Self.own), PaperLinker()) == [bound])
        let protected = Self.image([(Sample.function("helper", visibility: 3), nil)])
        #expect(Self.lines("symbols.interposed", protected, linker) == [bound])
    }

    @Test func notesWhatEveryCxxImageShares() {
        var linker = PaperLinker()
        linker.symbols = ["_ZN1a1bEv": "/lib/libcxx.so"]
        let image = Self.image([(Sample.function("_ZN1a1bEv", binding: 2), nil)])
        #expect(
            Self.lines("symbols.interposed", image, linker) == [
                "noted symbols.interposed: plugin shares the C++ symbol _ZN1a1bEv with /lib/libcxx.so, which must be built "
                    + "from the same source: hide it: -fvisibility=hidden, -Wl,-Bsymbolic or a version script"
            ])
    }

    static func threadLocal(_ size: UInt64, alignment: UInt64 = 16) -> ELFImage {
        var image = Sample.image
        image.dynamic = DynamicTable(needed: ["libt.so"], flags: 16)
        image.segments.append(ELFSegment(type: 7, flags: 4, memorySize: size, alignment: alignment))
        return image
    }

    @Test(arguments: [(1600, true), (1664, true), (1665, false), (832, true)])
    func threadLocalsFitOrNot(_ size: Int, _ fits: Bool) {
        let room = StaticThreadLocals(total: 2000, used: 336)
        let candidate = Sample.candidate {
            $0.closure = ClosureFacts(staticThreadLocals: room)
            $1 = Self.threadLocal(UInt64(size))
        }
        let lines = Sample.lines("elf.static-tls", candidate)
        #expect(
            lines == [
                fits
                    ? "passed elf.static-tls: passed"
                    : "refused elf.static-tls: plugin needs 1665 bytes of static thread-local storage (plugin), this host "
                        + "has 1664 left: compile without -ftls-model=initial-exec, or start the host with "
                        + "GLIBC_TUNABLES=glibc.rtld.optional_static_tls=2177"
            ])
    }

    @Test func countsTheThreadLocalsOfLibrariesThatComeAlong() {
        let room = StaticThreadLocals(total: 1000, used: 0)
        let library = ClosureFacts.Library("libt.so", .comesAlong(path: "/lib/libt.so", Self.threadLocal(600)))
        let candidate = Sample.candidate {
            $0.closure = ClosureFacts(libraries: [library], staticThreadLocals: room)
            $1 = Self.threadLocal(600)
        }
        #expect(Sample.findings("elf.static-tls", candidate).map(\.verdict) == [.refused])
        let lone = Sample.candidate {
            $0.closure = ClosureFacts()
            $1 = Self.threadLocal(600)
        }
        #expect(Sample.findings("elf.static-tls", lone).map(\.verdict) == [.skipped])
    }

    @Test func refusesASecondSwiftRuntime() {
        var runtime = Sample.image
        runtime.symbols = [Sample.function("swift_addNewDSOImage")]
        let candidate = Sample.candidate { candidate, _ in
            candidate.closure = ClosureFacts(libraries: [
                .init("/x/libswiftCore.so", .comesAlong(path: "/x/libswiftCore.so", runtime))
            ])
        }
        #expect(
            Sample.lines("swift.second-runtime", candidate) == [
                "refused swift.second-runtime: plugin needs /x/libswiftCore.so and would bring /x/libswiftCore.so, a "
                    + "second Swift runtime beside this host's: link against libswiftCore.so by its name alone, so that "
                    + "the host's is taken"
            ])
        #expect(Sample.findings("swift.second-runtime", Sample.candidate()).map(\.verdict) == [.passed])
    }

    @Test(arguments: [
        (["GLIBCXX_3.4.30"], "passed glibcxx.version: passed"),
        (["GLIBCXX_3.4", "GLIBCXX_3.4.9"], "passed glibcxx.version: passed"),
        (
            ["GLIBCXX_3.4.9", "GLIBCXX_3.4.31"],
            "refused glibcxx.version: plugin needs GLIBCXX_3.4.31, this host's libstdc++ has GLIBCXX_3.4.30: build the "
                + "plugin with an older g++, or link it with -static-libstdc++"
        ),
        (
            ["CXXABI_1.3.20"],
            "refused glibcxx.version: plugin needs CXXABI_1.3.20, this host's libstdc++ has CXXABI_1.3.13: build the "
                + "plugin with an older g++, or link it with -static-libstdc++"
        ),
    ])
    func comparesTheCxxLibrary(_ versions: [String], _ line: String) {
        var host = Sample.host
        (host.glibcxxVersion, host.cxxabiVersion) = ("3.4.30", "1.3.13")
        let candidate = Sample.candidate {
            $1.versionNeeds = [VersionNeed(library: "libstdc++.so.6", versions: versions)]
        }
        #expect(Sample.lines("glibcxx.version", candidate, host: host) == [line])
        #expect(Sample.findings("glibcxx.version", candidate).map(\.verdict) == [.skipped])
    }
}
