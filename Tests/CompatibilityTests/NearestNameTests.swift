import Compatibility
import Testing

struct NearestNameTests {
    @Test(arguments: [
        ("laod", ["load", "list", "unload"], "load"), ("unlod", ["load", "unload"], "unload"),
        ("chek", ["check", "scan", "call"], "check"), ("shuot", ["shout"], "shout"),
        ("inspekt", ["inspect"], "inspect"),
        ("lst", ["last", "list"], "last"),
    ])
    func findsWhatWasMeant(_ name: String, _ candidates: [String], _ expected: String) {
        #expect(NearestName.nearest(to: name, among: candidates) == expected)
    }

    @Test(arguments: [
        ("frobnicate", ["load", "list"]), ("x", ["y"]), ("", ["a"]), ("load", []), ("load", ["load"]), ("ab", ["cd"]),
        (String(repeating: "a", count: 65), [String(repeating: "a", count: 64)]),
    ])
    func staysSilentWhereNothingIsNear(_ name: String, _ candidates: [String]) {
        #expect(NearestName.nearest(to: name, among: candidates) == nil)
    }

    @Test func hostileCandidatesAreBounded() {
        let huge = String(repeating: "add", count: 1_000_000)
        #expect(NearestName.nearest(to: "add", among: [huge, "adds"]) == "adds")
        let many = (0..<5000).map { "zzzz\($0)" } + ["adds"]
        #expect(NearestName.nearest(to: "add", among: many) == nil, "only the first 1024 are compared")
    }
}

struct PrintableTests {
    @Test(arguments: [
        ("plain – text, ünïcödé 漢字 🙂", "plain – text, ünïcödé 漢字 🙂"), ("\u{1b}[31mred", "\\u{1b}[31mred"),
        ("a\nb\r\0", "a\\u{a}b\\u{d}\\u{0}"), ("\u{9b}31m", "\\u{9b}31m"), ("\u{202e}cba", "\\u{202e}cba"),
        ("\u{200b}\u{feff}\u{2028}\u{7f}", "\\u{200b}\\u{feff}\\u{2028}\\u{7f}"), ("", ""),
    ])
    func escapesWhatCouldDeceive(_ text: String, _ expected: String) {
        #expect(printable(text) == expected)
        #expect(printable(printable(text)) == expected)
    }

    @Test func cutsWhatIsTooLong() {
        #expect(printable("abcdef", limit: 3) == "abc…")
        #expect(printable("abc", limit: 3) == "abc")
    }
}
