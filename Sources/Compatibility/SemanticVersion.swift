/// A version as Semantic Versioning 2.0.0 defines it.
public struct SemanticVersion: Sendable, Hashable, Codable {
    public let major: Int
    public let minor: Int
    public let patch: Int
}
