import Compatibility
import Contract
import ContractCompiler

/// One side of a comparison.
enum ComparedFile {
    case plugin(PluginRelease)
    case contract(Contract)

    /// Reads a plugin with the contract beside it, or a contract: by its first bytes.
    ///
    /// - Throws: where there is no such file (4), or where it is neither (3).
    init(_ path: String, environment: [String: String]) throws {
        let start = try ContractFile.start(of: path)
        if start.starts(with: [0x7f, 0x45, 0x4c, 0x46]) {
            self = .plugin(try PluginRelease(path))
        } else {
            let request = HeaderRequest(path)
            self = .contract(try ContractFile.contract(of: request, startingWith: start, environment: environment))
        }
    }
}
