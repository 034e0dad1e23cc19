import Compatibility
import PluginHost
import TestSupport

/// The signatures of the good files, by a key that the host trusts.
final class Signatures {
    /// Requires a signature by that key.
    let policy: SignaturePolicy
    private let signer: Signer
    private var texts: [String: String] = [:]

    /// Makes a key, and a folder of keys for the host.
    init(in folder: TemporaryFolder) throws {
        signer = try Signer(1)
        policy = SignaturePolicy(mode: .require, keyFolder: try Signer.keyFolder([signer], in: folder))
    }

    /// Signs a good file for the name and version of its manifest.
    func sign(_ file: OriginalFile, at path: String) throws {
        guard case .found(let manifest) = try PluginFile.facts(path: path).manifest else {
            throw TestSupportError("\(path) has no manifest")
        }
        texts[file.kind] = try signer.signature(
            of: file.bytes, comment: "name=\(manifest.name) version=\(manifest.version)")
    }

    /// The text of the good file's signature.
    func text(of file: OriginalFile) -> String { texts[file.kind] ?? "" }
}
