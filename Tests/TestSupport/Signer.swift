import Glibc

/// Signs files as minisign does, with a key of a test's own: Ed25519 by libcrypto (EVP_DigestSign(3)).
package final class Signer: Sendable {
    /// What a signature covers.
    package enum Form: Sendable, CaseIterable { case legacy, prehashed }

    private let seed: [UInt8]
    private let id: [UInt8]
    private let publicKey: [UInt8]

    /// The key pair of a number; the same number gives the same pair.
    package init(_ number: UInt64) throws {
        var random = Randomness(seed: number)
        func bytes(_ count: Int) -> [UInt8] { (0..<count).map { _ in .random(in: 0 ... .max, using: &random) } }
        seed = bytes(32)
        id = bytes(8)
        publicKey = try LibCrypto.publicKey(of: seed)
    }

    /// The key's id as minisign shows it.
    package var keyID: String {
        id.reversed().map { ($0 < 16 ? "0" : "") + String($0, radix: 16, uppercase: true) }.joined()
    }

    /// The text of the public key's file.
    package var publicKeyText: String {
        "untrusted comment: minisign public key \(keyID)\n"
            + base64(Array("Ed".utf8) + id + publicKey) + "\n"
    }

    /// The text of a signature file for `content`.
    package func signature(
        of content: [UInt8], comment: String, form: Form = .prehashed
    ) throws -> String {
        let signature =
            switch form {
            case .legacy: try LibCrypto.sign(content, seed)
            case .prehashed: try LibCrypto.sign(try LibCrypto.blake2b512(content), seed)
            }
        let name = form == .legacy ? "Ed" : "ED"
        return """
            untrusted comment: signature from a test
            \(base64(Array(name.utf8) + id + signature))
            trusted comment: \(comment)
            \(base64(try LibCrypto.sign(signature + Array(comment.utf8), seed)))

            """
    }

    /// Writes `<path>.minisig`.
    package func sign(_ path: String, comment: String, form: Form = .prehashed) throws {
        let text = try signature(of: readFile(path), comment: comment, form: form)
        try writeFile(Array(text.utf8), path + ".minisig")
    }

    /// Makes a folder of keys, 0700.
    package static func keyFolder(_ signers: [Signer], in folder: TemporaryFolder, named name: String = "keys") throws
        -> String
    {
        let path = folder.file(name)
        guard mkdir(path, 0o700) == 0 else { throw TestSupportError.systemCall("mkdir \(path)", errno) }
        for signer in signers {
            try writeFile(Array(signer.publicKeyText.utf8), "\(path)/\(signer.keyID).pub")
        }
        return path
    }
}

/// Replaces a file's content at once: others see the old one or the new.
package func replaceFile(_ bytes: [UInt8], _ path: String) throws {
    try writeFile(bytes, path + ".new")
    guard rename(path + ".new", path) == 0 else { throw TestSupportError.systemCall("rename \(path)", errno) }
}

private func writeFile(_ bytes: [UInt8], _ path: String) throws {
    let descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else { throw TestSupportError.systemCall("open \(path)", errno) }
    defer { close(descriptor) }
    guard write(descriptor, bytes, bytes.count) == bytes.count else {
        throw TestSupportError.systemCall("write \(path)", errno)
    }
}

/// RFC 4648, section 4.
package func base64(_ bytes: [UInt8]) -> String {
    let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/")
    var text = ""
    for start in stride(from: 0, to: bytes.count, by: 3) {
        let group = bytes[start..<min(start + 3, bytes.count)]
        var bits: UInt32 = 0
        for index in 0..<3 {
            bits = bits << 8 | (index < group.count ? UInt32(group[group.startIndex + index]) : 0)
        }
        for index in 0..<4 {
            text.append(index <= group.count ? alphabet[Int(bits >> UInt32(18 - 6 * index) & 63)] : "=")
        }
    }
    return text
}

/// What a signer needs of OpenSSL 3's libcrypto.
private enum LibCrypto {
    private static let ed25519: Int32 = 1087  // EVP_PKEY_ED25519

    static func publicKey(of seed: [UInt8]) throws -> [UInt8] {
        try withKey(seed) { key in
            typealias Get =
                @convention(c) (OpaquePointer?, UnsafeMutablePointer<UInt8>, UnsafeMutablePointer<Int>) -> Int32
            var bytes = [UInt8](repeating: 0, count: 32), count = 32
            guard try function("EVP_PKEY_get_raw_public_key", as: Get.self)(key, &bytes, &count) == 1 else {
                throw TestSupportError("EVP_PKEY_get_raw_public_key failed")
            }
            return bytes
        }
    }

    static func sign(_ message: [UInt8], _ seed: [UInt8]) throws -> [UInt8] {
        try withKey(seed) { key in
            typealias Make = @convention(c) () -> OpaquePointer?
            typealias Free = @convention(c) (OpaquePointer?) -> Void
            typealias Begin =
                @convention(c) (
                    OpaquePointer?, OpaquePointer?, OpaquePointer?, OpaquePointer?, OpaquePointer?
                ) -> Int32
            typealias Sign =
                @convention(c) (
                    OpaquePointer?, UnsafeMutablePointer<UInt8>, UnsafeMutablePointer<Int>, UnsafePointer<UInt8>, Int
                ) -> Int32
            let context = try function("EVP_MD_CTX_new", as: Make.self)()
            let free = try function("EVP_MD_CTX_free", as: Free.self)
            defer { free(context) }
            var bytes = [UInt8](repeating: 0, count: 64), count = 64
            guard try function("EVP_DigestSignInit", as: Begin.self)(context, nil, nil, nil, key) == 1,
                try function("EVP_DigestSign", as: Sign.self)(context, &bytes, &count, message, message.count) == 1
            else { throw TestSupportError("EVP_DigestSign failed") }
            return bytes
        }
    }

    static func blake2b512(_ message: [UInt8]) throws -> [UInt8] {
        typealias Make = @convention(c) () -> OpaquePointer?
        typealias Digest =
            @convention(c) (
                UnsafePointer<UInt8>, Int, UnsafeMutablePointer<UInt8>, UnsafeMutablePointer<UInt32>?, OpaquePointer?,
                OpaquePointer?
            ) -> Int32
        var bytes = [UInt8](repeating: 0, count: 64)
        let kind = try function("EVP_blake2b512", as: Make.self)()
        guard try function("EVP_Digest", as: Digest.self)(message, message.count, &bytes, nil, kind, nil) == 1 else {
            throw TestSupportError("EVP_Digest failed")
        }
        return bytes
    }

    private static func withKey<Result>(
        _ seed: [UInt8], _ body: (OpaquePointer) throws -> Result
    ) throws -> Result {
        typealias New = @convention(c) (Int32, OpaquePointer?, UnsafePointer<UInt8>, Int) -> OpaquePointer?
        typealias Free = @convention(c) (OpaquePointer?) -> Void
        guard let key = try function("EVP_PKEY_new_raw_private_key", as: New.self)(ed25519, nil, seed, 32) else {
            throw TestSupportError("EVP_PKEY_new_raw_private_key failed")
        }
        let free = try function("EVP_PKEY_free", as: Free.self)
        defer { free(key) }
        return try body(key)
    }

    private static func function<Function>(_ symbol: String, as type: Function.Type) throws -> Function {
        guard let library = dlopen("libcrypto.so.3", RTLD_NOW | RTLD_LOCAL), let address = dlsym(library, symbol) else {
            throw TestSupportError("tests sign with libcrypto.so.3: apt-get install libssl3")
        }
        return unsafeBitCast(address, to: type)
    }
}
