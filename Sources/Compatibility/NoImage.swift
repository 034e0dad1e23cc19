package import ELFReader

/// Why nothing is known of an image.
package enum NoImage: Error, Sendable, Equatable {
    /// Its first bytes are those of something else.
    case other(OtherFile)
    /// It was not read, because it has more bytes than any plugin.
    case tooLarge(limit: Int64)
    /// It was not read, because no key of the host's can have signed it, which its policy requires, and it has more bytes
    /// than are read for a report alone.
    case unsigned(limit: Int64)

    /// A clause for gates that cannot judge.
    var reason: String {
        switch self {
        case .other: "the file could not be read as ELF"
        case .tooLarge: "the file is too large to be read"
        case .unsigned(let limit):
            "without a signature that can be verified this host reads files of at most \(limit) bytes"
        }
    }
}
