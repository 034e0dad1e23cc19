import Compatibility
import Contract
import ContractCompiler

/// `contract digest FILE`: a manifest's line for each export of a header or a snapshot.
struct ContractDigestCommand {
    let file: HeaderRequest
    /// Where to write the type header.
    let header: String?

    private struct Result: Encodable {
        var file: String?
        var header: String
        var target: String
        var exports: [ExportRow]
    }

    func run(in context: CommandContext) throws {
        let contract = try ContractFile.contract(of: file, environment: context.environment)
        if let header { try ContractFile.write(contract.typeHeader, to: header, from: file.path) }
        let rows = ExportRow.rows(of: contract)
        try context.show(
            Result(file: header, header: contract.header, target: contract.target, exports: rows),
            rows.map { "export = \($0.symbol) \($0.type)\n" }.joined())
    }
}
