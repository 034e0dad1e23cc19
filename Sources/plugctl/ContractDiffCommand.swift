import ContractCompiler

/// `contract diff OLD NEW`.
struct ContractDiffCommand {
    let old: HeaderRequest
    let new: HeaderRequest
    let declared: String?

    func run(in context: CommandContext) throws -> Int32 {
        throw CommandFailure(code: "contract.diff", message: "contracts cannot be compared by this build", exit: 1)
    }
}
