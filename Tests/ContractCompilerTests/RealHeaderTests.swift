import ContractCompiler
import Glibc
import TestSupport
import Testing

@testable import Contract

/// The headers of libraries in use, as the distribution installs them.
///
/// How long it takes is measured elsewhere.
@Suite struct RealHeaderTests {
    private static func contract(_ header: String, except: [String]) throws -> Contract {
        var request = HeaderRequest("/usr/include/\(header)")
        request.except = except
        return try testCompiler.get().contract(of: request)
    }

    /// Header, exports that take a va_list, some of the others, and the package.
    private static let libraries: [(String, except: [String], some: Set<String>, package: String)] = [
        ("zlib.h", ["gzvprintf"], ["deflate", "inflate", "crc32", "gzopen"], "zlib1g-dev"),
        (
            "sqlite3.h", ["sqlite3_str_vappendf", "sqlite3_vmprintf", "sqlite3_vsnprintf"],
            ["sqlite3_open", "sqlite3_exec", "sqlite3_prepare_v2", "sqlite3_create_function_v2"], "libsqlite3-dev"
        ),
    ]

    @Test(arguments: libraries.indices)
    func isReadWholeButForWhatTakesAnArgumentList(index: Int) throws {
        let (header, except, some, package) = Self.libraries[index]
        guard access("/usr/include/\(header)", R_OK) == 0 else {
            print("RealHeaderTests: \(header) was not read: apt-get install \(package)")
            return
        }
        let error = #expect(throws: HeaderError.self) { try Self.contract(header, except: []) }
        guard case .inexpressible(let obstacles) = error else {
            Issue.record("\(header): \(String(describing: error))")
            return
        }
        #expect(obstacles.map(\.export).sorted() == except)
        #expect(obstacles.allSatisfy { $0.reason.hasPrefix("va_list ") && $0.place.hasPrefix("/usr/include/") })

        let contract = try Self.contract(header, except: except)
        #expect(contract.exports.count > 60 && some.isSubset(of: contract.exports.keys))
        #expect(try Contract(snapshot: contract.snapshot) == contract)
        #expect(ContractDiff(old: contract, new: contract).changes.isEmpty)
        let folder = try TemporaryFolder()
        try folder.write(contract.typeHeader, to: "types.h")
        for compiler in [Fixture.Compiler.gcc, .clangPlusPlus] {
            _ = try Fixture.build(#"#include "types.h""#, compiler: compiler, flags: ["-Werror"], into: folder)
        }
    }
}
