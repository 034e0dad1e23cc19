import Contract
import ContractCompiler
import TestSupport
import Testing

/// Headers through the real clang.
struct HeaderCompilerTests {
    static let greeter = """
        #ifndef GREETER_H
        #define GREETER_H
        #include <stddef.h>
        #include <stdio.h>
        #ifdef __cplusplus
        extern "C" {
        #endif
        #define GREET_MAX 16
        #define GREET_LOW (-3)
        #define GREET_ALL 18446744073709551615ULL
        #define GREET_NAME "greeter"
        #define GREET_SHARE 1.5
        #define GREET_LIMIT GREET_MAX * 2
        struct db;
        struct node {
          struct node *next;
          unsigned a : 3, : 0, b : 20;
          const char *const t;
          struct { int u; union { int v; float w; }; } in;
          enum { AA, BB = 7 } e;
          struct leaf { char c; } leaf;
          int flex[];
        };
        typedef struct { int x, y; } point;
        typedef enum { RED, GREEN = 5, BLUE } color;
        enum wide { FAR = 1LL << 40 };
        typedef void (*handler)(void *, int);
        typedef void notify(struct db *);
        int greet(const point *, struct node n, void (*done)(struct db *), color c, handler h, size_t k);
        void far(enum wide, FILE *log, fpos_t at);
        long long (*pick(int row[2][3], notify notify))(void);
        void labelled(void) __asm__("greet_again");
        static inline int helper(void) { return 0; }
        static int own(void);
        __attribute__((visibility("hidden"))) void hidden(void);
        extern int data;
        #ifdef __cplusplus
        }
        #endif
        #endif
        """

