import Compatibility
import Contract
import ContractCompiler
import Glibc
import LinuxSystem

/// A contract that lies in a file: a snapshot's text, or a header to be compiled; the first line tells.
enum ContractFile {
    /// What a snapshot begins with.
    private static let mark = Array(Contract.snapshotMark.utf8)

    /// Reads a snapshot, or compiles a header.
    ///
    /// - Parameter environment: where clang is looked for.
    static func contract(of request: HeaderRequest, environment: [String: String]) throws -> Contract {
        try contract(of: request, startingWith: start(of: request.path), environment: environment)
    }

    /// The same of a file whose first bytes are known.
    static func contract(of request: HeaderRequest, startingWith start: [UInt8], environment: [String: String]) throws
        -> Contract
    {
        start.starts(with: mark)
            ? try text(of: request.path).contract
            : try HeaderCompiler(Clang(environment: environment)).contract(of: request)
    }

    /// Reads a snapshot; `nil` where the file is none.
    static func snapshotIfAny(_ path: String) throws(CommandFailure) -> Contract? {
        try start(of: path).starts(with: mark) ? try text(of: path).contract : nil
    }

    /// Reads a snapshot: its text, and what it says.
    static func snapshot(_ path: String) throws(CommandFailure) -> (text: String, contract: Contract) {
        try checkIsFile(path)
        return try text(of: path)
    }

    private static func text(of path: String) throws(CommandFailure) -> (text: String, contract: Contract) {
        let bytes = try bytes(ofFile: path, limit: Contract.snapshotLimit)
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw CommandFailure(
                code: "contract.snapshot", message: "\(path) is not UTF-8: write it anew with contract snapshot",
                exit: 3)
        }
        do throws(LineError) {
            return (text, try Contract(snapshot: text))
        } catch {
            throw CommandFailure(code: "contract.snapshot", message: "\(path): \(error)", exit: 3)
        }
    }

    /// Puts a text in a file's place at once, so that nobody reads half of it.
    ///
    /// - Parameter source: what the text comes from, and must not take the place of.
    static func write(_ text: String, to path: String, from source: String) throws(CommandFailure) {
        if let target = ResolvedPath.of(path), target == ResolvedPath.of(source) {
            throw CommandFailure(
                UsageError(message: "\(path) is the file that is read: name another to write", command: "contract"))
        }
        let temporary = "\(path).\(getpid())"
        do throws(SystemError) {
            let file = try FileDescriptor(opening: temporary, O_WRONLY | O_CREAT | O_EXCL, mode: 0o666)
            do throws(SystemError) {
                try file.write(text.utf8, to: temporary)
                _ = try retryingOnInterrupt("write", on: path) { unsafe rename(temporary, path) }
            } catch {
                _ = unsafe unlink(temporary)
                throw error
            }
        } catch {
            throw CommandFailure(code: "system", message: error.description, exit: 1)
        }
    }

    /// What is compared is read more than once, and by clang: a pipe or a device would be waited for, or be empty then.
    private static func checkIsFile(_ path: String) throws(CommandFailure) {
        var status = stat()
        // SAFETY: `status` is ours, and filled in where the call succeeds.
        guard unsafe stat(path, &status) == 0 else { throw CommandFailure.fileNotFound(path) }
        guard status.st_mode & S_IFMT == S_IFREG else {
            throw CommandFailure(
                code: "usage", message: "\(printable(path)) is not a regular file: write what it holds to one", exit: 2)
        }
    }

    /// What a file begins with, by which a plugin, a snapshot and a header are told apart.
    static func start(of path: String) throws(CommandFailure) -> [UInt8] {
        try checkIsFile(path)
        do throws(SystemError) {
            return try FileDescriptor(opening: path, O_RDONLY).read(atMost: mark.count, from: path)
        } catch {
            throw CommandFailure(code: "system", message: error.description, exit: 1)
        }
    }
}

/// One export with its type, as `--json` shows it.
struct ExportRow: Encodable {
    var symbol: String
    /// `message`, or 16 hex digits.
    var type: String

    static func rows(of contract: Contract) -> [Self] {
        contract.exportTypes.sorted { $0.key < $1.key }.map { Self(symbol: $0.key, type: $0.value) }
    }
}
