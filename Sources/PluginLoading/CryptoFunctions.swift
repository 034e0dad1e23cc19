// The two libraries' functions by their C signatures. Every cast from an address to a function is in this file; each
// follows the manual page or header that is named beside it.

extension DynamicLibrary {
    /// The address of a function; `unsafeBitCast` makes it one.
    fileprivate borrowing func function(_ symbol: String, of library: String) throws(CryptoLibraryError) -> UInt {
        guard let address = address(of: symbol) else { throw CryptoLibraryError("\(library) has no \(symbol)") }
        return address
    }
}

/// libcrypto of OpenSSL 3 (openssl/evp.h).
@safe struct OpenSSLFunctions: CryptoFunctions {
    private typealias NewKey = @convention(c) (Int32, OpaquePointer?, UnsafePointer<UInt8>?, Int) -> OpaquePointer?
    private typealias Make = @convention(c) () -> OpaquePointer?
    private typealias Free = @convention(c) (OpaquePointer?) -> Void
    private typealias Begin =
        @convention(c) (
            OpaquePointer?, UnsafeMutablePointer<OpaquePointer?>?, OpaquePointer?, OpaquePointer?, OpaquePointer?
        ) -> Int32
    private typealias Verify =
        @convention(c) (
            OpaquePointer?, UnsafePointer<UInt8>?, Int, UnsafeRawPointer?, Int
        ) -> Int32
    private typealias Digest =
        @convention(c) (
            UnsafeRawPointer?, Int, UnsafeMutablePointer<UInt8>?, UnsafeMutablePointer<UInt32>?, OpaquePointer?,
            OpaquePointer?
        ) -> Int32
    private typealias Forget = @convention(c) () -> Void

    private let newKey: NewKey
    private let freeKey: Free
    private let newContext: Make
    private let freeContext: Free
    private let beginVerifying: Begin
    private let verify: Verify
    private let digest: Digest
    private let blake2b: Make
    private let sha256Kind: Make
    private let clearErrors: Forget

    private static let ed25519: Int32 = 1087  // EVP_PKEY_ED25519

    init(_ library: borrowing DynamicLibrary, called name: String) throws(CryptoLibraryError) {
        // SAFETY: each address is that of the function so named in an OpenSSL 3, whose soname fixes the signatures; the
        // library is never closed.
        unsafe newKey = unsafeBitCast(try library.function("EVP_PKEY_new_raw_public_key", of: name), to: NewKey.self)
        unsafe freeKey = unsafeBitCast(try library.function("EVP_PKEY_free", of: name), to: Free.self)
        unsafe newContext = unsafeBitCast(try library.function("EVP_MD_CTX_new", of: name), to: Make.self)
        unsafe freeContext = unsafeBitCast(try library.function("EVP_MD_CTX_free", of: name), to: Free.self)
        unsafe beginVerifying = unsafeBitCast(
            try library.function("EVP_DigestVerifyInit", of: name), to: Begin.self)
        unsafe verify = unsafeBitCast(try library.function("EVP_DigestVerify", of: name), to: Verify.self)
        unsafe digest = unsafeBitCast(try library.function("EVP_Digest", of: name), to: Digest.self)
        unsafe blake2b = unsafeBitCast(try library.function("EVP_blake2b512", of: name), to: Make.self)
        unsafe sha256Kind = unsafeBitCast(try library.function("EVP_sha256", of: name), to: Make.self)
        unsafe clearErrors = unsafeBitCast(try library.function("ERR_clear_error", of: name), to: Forget.self)
    }

    func verifies(_ signature: [UInt8], of bytes: RawSpan, by key: [UInt8]) -> Bool {
        // The queue of errors is the thread's: whoever else uses OpenSSL on it must not find ours there.
        defer { clearErrors() }
        // SAFETY: 32 bytes of key, copied by the call; what is made here is freed here, once.
        guard let publicKey = unsafe newKey(Self.ed25519, nil, key, key.count) else { return false }
        defer { unsafe freeKey(publicKey) }
        guard let context = unsafe newContext() else { return false }
        defer { unsafe freeContext(context) }
        guard unsafe beginVerifying(context, nil, nil, nil, publicKey) == 1 else { return false }
        // SAFETY: the bytes are borrowed for the call.
        return unsafe bytes.withUnsafeBytes { bytes in
            unsafe verify(context, signature, signature.count, bytes.baseAddress, bytes.count) == 1
        }
    }

