/// A public key as `minisign -G` writes it.
///
///     untrusted comment: minisign public key 6B2E4C1D8F3A5097
///     base64(Ed, 2 bytes; key id, 8; key, 32)
package struct MinisignPublicKey: Sendable, Equatable {
    package let id: MinisignKeyID
    /// Ed25519 (RFC 8032), 32 bytes.
    package let key: [UInt8]

    /// The longest key file, in bytes; minisign's own have some 120.
    package static let sizeLimit = 1024

    /// Reads a key file.
    package init(parsing bytes: [UInt8]) throws(MinisignError) {
        let lines = try MinisignText.lines(bytes, count: 2, limit: Self.sizeLimit)
        _ = try MinisignText.rest(of: lines[0], after: "untrusted comment:", number: 1)
        let content = try MinisignText.bytes(lines[1], count: 42, number: 2)
        guard content[0] == UInt8(ascii: "E"), content[1] == UInt8(ascii: "d") else {
            throw .init("line 2 names an algorithm other than Ed")
        }
        id = MinisignKeyID(bytes: Array(content[2..<10]))
        key = Array(content[10...])
    }
}
