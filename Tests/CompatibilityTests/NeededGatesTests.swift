import Compatibility
import ELFReader
import Testing

struct NeededGatesTests {
    static func candidate(_ libraries: [ClosureFacts.Library], cutShort: String? = nil) -> Candidate {
        Sample.candidate { candidate, _ in
            candidate.closure = ClosureFacts(libraries: libraries, cutShort: cutShort)
        }
    }

    static let missing: [(ClosureFacts.Library, String)] = [
        (
            .init("libx.so", .missing(.init(places: ["/r (RUNPATH)", "/etc/ld.so.cache", "/lib"]))),
            "plugin needs libx.so, which is in none of: /r (RUNPATH), /etc/ld.so.cache, /lib: install libx.so, or link "
                + "the plugin with -Wl,-rpath and its folder"
        ),
        (
            .init("libx.so", through: ["liba.so"], .missing(.init(places: ["/lib"]))),
            "liba.so needs libx.so, which is in none of: /lib: install libx.so, or link liba.so with -Wl,-rpath and its "
                + "folder"
        ),
        (
            .init("libx.so", .missing(.init(obstacle: "/p/libx.so is too large", remedy: "bring less along"))),
            "plugin needs libx.so, and /p/libx.so is too large: bring less along"
        ),
        (
            .init("libx.so", .missing(.init(leaving: "$ORIGIN/../lib (RUNPATH)"))),
            "plugin needs libx.so and would have it looked for in $ORIGIN/../lib (RUNPATH), but a private copy is "
                + "loaded, which has beside it what lies beneath the plugin's own folder, and nothing from above that: put "
                + "the library next to the plugin, or in a folder there, and link with -Wl,-rpath,$ORIGIN or "
                + "$ORIGIN/<folder>, or link with its folder's full name"
        ),
        (
            .init("libx.so", .missing(.init(places: ["/lib"], obstacle: "/lib/libx.so is no ELF file"))),
            "plugin needs libx.so, and /lib/libx.so is no ELF file: put a shared library for this machine there"
        ),
        (
            .init("/x/libx.so", .missing(.init(places: ["/x/libx.so"]))),
            "plugin needs /x/libx.so, which is in none of: /x/libx.so: put the library there, or link it by its name "
                + "alone"
        ),
    ]

    @Test(arguments: missing.indices)
    func refusesWhatIsMissing(_ index: Int) {
        let (library, text) = Self.missing[index]
        #expect(Sample.lines("needed.missing", Self.candidate([library])) == ["refused needed.missing: \(text)"])
    }

    @Test func listsTheFirstAndCountsTheRest() {
        let libraries = (0..<20).map { ClosureFacts.Library("lib\($0).so", .missing(.init(places: ["/lib"]))) }
        let lines = Sample.lines("needed.missing", Self.candidate(libraries))
        #expect(lines.count == 17)
        #expect(
            lines.last
                == "refused needed.missing: plugin needs 4 more libraries that were not found: install them")
    }

    @Test func refusesAClosureWithoutEnd() {
        let lines = Sample.lines("needed.missing", Self.candidate([], cutShort: "needs more than 1024 libraries"))
        #expect(
            lines == [
                "refused needed.missing: plugin needs more than 1024 libraries, and nobody looked further: link against "
                    + "fewer or smaller libraries, or start the host with them loaded (LD_PRELOAD)"
            ])
    }

    @Test func warnsOfAHiddenFile() {
        let loaded = LoadedLibrary(path: "/first/libhelp.so")
        let candidate = Self.candidate([.init("libhelp.so", .loaded(loaded, instead: "/second/libhelp.so"))])
        #expect(
            Sample.lines("needed.shadowed", candidate) == [
                "warning needed.shadowed: plugin needs libhelp.so and would find /second/libhelp.so, this host has "
                    + "/first/libhelp.so loaded under that name: the plugin gets that one, whatever the file holds: give "
                    + "each version of the library a name of its own (-Wl,-soname,libx-2.so), unload what brought the "
                    + "loaded one, or use that"
            ])
        #expect(Sample.findings("needed.missing", candidate).map(\.verdict) == [.passed])
    }

    @Test(arguments: ["needed.missing", "needed.shadowed"])
    func judgesNothingForAnotherMachine(_ code: String) {
        let candidate = Sample.candidate { candidate, _ in candidate.closure = nil }
        #expect(
            Sample.lines(code, candidate) == [
                "skipped \(code): not judged: what is installed and loaded on the host is not known here"
            ])
    }
}
