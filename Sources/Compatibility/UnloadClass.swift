package import ELFReader

/// Whether an image may be unmapped once nothing uses it, told from the file before it is loaded.
public enum UnloadClass: String, Sendable, Codable {
    /// Never dlclosed: the Swift runtime, a thread or a handler may still point into it.
    case resident
    /// glibc keeps it while a thread's C++ or Rust thread-local destructors are pending.
    case deferred
    /// Unmapped after drain, with proof.
    case unloadable
}

extension UnloadClass {
    package static func classify(
        _ image: ELFImage, manifest: PluginManifest?, needed: [String: NeededLibrary] = [:]
    ) -> (unloadClass: UnloadClass, reasons: [String]) {
        (.resident, [])
    }
}
