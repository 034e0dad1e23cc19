import Contract
import Testing

/// C types in C's own words.
@Suite struct SpellingTests {
    private typealias Qualified = CType.Qualified

    private static let int = CType.integer(.signed(bits: 32))
    private static let char = CType.integer(.char)
    private static func function(_ result: CType, _ parameters: CType..., isVariadic: Bool = false) -> CType {
        .function(.init(result: result, parameters: parameters, isVariadic: isVariadic))
    }
    private static func pointer(_ type: CType, isConst: Bool = false, isVolatile: Bool = false) -> CType {
        .pointer(to: .init(type, isConst: isConst, isVolatile: isVolatile))
    }

    private static let table: [(CType, String, String)] = [
        (int, "int", "int x"), (.integer(.unsigned(bits: 8)), "unsigned char", "unsigned char x"),
        (.integer(.signed(bits: 8)), "signed char", "signed char x"),
        (.integer(.unsigned(bits: 64)), "unsigned long", "unsigned long x"),
        (.integer(.signed(bits: 16)), "short", "short x"),
        (.integer(.unsigned(bits: 128)), "unsigned __int128", "unsigned __int128 x"),
        (.floating(.longDouble), "long double", "long double x"), (.bool, "bool", "bool x"),
        (pointer(char, isConst: true), "const char *", "const char *x"),
        (pointer(pointer(char, isConst: true), isConst: true), "const char *const *", "const char *const *x"),
        (pointer(int, isConst: true, isVolatile: true), "const volatile int *", "const volatile int *x"),
        (.array(of: .init(int), count: 4), "int[4]", "int x[4]"),
        (.array(of: .init(.array(of: .init(int), count: 3)), count: 2), "int[2][3]", "int x[2][3]"),
        (.array(of: .init(char), count: nil), "char[]", "char x[]"),
        (.array(of: .init(pointer(int), isConst: true), count: 3), "int *const[3]", "int *const x[3]"),
        (pointer(.array(of: .init(int), count: 4)), "int (*)[4]", "int (*x)[4]"),
        (.array(of: .init(pointer(function(.void))), count: 2), "void (*[2])(void)", "void (*x[2])(void)"),
        (function(int, int, isVariadic: true), "int (int, ...)", "int x(int, ...)"),
        (function(int, isVariadic: true), "int (...)", "int x(...)"),
        (pointer(function(.void, int)), "void (*)(int)", "void (*x)(int)"),
        (
            function(pointer(function(int)), int, pointer(function(.void, pointer(.void)))),
            "int (*(int, void (*)(void *)))(void)", "int (*x(int, void (*)(void *)))(void)"
        ),
        (
            pointer(function(pointer(function(int)), int)), "int (*(*)(int))(void)", "int (*(*x)(int))(void)"
        ),
        (
            pointer(function(pointer(.array(of: .init(int), count: 4)))), "int (*(*)(void))[4]", "int (*(*x)(void))[4]"
        ),
        (pointer(.record(.init(.struct, "node")), isConst: true), "const struct node *", "const struct node *x"),
        (.record(.init(.typedef, "point")), "point", "point x"),
        (.enumeration(.init(.enum, "color")), "enum color", "enum color x"),
        (
            .inline(
                Record(
                    isUnion: true, size: 4, alignment: 4,
                    members: [
                        .init(name: "a", offset: 0, width: 3, type: .init(int)),
                        .init(name: "f", offset: 0, type: .init(.floating(.float))),
                    ])), "union { int a : 3; float f; }", "union { int a : 3; float f; } x"
        ),
    ]

    @Test(arguments: table)
    func isThatOfC(type: CType, abstract: String, named: String) {
        #expect(type.spelled() == abstract)
        #expect(type.spelled("x") == named)
    }

    /// C17, 6.7.3: `typedef int four[4]; const four *x` promises not to write to the elements.
    @Test func qualifiedArrayIsOneOfQualifiedElements() {
        let four = CType.array(of: .init(Self.int), count: 4)
        #expect(Self.pointer(four, isConst: true).spelled("x") == "const int (*x)[4]")
    }
}
