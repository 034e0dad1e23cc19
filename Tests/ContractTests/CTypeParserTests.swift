import Contract
import Testing

/// clang's spellings and our own, by tables.
struct CTypeParserTests {
    /// Two typedefs, and every tag for itself.
    static func resolve(_ reference: CTypeParser.Reference) -> Result<CType.Qualified, CTypeError.Reason> {
        switch reference {
        case .tag(.enum, let tag): .success(CType.Qualified(.enumeration(TypeName(.enum, tag))))
        case .tag(let kind, let tag): .success(CType.Qualified(.record(TypeName(kind, tag))))
        case .unnamed(let kind, let text): .success(CType.Qualified(.record(TypeName(kind ?? .struct, "<\(text)>"))))
        case .plain("size_t"): .success(CType.Qualified(.integer(.unsigned(bits: 64))))
        case .plain("cint"): .success(CType.Qualified(int, isConst: true))
        case .plain("row"): .success(CType.Qualified(.array(of: CType.Qualified(int), count: 3)))
        case .plain("handler"): .success(CType.Qualified(.function(CType.Function(result: .void, parameters: [int]))))
        case .plain("odd"): .failure(.inexpressible("it is odd"))
        case .plain(let name): .failure(.unknown(name))
        }
    }

    private static let int = CType.integer(.signed(bits: 32))
    private static let db = CType.record(TypeName(.struct, "db"))

    private static func pointer(_ type: CType, const isConst: Bool = false, volatile isVolatile: Bool = false) -> CType
    {
        .pointer(to: CType.Qualified(type, isConst: isConst, isVolatile: isVolatile))
    }

    private static func array(_ type: CType, _ count: UInt64?) -> CType {
        .array(of: CType.Qualified(type), count: count)
    }

    private static func function(_ result: CType, _ parameters: CType..., variadic: Bool = false) -> CType {
        .function(CType.Function(result: result, parameters: parameters, isVariadic: variadic))
    }

    static let types: [(String, CType)] = [
        ("void", .void), ("_Bool", .bool), ("bool", .bool), ("char", .integer(.char)),
        ("signed char", .integer(.signed(bits: 8))), ("char unsigned", .integer(.unsigned(bits: 8))),
        ("short", .integer(.signed(bits: 16))), ("unsigned short int", .integer(.unsigned(bits: 16))),
        ("int", int), ("signed", int), ("unsigned", .integer(.unsigned(bits: 32))),
        ("long", .integer(.signed(bits: 64))), ("long long", .integer(.signed(bits: 64))),
        ("int long unsigned long", .integer(.unsigned(bits: 64))), ("__int128", .integer(.signed(bits: 128))),
        ("unsigned __int128", .integer(.unsigned(bits: 128))), ("float", .floating(.float)),
        ("double", .floating(.double)), ("long double", .floating(.longDouble)), ("_Float16", .floating(.half)),
        ("__float128", .floating(.quad)), ("size_t", .integer(.unsigned(bits: 64))),
        ("struct db", db), ("union value", .record(TypeName(.union, "value"))),
        ("enum color", .enumeration(TypeName(.enum, "color"))),
        ("struct (unnamed struct at h.h:3:9) *", pointer(.record(TypeName(.struct, "<unnamed struct at h.h:3:9>")))),
        ("struct (unnamed at a (b)/h.h:3:9)[2]", array(.record(TypeName(.struct, "<unnamed at a (b)/h.h:3:9>")), 2)),
        ("outer::(anonymous union at h.hpp:3:9)", .record(TypeName(.struct, "<anonymous union at h.hpp:3:9>"))),
        ("union (0)[]", array(.record(TypeName(.union, "<0>")), nil)),
        ("const char *", pointer(.integer(.char), const: true)),
        ("char const *restrict _Nonnull", pointer(.integer(.char), const: true)),
        ("volatile int *const *", pointer(pointer(int, volatile: true), const: true)),
        ("volatile handler *", pointer(function(.void, int))), ("const handler *", pointer(function(.void, int))),
        ("const volatile void *", pointer(.void, const: true, volatile: true)),
        ("unsigned char (*)[4]", pointer(array(.integer(.unsigned(bits: 8)), 4))),
        ("int[2][3]", array(array(int, 3), 2)), ("int[]", array(int, nil)), ("row[2]", array(array(int, 3), 2)),
        ("const row *", pointer(.array(of: CType.Qualified(int, isConst: true), count: 3))),
        ("cint *", pointer(int, const: true)),
        ("void (void)", function(.void)), ("void ((*))(void)", pointer(function(.void))),
        ("int *(int)", function(pointer(int), int)), ("int (*)(const int)", pointer(function(int, int))),
        ("const int (volatile int)", function(int, int)),
        ("int (int[4], row)", function(int, pointer(int), pointer(int))),
        ("void (const row)", function(.void, pointer(int, const: true))),
        ("void (handler, handler *)", function(.void, pointer(function(.void, int)), pointer(function(.void, int)))),
        ("void (int (int))", function(.void, pointer(function(int, int)))),
        ("int (const char *, ...)", function(int, pointer(.integer(.char), const: true), variadic: true)),
        ("int (...)", function(int, variadic: true)),
        ("void (int[static 3], int[const])", function(.void, pointer(int), pointer(int))),
        (
            "int (*(*)(int, void (*)(int)))(struct db *)",
            pointer(function(pointer(function(int, pointer(db))), int, pointer(function(.void, int))))
        ),
        ("int (*(*)[3])(void)", pointer(array(pointer(function(int)), 3))),
        ("void (*)(void) __attribute__((noreturn))", pointer(function(.void))),
        ("void (__attribute__((noreturn)) *)(void)", pointer(function(.void))),
        ("void (*)(int) noexcept", pointer(function(.void, int))),
        ("int * __counted_by(n)", pointer(int)), ("char[] __counted_by_or_null(n)", array(.integer(.char), nil)),
        ("void * __sized_by(n * 2) *", pointer(pointer(.void))),
    ]

