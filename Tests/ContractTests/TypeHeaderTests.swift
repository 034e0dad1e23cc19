import Contract
import TestSupport
import Testing

/// The generated header, read by compilers.
@Suite struct TypeHeaderTests {
    /// The header that `SampleContract` was made after, and what the compilers add.
    private static let greeter = """
        #include <time.h>
        typedef struct { int x; int y; } point;
        struct db;
        struct node {
            struct node *next;
            unsigned int a : 3;
            unsigned int b : 1;
            union { long integer; double number; };
            struct tm when;
            enum color { RED = 0, BLUE = 1 } color;
            const struct { int first; struct { int second; } pair; union { int third; int fourth; }; } *pairs;
            char t[12];
        };
        typedef void (*handler)(void *, int);
        #ifdef __cplusplus
        extern "C" {
        #endif
        int greet(const point *, struct node, void (*)(struct db *));
        #ifdef __cplusplus
        }
        #endif

        """

    private static let contract: Contract = {
        var contract = SampleContract.contract
        guard case .record(var node) = contract.types[SampleContract.node] else { return contract }
        node.members.removeLast()
        contract.types[SampleContract.node] = .record(node)
        return contract
    }()

    @Test func saysTypesAndLayouts() throws {
        let digest = try #require(Self.contract.digest(of: "greet"))
        #expect(
            Self.contract.typeHeader == """
                /* What host and plugin agree on in greeter.h, for x86_64-unknown-linux-gnu.
                 * Written by plugctl contract digest --header; write it anew when greeter.h changes, and edit nothing here. */
                #ifndef GREETER_TYPES_H
                #define GREETER_TYPES_H

                #include <stddef.h>
                #include "greeter.h"

                /* The types of the exports: in a manifest "export = greet " GREETER_GREET_TYPE "\\n", in a Swift host
                 * Export("greet", as: ..., type: GREETER_GREET_TYPE). */
                #define GREETER_GREET_TYPE "\(digest)"
                #define GREETER_LOG_TYPE "message"

                /* Static assertions of C11 and C++17 alike. */
                #ifdef __cplusplus
                #define GREETER_TYPES_ASSERT(condition, what) static_assert(condition, what GREETER_TYPES_REMEDY)
                #define GREETER_TYPES_ALIGNOF(type) alignof(type)
                #define GREETER_TYPES_IS(type, name, value) (type::name == static_cast<decltype(type::name)>(value))
                #else
                #define GREETER_TYPES_ASSERT(condition, what) _Static_assert(condition, what GREETER_TYPES_REMEDY)
                #define GREETER_TYPES_ALIGNOF(type) _Alignof(type)
                #define GREETER_TYPES_IS(type, name, value) (name == (value))
                #endif
                #define GREETER_TYPES_REMEDY \\
                  " differs from the contract in greeter.h: build without -fpack-struct, -fshort-enums, #pragma pack and " \\
                  "options that change char, wchar_t or long double, for " \\
                  "x86_64-unknown-linux-gnu; or write this file anew with plugctl contract digest --header, if greeter.h changed"

                #ifdef __cplusplus
                GREETER_TYPES_ASSERT(sizeof(enum node::color) == 4, "the size of enum node::color");
                GREETER_TYPES_ASSERT(GREETER_TYPES_IS(node::color, RED, 0), "the value of node::RED");
                GREETER_TYPES_ASSERT(GREETER_TYPES_IS(node::color, BLUE, 1), "the value of node::BLUE");
                #else
                GREETER_TYPES_ASSERT(sizeof(enum color) == 4, "the size of enum color");
                GREETER_TYPES_ASSERT(GREETER_TYPES_IS(color, RED, 0), "the value of RED");
                GREETER_TYPES_ASSERT(GREETER_TYPES_IS(color, BLUE, 1), "the value of BLUE");
                #endif

                GREETER_TYPES_ASSERT(sizeof(struct node) == 112, "the size of struct node");
                GREETER_TYPES_ASSERT(GREETER_TYPES_ALIGNOF(struct node) == 8, "the alignment of struct node");
                GREETER_TYPES_ASSERT(offsetof(struct node, next) == 0, "the place of next in struct node");
                GREETER_TYPES_ASSERT(offsetof(struct node, integer) == 16, "the place of integer in struct node");
                GREETER_TYPES_ASSERT(offsetof(struct node, number) == 16, "the place of number in struct node");
                GREETER_TYPES_ASSERT(offsetof(struct node, when) == 24, "the place of when in struct node");
                GREETER_TYPES_ASSERT(offsetof(struct node, color) == 80, "the place of color in struct node");
                GREETER_TYPES_ASSERT(offsetof(struct node, pairs) == 88, "the place of pairs in struct node");
                GREETER_TYPES_ASSERT(offsetof(struct node, t) == 96, "the place of t in struct node");

                GREETER_TYPES_ASSERT(sizeof(point) == 8, "the size of point");
                GREETER_TYPES_ASSERT(GREETER_TYPES_ALIGNOF(point) == 4, "the alignment of point");
                GREETER_TYPES_ASSERT(offsetof(point, x) == 0, "the place of x in point");
                GREETER_TYPES_ASSERT(offsetof(point, y) == 4, "the place of y in point");

                GREETER_TYPES_ASSERT(sizeof(struct tm) == 56, "the size of struct tm");
                GREETER_TYPES_ASSERT(GREETER_TYPES_ALIGNOF(struct tm) == 8, "the alignment of struct tm");

                #endif

                """)
    }

    /// Compiles a file that includes the type header: the compiler's exit code and what it wrote.
    private func compile(
        _ contract: Contract, _ header: String, with command: [String], include: String = "greeter_types.h"
    ) throws -> Command {
        let folder = try TemporaryFolder()
        try folder.write(header, to: contract.header)
        try folder.write(contract.typeHeader, to: include)
        let source = try folder.write("#include \"\(include)\"\nint plugin(void);\n", to: "plugin.c")
        return try Command.run(
            command + ["-Wall", "-Wextra", "-Wpedantic", "-Werror", "-fsyntax-only", source])
    }

    private static let compilers = [
        ["clang", "-std=c11"], ["gcc", "-std=c11"], ["clang", "-std=c17"],
        ["clang", "-x", "c++", "-std=c++17"], ["gcc", "-x", "c++", "-std=c++17"],
    ]

    @Test(arguments: compilers)
    func compilesWithoutAWarning(command: [String]) throws {
        let result = try compile(Self.contract, Self.greeter, with: command)
        #expect(result.exitCode == 0, "\(result.stderr)")
    }

    @Test(arguments: compilers, ["-fpack-struct=1", "-fshort-enums"])
    func otherFlagsAreRefusedWithARemedy(command: [String], flag: String) throws {
        let result = try compile(Self.contract, Self.greeter, with: command + [flag])
        #expect(result.exitCode != 0)
        #expect(
            result.stderr.contains(
                "differs from the contract in greeter.h: build without -fpack-struct, -fshort-enums, #pragma pack"))
        #expect(result.stderr.contains(flag == "-fshort-enums" ? "the size of enum" : "the alignment of point"))
    }

    /// Every number that a 64-bit enum can have, without a warning about signs; its header's own are its author's affair.
    @Test(arguments: [["clang"], ["gcc"], ["clang", "-x", "c++"], ["gcc", "-x", "c++"]])
    func numbersAreLiteralsWithoutWarnings(command: [String]) throws {
        var contract = Contract(header: "9-numbers.h", target: "t")
        contract.types[TypeName(.enum, "low")] = .enumeration(
            .init(storage: .signed(bits: 64), enumerators: [.init("LOW", Int128(Int64.min)), .init("MINUS", -1)]))
        contract.types[TypeName(.enum, "high")] = .enumeration(
            .init(storage: .unsigned(bits: 64), enumerators: [.init("HIGH", Int128(UInt64.max)), .init("ONE", 1)]))
        let header = """
            #pragma GCC system_header
            enum low { LOW = -9223372036854775807 - 1, MINUS = -1 };
            enum high { HIGH = 18446744073709551615u, ONE = 1 };

            """
        let result = try compile(contract, header, with: command, include: "numbers_types.h")
        #expect(result.exitCode == 0, "\(result.stderr)")
    }

    /// C++ looks for a struct where it was declared, however deep that is; C knows no inside.
    @Test(arguments: compilers)
    func nestedTypesAreFoundByEveryCompiler(command: [String]) throws {
        var contract = Contract(header: "deep.h", target: "t")
        let names = ["outer", "middle", "inner"].map { TypeName(.struct, $0) }
        for name in names {
            contract.types[name] = .record(
                Record(
                    isUnion: false, size: 4, alignment: 4,
                    members: [.init(name: "a", offset: 0, type: .init(.integer(.signed(bits: 32))))]))
        }
        (contract.nested[names[1]], contract.nested[names[2]]) = (names[0], names[1])
        let header = "struct outer { struct middle { struct inner { int a; } a; } a; };\n"
        let result = try compile(contract, header, with: command)
        #expect(result.exitCode == 0, "\(result.stderr)")
        // Nested in each other: no header says so, a text may.
        contract.nested[names[0]] = names[2]
        #expect(contract.typeHeader.contains("struct middle::inner::outer"))
    }

    @Test func symbolsThatDifferInCaseAloneKeepTheirOwnMacros() {
        var contract = Contract(header: "x.hpp", target: "t")
        for symbol in ["open", "Open", "close"] { contract.exports[symbol] = .message }
        for macro in ["X_open_TYPE", "X_Open_TYPE", "X_CLOSE_TYPE"] {
            #expect(contract.typeHeader.contains("#define \(macro) \"message\"\n"))
        }
    }
}