    func blake2b512(of bytes: RawSpan) -> [UInt8]? { unsafe digest(bytes, blake2b(), count: 64) }

    func sha256(of bytes: RawSpan) -> [UInt8]? { unsafe digest(bytes, sha256Kind(), count: 32) }

    private func digest(_ bytes: RawSpan, _ kind: OpaquePointer?, count: Int) -> [UInt8]? {
        defer { clearErrors() }
        var result = [UInt8](repeating: 0, count: 64)  // EVP_MAX_MD_SIZE
        var length: UInt32 = 0
        // SAFETY: EVP_Digest writes at most EVP_MAX_MD_SIZE bytes; input and output are borrowed for the call.
        let isDone = unsafe bytes.withUnsafeBytes { bytes in
            unsafe digest(bytes.baseAddress, bytes.count, &result, &length, kind, nil)
        }
        return isDone == 1 && Int(length) == count ? Array(result[..<count]) : nil
    }
}

/// libsodium 1.0 (sodium.h).
@safe struct SodiumFunctions: CryptoFunctions {
    private typealias Initialize = @convention(c) () -> Int32
    private typealias Verify =
        @convention(c) (
            UnsafePointer<UInt8>?, UnsafeRawPointer?, UInt64, UnsafePointer<UInt8>?
        ) -> Int32
    private typealias GenericHash =
        @convention(c) (
            UnsafeMutablePointer<UInt8>?, Int, UnsafeRawPointer?, UInt64, UnsafeRawPointer?, Int
        ) -> Int32
    private typealias Hash = @convention(c) (UnsafeMutablePointer<UInt8>?, UnsafeRawPointer?, UInt64) -> Int32

    private let verify: Verify
    private let genericHash: GenericHash
    private let sha256Hash: Hash

    init(_ library: borrowing DynamicLibrary, called name: String) throws(CryptoLibraryError) {
        // SAFETY: each address is that of the function so named in a libsodium whose soname fixes the signatures; the
        // library is never closed.
        let initialize = unsafe unsafeBitCast(
            try library.function("sodium_init", of: name), to: Initialize.self)
        guard initialize() >= 0 else { throw CryptoLibraryError("\(name) does not initialise") }
        unsafe verify = unsafeBitCast(
            try library.function("crypto_sign_verify_detached", of: name), to: Verify.self)
        unsafe genericHash = unsafeBitCast(
            try library.function("crypto_generichash", of: name), to: GenericHash.self)
        unsafe sha256Hash = unsafeBitCast(try library.function("crypto_hash_sha256", of: name), to: Hash.self)
    }

    func verifies(_ signature: [UInt8], of bytes: RawSpan, by key: [UInt8]) -> Bool {
        // SAFETY: 64 bytes of signature, 32 of key; everything is borrowed for the call.
        unsafe bytes.withUnsafeBytes { bytes in
            unsafe verify(signature, bytes.baseAddress, UInt64(bytes.count), key) == 0
        }
    }

    func blake2b512(of bytes: RawSpan) -> [UInt8]? {
        var result = [UInt8](repeating: 0, count: 64)
        // SAFETY: writes the 64 bytes that it is told of.
        let isDone = unsafe bytes.withUnsafeBytes { bytes in
            unsafe genericHash(&result, 64, bytes.baseAddress, UInt64(bytes.count), nil, 0)
        }
        return isDone == 0 ? result : nil
    }

    func sha256(of bytes: RawSpan) -> [UInt8]? {
        var result = [UInt8](repeating: 0, count: 32)
        // SAFETY: writes 32 bytes (crypto_hash_sha256_BYTES).
        let isDone = unsafe bytes.withUnsafeBytes { bytes in
            unsafe sha256Hash(&result, bytes.baseAddress, UInt64(bytes.count))
        }
        return isDone == 0 ? result : nil
    }
}
