import Contract
import ContractCompiler
import Glibc
import TestSupport

/// The contract of a header's text, read with the toolchain's clang.
///
/// - Parameter change: of what the header is read with.
func readHeader(
    _ text: String, named name: String = "greeter.h", change: (inout HeaderRequest) -> Void = { _ in }
) throws -> Contract {
    let folder = try TemporaryFolder()
    var request = HeaderRequest(try folder.write(text, to: name))
    request.includeFolders = [Fixture.includeFolder]
    change(&request)
    return try testCompiler.get().contract(of: request)
}

/// The one compiler of these tests.
let testCompiler = Result {
    HeaderCompiler(try Clang(environment: ["PATH": getenv("PATH").map { String(cString: $0) } ?? ""]))
}
