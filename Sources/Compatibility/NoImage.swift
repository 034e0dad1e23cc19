package import ELFReader

/// Why nothing is known of an image.
package enum NoImage: Error, Sendable, Equatable {
    /// Its first bytes are those of something else.
    case other(OtherFile)
    /// It was not read, because it has more bytes than any plugin.
    case tooLarge(limit: Int64)

    /// A clause for gates that cannot judge.
    var reason: String {
        switch self {
        case .other: "the file could not be read as ELF"
        case .tooLarge: "the file is too large to be read"
        }
    }
}
