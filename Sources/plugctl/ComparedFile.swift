import Compatibility
import Contract
import ContractCompiler
import Glibc
import LinuxSystem

/// One side of a comparison.
enum ComparedFile {
    case plugin(PluginRelease)
    case contract(Contract)

    /// Reads a plugin with the contract beside it, or a contract: by its first bytes.
    ///
    /// - Throws: where there is no such file (4), or where it is neither (3).
    init(_ path: String, environment: [String: String]) throws {
        try ContractFile.checkIsFile(path)
        if try Self.isImage(path) {
            self = .plugin(try PluginRelease(path))
        } else {
            self = .contract(try ContractFile.contract(of: HeaderRequest(path), environment: environment))
        }
    }

    private static func isImage(_ path: String) throws(CommandFailure) -> Bool {
        let magic: [UInt8] = [0x7f, 0x45, 0x4c, 0x46]
        do throws(SystemError) {
            return try FileDescriptor(opening: path, O_RDONLY).read(atMost: magic.count, from: path) == magic
        } catch {
            throw CommandFailure(code: "system", message: error.description, exit: 1)
        }
    }
}