    @Test(arguments: ["greeter.h", "greeter.hpp"])
    func readsAllThatAnExportReaches(name: String) throws {
        let contract = try contract(of: Self.greeter, named: name)
        #expect(
            contract.snapshot.split(separator: "\n").filter { !$0.hasPrefix("export ") && !$0.hasPrefix("callback ") }
                .joined(separator: "\n") == """
                    switchboard-contract 1
                    header \(name)
                    target \(contract.target)
                        void far(enum wide, struct _IO_FILE *, struct _G_fpos_t)
                        int greet(const point *, struct node, void (*)(struct db *), color, void (*)(void *, int), unsigned long)
                        void greet_again(void)
                        long (*pick(int (*)[3], void (*)(struct db *)))(void)
                    opaque struct _G_fpos_t size 16 align 8
                    opaque struct _IO_FILE
                    typedef enum color unsigned int
                        RED = 0
                        GREEN = 5
                        BLUE = 6
                    opaque struct db
                    struct leaf size 1 align 1 in struct node
                        0     char c
                    struct node size 40 align 8
                        0     struct node *next
                        8:0   unsigned int a : 3
                        12:0  unsigned int b : 20
                        16    const char *const t
                        24    struct { size 8 align 4
                            0     int u
                            4     union { size 4 align 4
                                0     int v
                                0     float w
                            }
                        } in
                        32    unsigned int e
                        36    struct leaf leaf
                        40    int flex[]
                    typedef struct point size 8 align 4
                        0     int x
                        4     int y
                    enum wide unsigned long
                        FAR = 1099511627776
                        void (*handler)(void *, int)
                        void notify(struct db *)
                    constant AA = 0
                    constant BB = 7
                    constant GREET_ALL = 18446744073709551615
                    constant GREET_LIMIT = 32
                    constant GREET_LOW = -3
                    constant GREET_MAX = 16
                    """)
    }

    @Test func digestsAreTheSameInCAndCPlusPlus() throws {
        let c = try contract(of: Self.greeter)
        for standard in ["c11", "c++11", "gnu++20"] {
            let other = try contract(of: Self.greeter) { $0.standard = standard }
            #expect(other.snapshot == c.snapshot)
        }
    }

    /// `wchar_t` has a sign on most targets, and none on aarch64.
    @Test(arguments: ["x86_64", "aarch64", "riscv64", "powerpc64le"])
    func aWideCharacterIsTheSameInCAndCPlusPlus(machine: String) throws {
        let digests = try ["gnu17", "gnu++17"].map { standard in
            try contract(of: "#include <stddef.h>\nEXTERN void f(wchar_t *);") {
                $0.target = "\(machine)-linux-gnu"
                $0.standard = standard
                $0.definitions = [standard == "gnu17" ? "EXTERN=" : "EXTERN=extern \"C\""]
            }.digest(of: "f")
        }
        #expect(digests[0] != nil && digests[0] == digests[1])
    }

    /// The word `class` and an inline namespace change nothing of a struct of C.
    @Test(arguments: [
        "class s { public: int a; };", "struct s; class s { int a; };",
        "inline namespace v1 { struct s { int a; }; }",
    ])
    func plainStructsOfCPlusPlusAreThoseOfC(definition: String) throws {
        let plusPlus = try contract(of: "\(definition)\nextern \"C\" void f(s *);", named: "greeter.hpp")
        let c = try contract(of: "struct s { int a; };\nvoid f(struct s *);")
        #expect(plusPlus.digest(of: "f") == c.digest(of: "f"))
    }

    @Test func aFunctionThatWasStaticStaysSo() throws {
        let contract = try contract(of: "static int f(int);\nint f(int);\nint g(void);")
        #expect(contract.exports.keys.sorted() == ["g"])
    }

    /// Clang checks accesses by such a word; it is no part of the type, and gcc 14 does not know it.
    @Test func aCountBesideAPointerIsNoPartOfItsType() throws {
        func digest(_ word: String) throws -> String? {
            try contract(
                of: "struct s { int n; int *p \(word); int last[] \(word); };\nvoid f(struct s *);"
            ).digest(of: "f")
        }
        let plain = try digest("")
        #expect(try plain != nil && digest("__attribute__((counted_by(n)))") == plain)
    }

    @Test func takesWhatLiesBesideAndBelow() throws {
        let contract = try contract(
            of: """
                #include "beside.h"
                #include "below/below.h"
                #include <switchboard.h>
                #include <elsewhere.h>
                #include <time.h>
                int own(struct elsewhere *, time_t);
                swb_message_v1 shout;
                """, named: "api/greeter.h",
            beside: [
                "api/beside.h": "#define BESIDE 1\nint beside(void);", "api/below/below.h": "int below(void);",
                "other/elsewhere.h": "#define ELSEWHERE 1\nstruct elsewhere { int a; };",
            ]
        ) {
            $0.includeFolders = [
                Fixture.includeFolder, String($0.path.dropLast("api/greeter.h".count)) + "other",
            ]
        }
        #expect(contract.exports.keys.sorted() == ["below", "beside", "own", "shout"])
        #expect(contract.exports["shout"] == .message)
        #expect(contract.constants == ["BESIDE": 1])
        #expect(contract.types.keys.map(\.description) == ["struct elsewhere"])
    }

    @Test func tellsAllThatCannotBeExpressed() {
        #expect(
            obstacles {
                try contract(
                    of: """
                        #include <stdarg.h>
                        #define DECLARE(name) void name(va_list)
                        typedef int vector __attribute__((vector_size(16)));
                        typedef struct { struct { vector v; } inner; } holder;
                        struct list { struct list *next; holder *holder; };
                        typedef union { int *a; long *b; } both __attribute__((transparent_union));
                        _Complex double cplx(int);
                        int log_it(const char *format,
                                   va_list arguments);
                        DECLARE(made);
                        void walk(const struct list *);
                        void old();
                        void atomic(_Atomic int *);
                        void odd(_BitInt(7) x);
                        void foreign(void (*)(int) __attribute__((ms_abi)));
                        void seen(both);
                        void sized(void *const p __attribute__((pass_object_size(0))));
                        struct never; void whole(struct never);
                        void fine(int, struct never *);
                        """)
            } == [
                "greeter.h:7:17: cplx: _Complex is no type of every compiler, and Swift has none like it",
                "greeter.h:9:20: log_it: va_list is laid out by each target as it likes, and can be read only once",
                "greeter.h:10:1: made: va_list is laid out by each target as it likes, and can be read only once",
                "greeter.h:4:39: walk: vector types are passed as the target's options say",
                "greeter.h:12:6: old: () says nothing about the parameters; (void) says that there are none",
                "greeter.h:13:26: atomic: _Atomic is laid out by each compiler as it likes",
                "greeter.h:14:21: odd: _BitInt is passed by each compiler as it likes",
                "greeter.h:15:21: foreign: the calling convention ms_abi is not that of C on this target",
                "greeter.h:6:9: seen: the union is a transparent union, which is passed as its first member",
                "greeter.h:17:24: sized: pass_object_size passes a number besides, which no type shows",
                "greeter.h:18:20: whole: struct never is passed by value and defined nowhere: define it before",
            ])
    }

    @Test func tellsWhatOfCPlusPlusCannotBeExpressed() {
        #expect(
            obstacles {
                try contract(
                    of: """
                        struct base { int a; };
                        struct derived : base { int b; };
                        struct busy { virtual void f(); };
                        struct owner { ~owner(); };
                        struct tidy { int a; int twice() const { return 2 * a; } };
                        struct pinned { pinned(const pinned &) = delete; pinned(pinned &&) = delete; int a; };
                        template <class T> struct box { T t; };
                        void mangled(int &);
                        extern "C" {
                        void reference(const base &);
                        void by(derived *);
                        void by_busy(busy *);
                        void by_owner(owner *);
                        void by_box(box<int> *);
                        pinned by_pinned(void);
                        void fine(tidy *, bool, char16_t, wchar_t) noexcept;
                        }
                        """, named: "greeter.hpp")
            } == [
                "greeter.hpp:10:28: reference: C has no references",
                "greeter.hpp:2:8: by: struct derived is a C++ class that C does not know how to lay out or to pass",
                "greeter.hpp:3:8: by_busy: struct busy is a C++ class that C does not know how to lay out or to pass",
                "greeter.hpp:4:8: by_owner: struct owner is a C++ class that C does not know how to lay out or to pass",
                "greeter.hpp:14:23: by_box: C has no templates",
                "greeter.hpp:6:8: by_pinned: struct pinned is a C++ class that C does not know how to lay out or to pass",
            ])
    }

    @Test func typesWithoutANameInOnePlaceAreToldApartOrRefused() throws {
        let told = try contract(
            of: """
                #define PAIR struct { struct { int a; } x; int b; }
                typedef PAIR one; typedef PAIR two;
                typedef const struct { int a; } fixed;
                typedef struct { int a; } *first, second;
                void f(one *, two *, fixed *, first, second *);
                """)
        #expect(told.types.keys.sorted().map(\.name) == ["one", "second", "two"])
        #expect(told.snapshot.contains("void f(one *, two *, const struct { int a; } *, second *, second *)"))
        #expect(
            obstacles {
                try contract(
                    of:
                        "#define TWO struct { struct { int a; } x; struct { int b; } y; }\ntypedef TWO two; void f(two *);"
                )
            } == ["greeter.h:2:9: f: a macro makes several types without a name in one place: give them tags"])
    }

    @Test func linesThatPretendToBeOfAnotherFileAreStillTheHeaders() throws {
        let read = try contract(
            of: """
                #line 200 "greeter.y"
                struct s { struct { int a; } x; };
                void f(struct s *);
                #line 10
                void g(struct s, ...);
                """)
        #expect(read.exports.keys.sorted() == ["f", "g"])
        #expect(
            obstacles { try contract(of: "#line 7 \"a.y\"\nvoid f(_Complex float);") }.first?.hasPrefix("a.y:7:22: f:")
                == true)
    }

    @Test func anOpaqueTypesSizeCountsOnlyWhereItIsHeld() throws {
        let alone = try contract(of: "#include <stdio.h>\nvoid f(fpos_t *);")
        let both = try contract(of: "#include <stdio.h>\nvoid f(fpos_t *); void g(fpos_t);")
        #expect(alone.digest(of: "f") == both.digest(of: "f"))
        #expect(alone.snapshot.contains("\nopaque struct _G_fpos_t\n"))
        #expect(both.snapshot.contains("\nopaque struct _G_fpos_t size 16 align 8"))
    }

    /// One answer about all of them was larger than an answer may be: they are asked for by the thousand.
    @Test func everyMacroOfManyIsAConstant() throws {
        let macros = (0..<2_001).map { "#define N_\($0) (\($0) + 1)\n" }.joined()
        let constants = try contract(of: macros + "int f(void);\n").constants
        #expect(constants.count == 2_001)
        #expect(constants.allSatisfy { $0.key == "N_\($0.value - 1)" })
    }

    @Test func leavesOutWhatItIsTold() throws {
        let text = "void first(void); void b(_Complex float); void c(void);"
        #expect(try contract(of: text) { $0.except = ["b"] }.exports.keys.sorted() == ["c", "first"])
        #expect(try contract(of: text) { $0.only = ["c"] }.exports.keys.sorted() == ["c"])
        for change in [{ $0.except = ["frist"] }, { $0.only = ["frist"] }] as [(inout HeaderRequest) -> Void] {
            let error = #expect(throws: HeaderError.self) { try contract(of: text, change) }
            #expect(error?.lines == ["the header exports no \"frist\": did you mean \"first\"?"])
        }
        let error = #expect(throws: HeaderError.self) { try contract(of: text) { $0.except = ["first", "b", "c"] } }
        #expect(error?.code == "contract.no-export")
    }

    /// A snapshot with such a name in it could not be read back.
    @Test(arguments: [
        "quo\"te.h", "back\\slash.h", "new\nline.h", "bell\u{7}.h", " blank.h", "new\nline/a.h", "quo\"te/a.h",
        "back\\slash/a.h",
    ])
    func aNameThatCannotBeWrittenDownIsRefused(name: String) {
        let error = #expect(throws: HeaderError.self) { try contract(of: "void f(int);", named: name) }
        #expect(error?.code == "contract.header-name" && error?.isRefusal == true)
        let shown = name.replacing("\n", with: "\\u{a}").replacing("\u{7}", with: "\\u{7}")
        #expect(error?.lines.first?.contains("/\(shown): ") == true, "\(error?.lines ?? [])")
    }

    @Test(arguments: ["späce and 'quotes'.h", "per%cent:colon.h", "ends in .h", "a b/ü.h", "no_suffix"])
    func everyOtherNameIsReadBack(name: String) throws {
        let contract = try contract(of: "struct s { struct { int a; } b; };\nvoid f(struct s *);", named: name)
        #expect(contract.exports.keys.sorted() == ["f"])
        #expect(try Contract(snapshot: contract.snapshot) == contract)
    }

    @Test func showsTheCompilersFirstErrors() {
        let error = #expect(throws: HeaderError.self) { try contract(of: "int a(void);\nint b(unknown *);\n") }
        #expect(error?.code == "contract.compile" && error?.isRefusal == true)
        #expect(error?.lines.count == 2)
        #expect(error?.lines[1].hasSuffix("/greeter.h:2:7: error: unknown type name 'unknown'") == true)
    }

    /// What such a struct holds, clang's tree does not show; another one that is called so is none of it.
    @Test(arguments: [
        "void f(struct here { int a; } *);", "struct here { int a; };\nvoid f(struct here { char a; } *);",
        "typedef struct { int a; } here;\nvoid f(struct here *);",
    ])
    func aStructOfOneParameterListIsRefused(header: String) {
        let error = #expect(throws: HeaderError.self) { try contract(of: header) }
        #expect(error?.code == "contract.compile")
        #expect(error?.lines.last?.contains("declaration of 'struct here' will not be visible outside") == true)
    }

    @Test func anEnumWithAModeIsRefused() {
        #expect(
            obstacles { try contract(of: "enum __attribute__((mode(QI))) tiny { A };\nvoid f(enum tiny *);") } == [
                "greeter.h:1:32: f: a mode says what the enum is stored in: write packed, or the type behind a colon"
            ])
    }

    /// A struct goes before a typedef of its name, which names another type.
    @Test func aTagIsNoTypedef() throws {
        let contract = try contract(of: "typedef struct { int a; } box; struct box; void f(struct box *, box *);")
        #expect(contract.types[TypeName(.struct, "box")] == .opaque(size: nil, alignment: nil))
        #expect(contract.snapshot.contains("void f(struct box *, box *)"))
    }

    @Test func enumsAreStoredAsTheCompilerSays() throws {
        let contract = try contract(
            of: """
                enum plain { P = 1 }; enum negative { N = -1 }; enum unsigned_top { U = 4294967295u };
                enum both { B = -1, C = 4294967295u }; enum long_ { L = 1ull << 63 }; enum low { W = -1ll << 40 };
                enum __attribute__((packed)) byte { Y = 255 }; enum __attribute__((packed)) tiny { T = -128 };
                enum __attribute__((packed)) pair { Q = 256 }; typedef enum { K = -129 } __attribute__((packed)) pack;
                void f(enum plain, enum negative, enum unsigned_top, enum both, enum long_, enum low, enum byte,
                       enum tiny, enum pair, pack);
                """)
        let storages = contract.types.mapValues { definition in
            if case .enumeration(let enumeration) = definition { "\(enumeration.storage)" } else { "none" }
        }
        #expect(
            Dictionary(uniqueKeysWithValues: storages.map { ($0.key.name, $0.value) }) == [
                "plain": "unsigned int", "negative": "int", "unsigned_top": "unsigned int",
                "both": "long", "long_": "unsigned long", "low": "long",
                "byte": "unsigned char", "tiny": "signed char", "pair": "unsigned short",
                "pack": "short",
            ])
    }

    @Test func refusesTargetsThatAreNotLP64() {
        let error = #expect(throws: HeaderError.self) {
            try contract(of: "void f(long);") { $0.target = "i686-linux-gnu" }
        }
        #expect(error?.code == "contract.target")
    }

    @Test func laysOutForAnotherTarget() throws {
        let contract = try contract(of: "struct s { long double d; }; void f(struct s);") {
            $0.target = "aarch64-linux-gnu"
        }
        #expect(contract.target == "aarch64-unknown-linux-gnu")
        guard case .record(let record) = contract.types[TypeName(.struct, "s")] else {
            Issue.record("no record")
            return
        }
        #expect(record.alignment == 16)
    }
}
