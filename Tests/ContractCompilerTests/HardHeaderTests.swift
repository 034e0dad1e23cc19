import Contract
import TestSupport
import Testing

@testable import ContractCompiler

/// The headers of Tests/Fixtures/headers, each hard in its own way, beside the snapshots that were read by eye.
@Suite struct HardHeaderTests {
    static let folder = Fixture.sourceFolder + "/headers"
    static let headers = [
        "anonymous.h", "bit_fields.h", "booleans.h", "empty.h", "enums.h", "flexible.h", "function_pointers.h",
        "in_both_languages.h", "packed.h", "plus_plus.hpp", "recursive.h", "system.h",
    ]

    private static func contract(_ header: String) throws -> Contract {
        try testCompiler.get().contract(of: HeaderRequest("\(folder)/\(header)"))
    }

    private static func text(_ name: String) throws -> String {
        String(decoding: try readFile("\(folder)/\(name)"), as: UTF8.self)
    }

    private static func stem(_ header: String) -> Substring { header.prefix { $0 != "." } }

    @Test(arguments: headers)
    func isSnapshottedAsItWas(header: String) throws {
        let contract = try Self.contract(header)
        let written = try Self.text(Self.stem(header) + ".contract")
        #expect(contract.snapshot == written)
        #expect(try Contract(snapshot: written) == contract)
    }

    /// Another compiler's word on every size, offset and value: those that it does not share do not compile.
    @Test(arguments: headers, [Fixture.Compiler.clang, .gcc, .clangPlusPlus, .gPlusPlus])
    func isLaidOutAlikeByEveryCompiler(header: String, compiler: Fixture.Compiler) throws {
        let isC = compiler == .clang || compiler == .gcc
        guard isC ? !header.hasSuffix(".hpp") : Self.speaksCPlusPlus.contains(header) else { return }
        // C has `enum fixed : unsigned short` since C23, and gcc before its version 13 only in C++.
        guard compiler != .gcc || header != "enums.h" else { return }
        let folder = try TemporaryFolder()
        try folder.write(Self.contract(header).typeHeader, to: "types.h")
        _ = try Fixture.build(
            #"#include "types.h""#, compiler: compiler, flags: ["-I\(Self.folder)", "-Wno-pedantic", "-Werror"],
            into: folder)
    }

    /// Those that C++ can read as they stand.
    private static let speaksCPlusPlus: Set = ["in_both_languages.h", "plus_plus.hpp"]

    /// A digest is of what both languages mean, whichever read it.
    @Test(arguments: ["anonymous", "bit_fields", "enums", "flexible", "function_pointers", "packed"])
    func hasTheSameDigestsInCPlusPlus(name: String) throws {
        let c = try Self.contract(name + ".h")
        let text = "extern \"C\" {\n" + (try Self.text(name + ".h")) + "}\n"
        let cPlusPlus = try ContractCompilerTests.contract(of: text) {
            $0.standard = "gnu++17"
            $0.definitions = ["_Bool=bool", "_Alignas=alignas"]
        }
        #expect(c.exports.keys.sorted() == cPlusPlus.exports.keys.sorted())
        for symbol in c.exports.keys.sorted() {
            #expect(c.digest(of: symbol) == cPlusPlus.digest(of: symbol), "\(symbol)\n\(cPlusPlus.snapshot)")
        }
    }

    @Test func isOneContractInBothLanguages() throws {
        var request = HeaderRequest(Self.folder + "/in_both_languages.h")
        request.standard = "c++17"
        #expect(try testCompiler.get().contract(of: request) == Self.contract("in_both_languages.h"))
    }

    @Test func saysOfEveryExportWhatCannotBeExpressed() throws {
        let error = #expect(throws: HeaderError.self) { try Self.contract("inexpressible.h") }
        let said = error?.description.replacing("\(Self.folder)/", with: "")
        #expect(said.map { $0 + "\n" } == (try Self.text("inexpressible.txt")))
        #expect(error?.isRefusal == true)
    }

    @Test func whatIsLeftOutNeedsNoExpression() throws {
        var request = HeaderRequest(Self.folder + "/inexpressible.h")
        request.only = ["fine"]
        #expect(try testCompiler.get().contract(of: request).exports.keys.sorted() == ["fine"])
        request.only = []
        request.except = ["absolute", "print", "add", "publish", "bits", "unchecked", "elsewhere", "hold", "later"]
        #expect(try testCompiler.get().contract(of: request).exports.keys.sorted() == ["fine"])
    }
}
