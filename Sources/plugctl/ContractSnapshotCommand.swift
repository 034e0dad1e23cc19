import Compatibility
import Contract
import ContractCompiler

/// `contract snapshot HEADER`: the header's contract as a text, to be kept beside it.
struct ContractSnapshotCommand {
    let header: HeaderRequest
    /// Where to write it; `nil` is standard output.
    let output: String?
    /// A snapshot that should be this header's.
    let verified: String?

    private struct Result: Encodable {
        var file: String?
        var header: String
        var target: String
        var exports: [ExportRow]
        var snapshot: String
    }

    func run(in context: CommandContext) throws {
        if let verified {
            try verify(verified, in: context)
            return
        }
        let contract = try HeaderCompiler(Clang(environment: context.environment)).contract(of: header)
        let text = try Self.snapshot(of: contract, from: header.path)
        if let output { try ContractFile.write(text, to: output, from: header.path) }
        let count = contract.exports.count
        try context.show(
            result(contract, file: output, text),
            output.map { "\(printable($0)): \(count == 1 ? "1 export" : "\(count) exports")\n" } ?? text)
    }

    private func result(_ contract: Contract, file: String?, _ text: String) -> Result {
        Result(
            file: file, header: contract.header, target: contract.target, exports: ExportRow.rows(of: contract),
            snapshot: text)
    }

    /// Compares; where nothing is said of exports to take or to leave out, it is as the snapshot says.
    private func verify(_ path: String, in context: CommandContext) throws {
        let (text, old) = try ContractFile.snapshot(path)
        var request = header
        if request.only.isEmpty && request.except.isEmpty {
            request.only = old.only.sorted()
            request.except = old.except.sorted()
        }
        let contract = try HeaderCompiler(Clang(environment: context.environment)).contract(of: request)
        let now = try Self.snapshot(of: contract, from: header.path)
        guard text != now else {
            try context.show(result(contract, file: path, now), "\(printable(path)) is what \(contract.header) says\n")
            return
        }
        throw CommandFailure(
            code: "contract.stale",
            message:
                "\(path) is not what \(header.path) says: judge it with plugctl contract diff \(path) \(header.path), "
                + "then write it anew with plugctl contract snapshot \(header.path) -o \(path)",
            exit: 3, details: Self.firstDifference(text, now))
    }

    private static func snapshot(of contract: Contract, from path: String) throws(CommandFailure) -> String {
        do throws(LineError) { return try contract.snapshotWithinLimits() } catch {
            throw CommandFailure(code: "contract.too-large", message: "\(path): \(error)", exit: 3)
        }
    }

    /// The first line that differs, on both sides.
    private static func firstDifference(_ old: String, _ new: String) -> [String] {
        let old = old.split(separator: "\n", omittingEmptySubsequences: false)
        let new = new.split(separator: "\n", omittingEmptySubsequences: false)
        let same = zip(old, new).prefix { $0 == $1 }.count
        return [
            "line \(same + 1) of the snapshot: \(same < old.count ? String(old[same]) : "")",
            "line \(same + 1) of the header's: \(same < new.count ? String(new[same]) : "")",
        ]
    }
}
