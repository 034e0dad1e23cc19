import Compatibility
import Synchronization

/// A library of the system's that can verify Ed25519 (RFC 8032) and digest with BLAKE2b-512 and SHA-256: opened when it is
/// first needed, on the loader thread, and never closed.
///
/// The house brings no cryptography of its own, so that the system's updates mend it for us too.
package final class CryptoLibrary: Sendable {
    /// Where such a library is looked for.
    package struct Source: Sendable, Equatable {
        /// What dlopen(3) looks up: "libcrypto.so.3".
        package let name: String
        /// How it is called.
        package let interface: Interface

        /// How a library is called.
        package enum Interface: Sendable {
            /// OpenSSL 3 (EVP_DigestVerify(3), EVP_Digest(3)).
            case openSSL
            /// libsodium 1.0 (crypto_sign_verify_detached, crypto_generichash).
            case sodium
        }

        package init(_ name: String, _ interface: Interface) {
            self.name = name
            self.interface = interface
        }

        /// In the order in which they are tried: Debian's packages libssl3 and libsodium23.
        package static let standard = [Source("libcrypto.so.3", .openSSL), Source("libsodium.so.23", .sodium)]
    }

    /// As it was looked up.
    package let name: String
    private let functions: any CryptoFunctions

    private init(_ source: Source) throws(CryptoLibraryError) {
        let library: DynamicLibrary
        do throws(LoadingError) {
            library = try DynamicLibrary(opening: source.name, isResident: true)
        } catch {
            throw CryptoLibraryError("\(source.name) could not be opened")
        }
        name = source.name
        switch source.interface {
        case .openSSL: functions = try OpenSSLFunctions(library, called: source.name)
        case .sodium: functions = try SodiumFunctions(library, called: source.name)
        }
        // A library that is built or configured without what we ask for would find every signature bad, or worse.
        guard Self.passesSelfTest(functions) else {
            throw CryptoLibraryError(
                "\(source.name) does not verify a known signature: a build or mode without Ed25519")
        }
    }

    /// Those that were opened, by name: opening one again would run its self-test again.
    private static let opened = Mutex<[String: CryptoLibrary]>([:])

    /// The first of `sources` that is there; else why each is not, a clause each.
    package static func first(of sources: [Source] = Source.standard) -> Result<CryptoLibrary, CryptoLibraryError> {
        var reasons: [String] = []
        for source in sources {
            if let known = opened.withLock({ $0[source.name] }) { return .success(known) }
            do throws(CryptoLibraryError) {
                let library = try CryptoLibrary(source)
                opened.withLock { $0[source.name] = library }
                return .success(library)
            } catch {
                reasons += error.reasons
            }
        }
        return .failure(CryptoLibraryError(reasons: reasons))
    }

    /// Whether a key signed the bytes.
    package func verifies(_ signature: [UInt8], of bytes: RawSpan, by key: [UInt8]) -> Bool {
        guard signature.count == 64, key.count == 32 else { return false }
        return functions.verifies(signature, of: bytes, by: key)
    }

    /// The 64 bytes of the BLAKE2b-512 digest (RFC 7693); `nil` where the library fails.
    package func blake2b512(of bytes: RawSpan) -> [UInt8]? { functions.blake2b512(of: bytes) }

    /// The 32 bytes of the SHA-256 digest; `nil` where the library fails.
    package func sha256(of bytes: RawSpan) -> [UInt8]? { functions.sha256(of: bytes) }

    /// SHA-256 of an image's bytes: by a library where that is worth its opening, else, and where none is there, by ours.
    package static func digest(of bytes: RawSpan, by sources: [Source] = Source.standard) -> [UInt8] {
        let isLarge = bytes.byteCount >= 1 << 20
        let library = isLarge ? try? first(of: sources).get() : nil  // without one it takes longer, no more
        return library?.sha256(of: bytes) ?? SHA256.digest(of: bytes)
    }

    /// RFC 8032, section 7.1, test 2, and RFC 7693, appendix A.
    private static func passesSelfTest(_ functions: some CryptoFunctions) -> Bool {
        let key = bytes("3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c")
        let signature = bytes(
            "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
                + "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00")
        let digest = bytes(
            "ba80a53f981c4d0d6a2797b69f12f6e94c212f14685ac4b74b12bb6fdbffa2d1"
                + "7d87c5392aab792dc252d5de4533cc9518d38aa8dbf1925ab92386edd4009923")
        let (message, other, abc): ([UInt8], [UInt8], [UInt8]) = ([0x72], [0x73], Array("abc".utf8))
        // SAFETY: `bytes` is unsafe for types with padding; UInt8 has none, and the arrays outlive their spans.
        return unsafe functions.verifies(signature, of: message.span.bytes, by: key)
            && !functions.verifies(signature, of: other.span.bytes, by: key)
            && functions.blake2b512(of: abc.span.bytes) == digest
            && functions.sha256(of: abc.span.bytes) == SHA256.digest(of: abc.span.bytes)
    }

    private static func bytes(_ hex: String) -> [UInt8] {
        let digits = hex.utf8.map { $0 < UInt8(ascii: "a") ? $0 - UInt8(ascii: "0") : $0 - UInt8(ascii: "a") + 10 }
        return stride(from: 0, to: digits.count - 1, by: 2).map { digits[$0] << 4 | digits[$0 + 1] }
    }
}

/// Why no library can be used: a clause for each that was tried.
package struct CryptoLibraryError: Error, Sendable, Equatable {
    package let reasons: [String]

    init(_ reason: String) { reasons = [reason] }
    init(reasons: [String]) { self.reasons = reasons }
}

/// What is asked of a library, in our terms.
///
/// Keys have 32 bytes, signatures 64.
protocol CryptoFunctions: Sendable {
    func verifies(_ signature: [UInt8], of bytes: RawSpan, by key: [UInt8]) -> Bool
    func blake2b512(of bytes: RawSpan) -> [UInt8]?
    func sha256(of bytes: RawSpan) -> [UInt8]?
}
