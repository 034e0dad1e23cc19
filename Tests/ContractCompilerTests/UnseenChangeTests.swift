import Contract
import ContractCompiler
import Testing

/// What clang's declarations and layouts do not show of an ABI is in the digest all the same, or refused.
struct UnseenChangeTests {
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
}
