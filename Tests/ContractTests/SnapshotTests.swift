import Compatibility
import Contract
import Testing

/// Contracts as text, written and read.
@Suite struct SnapshotTests {
    private static let text = """
        switchboard-contract 1
        header greeter.h
        target x86_64-unknown-linux-gnu
        only greet
        only log
        except gzvprintf

        export greet DIGEST
            int greet(const point *, struct node, void (*)(struct db *))
        export log message

        enum color unsigned int in struct node
            RED = 0
            BLUE = 1

        opaque struct db

        struct node size 112 align 8
            0     struct node *next
            8:0   unsigned int a : 3
            8:3   unsigned int b : 1
            16    union { size 8 align 8
                0     long integer
                0     double number
            }
            24    struct tm when
            80    enum color color
            88    const struct { size 8 align 4
                0     int first
                4     union { size 4 align 4
                    0     int second
                }
            } (*pairs)[4]
            96    char t[12]
            108   unsigned char rest[]

        typedef struct point size 8 align 4
            0     int x
            4     int y

        opaque struct tm size 56 align 8

        callback handler HANDLER
            void (*handler)(void *, int)

        constant GREET_MAX = 16
        constant GREET_MIN = -1

        """

    private static let snapshot = SampleContract.contract.snapshot

    @Test func isAFactALine() throws {
        let contract = SampleContract.contract
        let greet = try #require(contract.digest(of: "greet"))
        let handler = try #require(
            Self.snapshot.split(separator: "\n").first { $0.hasPrefix("callback ") }?.split(separator: " ").last)
        let expected = Self.text.split(separator: "DIGEST").joined(separator: greet)
            .split(separator: "HANDLER").joined(separator: String(handler))
        #expect(Self.snapshot == expected)
    }

    @Test func isReadBack() throws {
        #expect(try Contract(snapshot: Self.snapshot) == SampleContract.contract)
    }

    @Test func lineEndsOfOtherSystemsAndBlankLinesSayNothing() throws {
        let text = Self.snapshot.split(separator: "\n").joined(separator: "\r\n  \r\n")
        #expect(try Contract(snapshot: text).snapshot == Self.snapshot)
    }

    @Test func emptyContractsAreReadBack() throws {
        let contract = Contract(header: "nothing.h", target: "t")
        #expect(contract.snapshot == "switchboard-contract 1\nheader nothing.h\ntarget t\n")
        #expect(try Contract(snapshot: contract.snapshot) == contract)
    }

    /// What was edited (the first place where it stands so), what it became, and the error's line and problem.
    private static let edits: [(String, String, Int?, String)] = [
        ("int greet(const", "int greet(", 8, "has digest "),
        ("    4     int y\n", "", 8, "has digest"),
        ("BLUE = 1", "BLUE = 2", 8, "has digest"),
        ("{ size 8 align 4", "{ size 8 align 8", 8, "has digest"),
        ("(void *, int)", "(void *, long)", 43, "has digest"),
        ("switchboard-contract 1", "switchboard-contract 2", 1, "is of a form that is not known here"),
        ("switchboard-contract 1", "#include <stdio.h>", 1, "this is no snapshot"),
        ("switchboard-contract 1", "  switchboard-contract 1", 1, "belongs to nothing"),
        ("header greeter.h\n", "", nil, "no line says the header"),
        ("header greeter.h", "header include/greeter.h", 2, "has no value that can be one"),
        ("target x", "header x", 3, "says a second time what one line has said"),
        ("only log", "only 1", 5, "is not complete"),
        ("only log", "also log", 5, "begins with a word that means nothing here"),
        ("export log message", "export greet message", 10, "greet stands here twice"),
        ("export log message", "export log message\n    void log(void)", 11, "says nothing about what stands above it"),
        ("int greet(", "int greed(", 9, "does not declare greet"),
        ("int greet(", "int *(greet)[4]; (", 9, "is no declaration"),
        ("const point *", "const pint *", 9, "is no declaration: column 17: no type is called \"pint\""),
        ("    RED = 0", "    RED 0", 13, "is no NAME = VALUE"),
        ("    RED = 0", "    RED = 99999999999999999999999999999999999999999", 13, "is no NAME = VALUE"),
        ("opaque struct db\n", "", 9, "is no declaration: column 55: no type is called \"struct db\""),
        ("opaque struct db", "opaque struct db\nopaque struct db", 17, "struct db is defined a second time"),
        ("opaque struct db", "opaque struct db\nopaque struct dc", 17, "is reached by no export and no callback"),
        ("opaque struct db", "opaque struct db size", 16, "has no number behind size"),
        ("opaque struct db", "opaque struct", 16, "names no type"),
        ("enum color unsigned int in", "enum color double in", 12, "is stored in no integer"),
        ("in struct node", "in struct", 12, "says not what it is in"),
        ("size 112 align 8", "size 112", 18, "has no size and alignment"),
        ("size 112 align 8", "size 112 align 8 packed", 18, "says more than is understood here"),
        ("8:0   unsigned", "8:8   unsigned", 20, "does not begin with an offset"),
        ("8:0   unsigned", "9223372036854775807 unsigned", 20, "does not begin with an offset"),
        ("a : 3", "a : x", 20, "is a bit-field without a width"),
        ("struct node *next", "struct node *", 19, "names no member"),
        ("union { size 8", "enum { size 8", 22, "is neither a struct nor a union"),
        ("    } (*pairs)[4]", "    } (*pairs)[4", 33, "is no declaration"),
        ("constant GREET_MIN = -1", "constant GREET_MAX = -1", 47, "GREET_MAX stands here twice"),
        ("constant GREET_MIN = -1", "constant GREET_MIN = \u{1b}", 47, "holds a character that shows nothing"),
    ]

    @Test(arguments: edits)
    func editsAreRefusedWithTheirLine(old: String, new: String, line: Int?, problem: String) throws {
        let parts = Self.snapshot.split(separator: old, maxSplits: 1, omittingEmptySubsequences: false)
        try #require(parts.count == 2, "\(old) stands in the text")
        let error = #expect(throws: LineError.self) { try Contract(snapshot: parts.joined(separator: new)) }
        #expect(error?.line == line)
        #expect(error?.problem.contains(problem) == true, "\(error?.description ?? "")")
        #expect(error?.remedy.isEmpty == false)
    }

    @Test func hostileTextsAreBounded() {
        let head = "switchboard-contract 1\nheader h.h\ntarget t\n"
        let deep =
            "struct s size 1 align 1\n"
            + (0..<100_000).map { _ in "    0 struct { size 1 align 1\n" }.joined()
        let chain = (0..<20_000).map { "struct s\($0) size 8 align 8\n    0 struct s\($0 + 1) *n\n" }.joined()
        let exports = (0..<20_000).map { "export f\($0) 0123456789abcdef\n    void f\($0)(struct s0 *)\n" }.joined()
        for (text, problem) in [
            (head + deep, "is nested too deeply"), (head + deep + "}\n", "is nested too deeply"),
            (
                head + "export f 0123456789abcdef\n    void f" + String(repeating: "(", count: 1_000_000),
                "no declaration"
            ),
            (
                head + "export f 0123456789abcdef\n    void " + String(repeating: "*", count: 60_000) + "f(void)",
                "no declar"
            ),
            (head + chain + "opaque struct s20000\n" + exports, "has digest"),
            (head + String(repeating: "x", count: 5_000_000), "the limit is 4194304"),
        ] {
            let error = #expect(throws: LineError.self) { try Contract(snapshot: text) }
            #expect(error?.problem.contains(problem) == true, "\(error?.description ?? "")")
        }
    }

    /// Each of many exports reaches the same long ring, which is looked at once.
    @Test func manyExportsOfOneRingAreRead() throws {
        var contract = Contract(header: "h.h", target: "t")
        func name(_ index: Int) -> TypeName { TypeName(.struct, "s\(index)") }
        let count = 4000
        for index in 0..<count {
            let next = CType.pointer(to: .init(.record(name((index + 1) % count))))
            contract.types[name(index)] = .record(
                Record(isUnion: false, size: 8, alignment: 8, members: [.init(name: "n", offset: 0, type: .init(next))])
            )
        }
        let function = CType.Function(result: .void, parameters: [.pointer(to: .init(.record(name(0))))])
        contract.exports["f0"] = .function(function)
        let one = contract.snapshot
        let digest = try #require(contract.digest(of: "f0"))
        let more = (1..<1000).map { "export f\($0) \(digest)\n    void f\($0)(struct s0 *)\n" }.joined()
        #expect(try Contract(snapshot: one) == contract)
        #expect(try Contract(snapshot: one + more).exports.count == 1000)
    }
}
