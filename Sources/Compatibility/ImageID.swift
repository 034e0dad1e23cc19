/// Names one image's content: `build-id:b521f2…` where the linker wrote one, else `sha256:9f86d0…` of the file's bytes.
///
/// Equal ids are the same code; it is an identity for people and ledgers, not a proof against forgery.
public struct ImageID: Sendable, Hashable, Codable, CustomStringConvertible {
    /// The kind, a colon, and lower-case hex digits.
    public let description: String

    /// The GNU build-id's bytes, as the linker wrote them.
    package init(buildID: [UInt8]) {
        description = "build-id:" + Self.hex(buildID)
    }

    /// The digest of the whole file.
    package init(sha256 digest: [UInt8]) {
        description = "sha256:" + Self.hex(digest)
    }

    /// Reads the text form.
    public init(from decoder: any Decoder) throws {
        description = try decoder.singleValueContainer().decode(String.self)
    }

    /// Writes the text form.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }

    private static func hex(_ bytes: [UInt8]) -> String {
        bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }
}
