import ContractCompiler
import Testing

/// What a header is read with where nothing is said.
@Suite struct HeaderRequestTests {
    @Test func takesEveryExportForTheCompilersOwnTarget() {
        let request = HeaderRequest("greeter.h")
        #expect(request.target == nil && request.standard == nil && request.only.isEmpty && request.except.isEmpty)
    }
}
