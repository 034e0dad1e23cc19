import Contract
import ContractCompiler
import TestSupport
import Testing

/// What clang's declarations and layouts do not show of an ABI is in the digest all the same, or refused.
struct UnseenChangeTests {
    /// Gcc turns the bytes of such a struct round; an attribute that is for checks alone is none of our business.
    @Test(arguments: [
        (
            "struct __attribute__((scalar_storage_order(\"big-endian\"))) s { int a; };",
            "1:23: unknown attribute 'scalar_storage_order' ignored"
        ),
        (
            "struct s { int a; } __attribute__((packed, scalar_storage_order(\"big-endian\")));",
            "1:44: unknown attribute 'scalar_storage_order' ignored"
        ),
        ("#define BIG [[gnu::hardbool]]\nstruct BIG s { int a; };", "2:8: unknown attribute 'gnu::hardbool' ignored"),
        ("#pragma scalar_storage_order big-endian\nstruct s { int a; };", "1:9: unknown pragma ignored"),
        (
            "union __attribute__((transparent_union)) s { int a; double b; };\n",
            "1:60: size of field 'b' (64 bits) does not match the size of the first field in transparent union; "
                + "transparent_union attribute ignored"
        ),
    ])
    func anAttributeThatClangDoesNotHeedIsRefused(header: String, line: String) {
        let word = header.contains("union") ? "union" : "struct"
        let error = #expect(throws: HeaderError.self) { try contract(of: "\(header)\nvoid f(\(word) s *);") }
        #expect(error?.code == "contract.attribute" && error?.isRefusal == true)
        #expect(error?.lines.count == 2)
        #expect(error?.lines.last?.hasSuffix("/greeter.h:\(line)") == true, "\(error?.lines ?? [])")
    }

    @Test func anAttributeThatChangesNoLayoutIsPassedOver() throws {
        let contract = try contract(
            of: """
                #pragma nobody knows this
                struct s { char a[4] __attribute__((nonstring)); };
                void f(const struct s *) __attribute__((__access__(read_only, 1), noipa));
                """)
        #expect(contract.exports.keys.sorted() == ["f"])
    }

