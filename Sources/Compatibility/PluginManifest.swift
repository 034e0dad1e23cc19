/// The plugin's words about itself.
package struct PluginManifest: Sendable, Equatable {}

/// What came of looking for a manifest in an image.
package enum ManifestReading: Sendable, Equatable {
    case absent
    case ambiguous(count: Int)
    case malformed(String)
    case found(PluginManifest)
}
