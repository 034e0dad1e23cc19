/// What an operator asks of signatures, and where the keys are.
///
/// A signature is minisign's, in a file beside the signed one (`plugin.so.minisig`). Its trusted comment, which is signed
/// too, holds the words `name=<the manifest's name>` and `version=<the manifest's version>`; other words are free.
public struct SignaturePolicy: Sendable, Codable, Equatable {
    /// What becomes of an image whose signature is missing or bad.
    public var mode: Mode
    /// A folder of public keys, `*.pub`, each a file as `minisign -G` writes it; read anew for every image.
    ///
    /// Folder and files belong to the host's user or root, and nobody else can write to them.
    public var keyFolder: String?

    /// How much a signature counts.
    ///
    /// With `warn` and `require` the image that is judged is a sealed one: the very bytes that are mapped.
    public enum Mode: String, Sendable, Codable, CaseIterable {
        /// Nobody looks.
        case off
        /// It is loaded, with a warning.
        case warn
        /// It is refused, and no severity lowers that.
        case require
    }

    /// Creates a policy; the default does not look at signatures.
    public init(mode: Mode = .off, keyFolder: String? = nil) {
        self.mode = mode
        self.keyFolder = keyFolder
    }
}
