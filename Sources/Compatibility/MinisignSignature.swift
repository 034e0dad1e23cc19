/// A signature as minisign writes it, read but not verified (https://jedisct1.github.io/minisign, "Signature format").
///
///     untrusted comment: signature from minisign secret key
///     base64(algorithm, 2 bytes; key id, 8; signature, 64)
///     trusted comment: timestamp:1753000000 name=adder version=1.2.0
///     base64(signature of the first signature and the trusted comment, 64 bytes)
///
/// Any change but one in the untrusted comment makes it another signature or none: there is one text for the same bytes.
package struct MinisignSignature: Sendable, Equatable {
    /// What was signed.
    package enum Algorithm: Sendable {
        /// The file's bytes: `Ed`, `minisign -S -l`.
        case legacy
        /// Their BLAKE2b-512 digest: `ED`, what minisign does by itself since 0.8.
        case prehashed
    }

    package let algorithm: Algorithm
    package let keyID: MinisignKeyID
    /// Ed25519 (RFC 8032), 64 bytes.
    package let signature: [UInt8]
    /// Believed only when `commentSignature` is verified.
    package let trustedComment: String
    /// Ed25519 over `signedComment`, 64 bytes.
    package let commentSignature: [UInt8]

    /// The longest signature file, in bytes; minisign's own have some 300.
    package static let sizeLimit = 4096

    /// Reads a signature file.
    package init(parsing bytes: [UInt8]) throws(MinisignError) {
        let lines = try MinisignText.lines(bytes, count: 4, limit: Self.sizeLimit)
        _ = try MinisignText.rest(of: lines[0], after: "untrusted comment:", number: 1)
        let first = try MinisignText.bytes(lines[1], count: 74, number: 2)
        switch (first[0], first[1]) {
        case (UInt8(ascii: "E"), UInt8(ascii: "d")): algorithm = .legacy
        case (UInt8(ascii: "E"), UInt8(ascii: "D")): algorithm = .prehashed
        default: throw .init("line 2 names an algorithm other than Ed and ED")
        }
        keyID = MinisignKeyID(bytes: Array(first[2..<10]))
        signature = Array(first[10...])
        let comment = try MinisignText.rest(of: lines[2], after: "trusted comment: ", number: 3)
        trustedComment = String(decoding: comment, as: UTF8.self)
        commentSignature = try MinisignText.bytes(lines[3], count: 64, number: 4)
    }

    /// What the second signature is of.
    package var signedComment: [UInt8] { signature + Array(trustedComment.utf8) }

    /// The value of the word `key=value` of a trusted comment; `nil` where there is none, or several that differ.
    package static func word(_ key: String, of comment: String) -> String? {
        let prefix = key + "="
        let values = Set(
            comment.split { $0 == " " || $0 == "\t" }.filter { $0.hasPrefix(prefix) }.map { $0.dropFirst(prefix.count) }
        )
        return values.count == 1 ? values.first.map(String.init) : nil
    }
}
