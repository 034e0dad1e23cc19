package import ELFReader

/// Names one image's content: `build-id:b521f2…` where the linker wrote one, else `sha256:9f86d0…` of the file's bytes;
/// `unread` in the report of one that is refused unread.
///
/// An identity for people and ledgers, not a proof: a file that is changed after linking keeps its build-id. Where two
/// images must be told apart, a host compares their bytes, and names the newcomer by its digest.
public struct ImageID: Sendable, Hashable, Codable, CustomStringConvertible {
    /// The kind, a colon, and lower-case hex digits; or `unread`.
    public let description: String

    /// Names an image that was not read: no image has this id.
    package static let unread = ImageID("unread")

    private init(_ description: String) { self.description = description }

    /// The GNU build-id's bytes, as the linker wrote them.
    package init(buildID: [UInt8]) {
        description = "build-id:" + Self.hex(buildID)
    }

    /// The digest of the whole file.
    package init(sha256 digest: [UInt8]) {
        description = "sha256:" + Self.hex(digest)
    }

    /// Names an image: by the build-id that its notes hold, if that has at least 8 bytes, else by the digest of `bytes`,
    /// the whole file.
    ///
    /// Cost: with a build-id one look over the notes, else a pass over the bytes.
    package static func identify(image: ELFImage?, bytes: RawSpan) -> ImageID {
        // NT_GNU_BUILD_ID is 3; an id shorter than 8 bytes is made by hand and not trusted to be unique.
        let note = image?.notes.first { $0.owner == "GNU" && $0.type == 3 && $0.descriptor.count >= 8 }
        if let note { return ImageID(buildID: note.descriptor) }
        return ImageID(sha256: SHA256.digest(of: bytes))
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