    @Test(arguments: types)
    func readsType(_ text: String, _ type: CType) throws {
        #expect(try CTypeParser.parse(text, resolve: Self.resolve) == .init(name: nil, type: CType.Qualified(type)))
    }

    static let declarations: [(String, String, CType.Qualified)] = [
        ("int x", "x", CType.Qualified(int)), ("const int x", "x", CType.Qualified(int, isConst: true)),
        ("size_t size_t", "size_t", CType.Qualified(.integer(.unsigned(bits: 64)))),
        ("const char *t", "t", CType.Qualified(pointer(.integer(.char), const: true))),
        ("char *const t", "t", CType.Qualified(pointer(.integer(.char)), isConst: true)),
        ("const int a[2]", "a", CType.Qualified(.array(of: CType.Qualified(int, isConst: true), count: 2))),
        ("int (*(*name)(int))(void)", "name", CType.Qualified(pointer(function(pointer(function(int)), int)))),
        ("int greet(struct db *d, int)", "greet", CType.Qualified(function(int, pointer(db), int))),
        ("struct db *next", "next", CType.Qualified(pointer(db))),
    ]

    @Test(arguments: declarations)
    func readsDeclaration(_ text: String, _ name: String, _ type: CType.Qualified) throws {
        #expect(try CTypeParser.parse(text, resolve: Self.resolve) == .init(name: name, type: type))
    }

