/// What the caller knows of one library that an image names in DT_NEEDED: whether it stays behind decides whether the
/// image can go.
package enum NeededLibrary: Sendable, Equatable {
    /// In the process already, so the image neither brings nor takes it.
    case loaded
    /// Comes with the image and may be unmapped with it.
    case unloadable
    /// Comes with the image and must stay; the reason is a clause, "uses the Swift runtime".
    case resident(reason: String)
    /// Comes with the image, and nobody looked into it.
    case unknown

    /// Libraries of glibc and libgcc: in every process, or free of anything that outlives them.
    package static let harmless: Set<String> = [
        "libc.so.6", "libm.so.6", "libdl.so.2", "libpthread.so.0", "librt.so.1", "libutil.so.1", "libgcc_s.so.1",
        "ld-linux-x86-64.so.2", "ld-linux-aarch64.so.1",
    ]
}