    /// An alignment behind a pointer is a promise; of what is passed itself it is none, and a member's shows by its offset.
    @Test func whatATypedefPromisesOfAnAlignmentIsInTheDigest() throws {
        func digest(_ typedef: String, _ function: String = "void f(t *);") throws -> String {
            let contract = try contract(of: "struct r { int a; };\n\(typedef)\n\(function)")
            let snapshot = contract.snapshot
            #expect(try Contract(snapshot: snapshot) == contract)
            return try #require(contract.digest(of: "f"))
        }
        let different = try [
            "typedef int t;", "typedef int t __attribute__((aligned(2)));",
            "typedef int t __attribute__((aligned(8)));",
            "typedef int t __attribute__((aligned(16)));", "typedef struct r t;",
            "typedef struct r t __attribute__((aligned(16)));",
            "typedef struct { int a; } t __attribute__((aligned(32)));",
            "typedef int t[4];", "typedef int t[4] __attribute__((aligned(16)));", "typedef int *t;",
            "typedef int i __attribute__((aligned(16))); typedef i *t;",
        ].map { try digest($0) }
        #expect(Set(different).count == different.count)
        let alike = try [
            "typedef int t __attribute__((aligned(16)));", "typedef int i __attribute__((aligned)); typedef i t;",
            "typedef int i __attribute__((aligned(2))); typedef i t __attribute__((aligned(16)));",
        ].map { try digest($0) }
        #expect(Set(alike).count == 1)
        for (function, plain) in [
            ("void f(t);", "typedef int t;"), ("t f(void);", "typedef int t;"),
            ("void f(t *);", "typedef int t __attribute__((aligned(4)));"),
        ] {
            let promise = plain.contains("aligned") ? "typedef int t;" : "typedef int t __attribute__((aligned(16)));"
            #expect(try digest(plain, function) == digest(promise, function))
        }
        #expect(
            try digest("typedef int t __attribute__((aligned(16)));", "struct s { t a; t *b; }; void f(struct s *);")
                != digest("typedef int t;", "struct s { t a __attribute__((aligned(16))); t *b; }; void f(struct s *);")
        )
        #expect(
            try digest("typedef int t __attribute__((aligned(16)));", "struct s { t a; }; void f(struct s *);")
                == digest("typedef int t;", "struct s { t a __attribute__((aligned(16))); }; void f(struct s *);"))
    }

    @Test func aPromisedAlignmentIsSpelledAndAChangeOfItIsTold() throws {
        let old = try contract(of: "typedef int t; void f(t *);")
        let new = try contract(of: "typedef int t __attribute__((aligned(16))); void f(t *);")
        #expect(new.spelled("f") == "void f(_Alignas(16) int *)")
        let changes = ContractDiff(old: old, new: new).changes
        #expect(changes.map(\.kind) == [.exportParameter])
        #expect(changes.first?.new == "_Alignas(16) int *")
    }

    /// Options that no layout shows where scalars are only passed, for each compiler: the type header compiles without them,
    /// and refuses them where the type is reached.
    @Test(
        arguments: [
            ("int f(char);", "-funsigned-char", "the sign of char"),
            ("void f(void (*)(void), int (*)(char));", "-funsigned-char", "the sign of char"),
            ("#include <stddef.h>\nvoid f(wchar_t);", "-fshort-wchar", "wchar_t"),
            (
                "#include <stddef.h>\ntypedef wchar_t letter; struct s { const letter *text; };\nvoid f(struct s *);",
                "-fshort-wchar", "wchar_t"
            ),
            ("long double f(void);", "-mlong-double-64", "long double"),
            ("void f(const long double *);", "-mlong-double-64", "long double"),
            ("typedef void (*callback)(long double); void f(callback);", "-mlong-double-128", "long double"),
        ], [["clang", "-std=c11"], ["gcc", "-std=c11"], ["clang", "-xc++"], ["gcc", "-xc++", "-std=c++17"]])
    func theTypeHeaderAssertsScalarsThatAreReached(
        fact: (header: String, option: String, what: String), compiler: [String]
    ) throws {
        let header = "#ifdef __cplusplus\nextern \"C\" {\n#endif\n\(fact.header)\n#ifdef __cplusplus\n}\n#endif\n"
        let contract = try contract(of: header)
        #expect(try Contract(snapshot: contract.snapshot).typeHeader == contract.typeHeader)
        let folder = try TemporaryFolder()
        try folder.write(header, to: "greeter.h")
        try folder.write(contract.typeHeader, to: "greeter_types.h")
        let source = try folder.write("#include \"greeter_types.h\"\nint plugin(void);\n", to: "plugin.c")
        func compile(_ options: [String]) throws -> Command {
            try Command.run(
                compiler + options + ["-Wall", "-Wextra", "-Wpedantic", "-Werror", "-fsyntax-only", source])
        }
        let plain = try compile([])
        #expect(plain.exitCode == 0, "\(plain.stderr)")
        let other = try compile([fact.option])
        #expect(other.exitCode != 0)
        #expect(other.stderr.contains("\(fact.what) differs from the contract in greeter.h"), "\(other.stderr)")
    }

    @Test func theTypeHeaderAssertsNothingOfScalarsThatAreNotReached() throws {
        let contract = try contract(
            of: """
                #include <stddef.h>
                typedef wchar_t letter;
                struct unused { long double a; letter b; };
                struct used { char name[8]; };
                void left_out(struct unused *, letter, char);
                int f(struct used *, const char *, signed char, unsigned char, double);
                """
        ) { $0.except = ["left_out"] }
        #expect(contract.typeHeader.contains("sizeof(struct used)"))
        for word in ["WCHAR", "LDBL", "'"] { #expect(!contract.typeHeader.contains(word)) }
    }
}