    static let refused: [(String, String)] = [
        ("", "column 1: a type should stand here"), ("int int", "column 5: one type only should stand here"),
        ("long short", "column 1: these words are no type together"),
        ("short char", "column 1: these words are no type together"),
        ("unsigned float", "column 1: these words are no type together"),
        ("size_t int", "column 8: a name should stand here"), ("int x y", "column 7: the end should stand here"),
        ("int (*", "column 7: a closing \")\" should stand here"), ("int )", "column 5: the end should stand here"),
        ("int [", "column 6: the length of the array is known only when the program runs"),
        ("int [n]", "column 6: the length of the array is known only when the program runs"),
        ("int [99999999999999999999]", "column 6: " + CTypeError.Reason.tooLarge.description),
        ("nothing *", "column 1: no type is called \"nothing\""), ("int (odd)", "column 6: it is odd"),
        ("int ()", "column 5: () says nothing about the parameters; (void) says that there are none"),
        ("int (void, int)", "column 6: void is the type of no parameter"),
        ("int (void)(void)", "column 5: a function returns neither functions nor arrays"),
        ("int (void)[2]", "column 5: a function returns neither functions nor arrays"),
        ("int [2](void)", "column 5: an array of functions is no type"),
        ("handler[2]", "column 8: an array of functions is no type"),
        ("void[2]", "column 5: an array of void is no type"),
        ("int ; x", "column 5: this character has no meaning in a type"),
        ("int \u{2028}x", "column 5: this is no name to show"),
        ("struct 3", "column 8: a tag should stand here"),
        ("void (^)(void)", "column 7: a block (^) is no C of every compiler"),
        ("int &", "column 5: C has no references"),
        ("_Complex double", "column 1: _Complex is no type of every compiler, and Swift has none like it"),
        (
            "void (struct __va_list_tag *)",
            "column 14: va_list is laid out by each target as it likes, and can be read only once"
        ),
        ("_BitInt(7)", "column 1: _BitInt is passed by each compiler as it likes"),
        ("_Atomic(int) *", "column 1: _Atomic is laid out by each compiler as it likes"),
        (
            "__attribute__((__vector_size__(4 * sizeof(int)))) int",
            "column 16: vector types are passed as the target's options say"
        ),
        (
            "void ((*))(void) __attribute__((ms_abi))",
            "column 33: the calling convention ms_abi is not that of C on this target"
        ),
        ("int __attribute__((strange(1)))", "column 20: nothing is known here about the attribute \"strange\""),
    ]

    @Test(arguments: refused)
    func refuses(_ text: String, _ description: String) {
        let error = #expect(throws: CTypeError.self) { try CTypeParser.parse(text, resolve: Self.resolve) }
        #expect(error?.description == description)
    }

    @Test func aFilesNameInAnErrorIsSafeToShow() {
        let error = #expect(throws: CTypeError.self) {
            try CTypeParser.parse("struct (unnamed at \u{1b}[2J.h:3:9)") { .failure(.unknown("\($0)")) }
        }
        #expect(error?.description.contains("\u{1b}") == false)
    }

    @Test func emptyParenthesesMayMeanVoid() throws {
        let declaration = try CTypeParser.parse("int f()", emptyMeansVoid: true, resolve: Self.resolve)
        #expect(declaration.type.type == Self.function(Self.int))
    }

    /// Each is nothing but deep, long, or large once its names are resolved.
    static let hostile: [String: String] = [
        "declarators": "int " + String(repeating: "(*", count: 30_000) + String(repeating: ")", count: 30_000),
        "pointers": "int " + String(repeating: "*", count: 60_000),
        "bounds": "int " + String(repeating: "[1]", count: 20_000),
        "parameter lists": "int" + String(repeating: "(int", count: 15_000) + String(repeating: ")", count: 15_000),
        "parameters": "int(" + String(repeating: "int,", count: 15_000) + "int)",
        "unnamed": "int " + String(repeating: "(*", count: 60) + String(repeating: "(unnamed)", count: 7_000),
        "blanks": String(repeating: " ", count: 70_000),
    ]

    @Test(arguments: hostile.keys.sorted())
    func boundsHostileText(_ of: String) throws {
        let text = try #require(Self.hostile[of])
        let error = #expect(throws: CTypeError.self) { try CTypeParser.parse(text, resolve: Self.resolve) }
        #expect(error?.reason == .tooLarge)
    }

    @Test func typesBehindNamesCount() throws {
        var type = Self.int
        var outcome: CTypeError.Reason?
        for _ in 0..<64 {
            let inner = type
            do throws(CTypeError) {
                type = try CTypeParser.parse("void (*)(pair, pair)") { _ in .success(CType.Qualified(inner)) }.type.type
            } catch {
                outcome = error.reason
                break
            }
        }
        #expect(outcome == .tooLarge)
    }
}
