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
    /// Classifies an image, with every reason, each a clause; a doubt that a vouch lifted is listed too, because whoever
    /// unmaps the image then relies on the author's word.
    ///
    /// Libraries that come along go with the image, so what keeps one of them keeps it too; what is loaded already it
    /// neither brings nor takes. A vouch (`unload = clean`) answers doubts, not facts: it lifts what imports only
    /// suggest, of the image and of what it brings. It is never believed for an image that uses Swift, or where a
    /// missing section table or damage could hide that it does.
    ///
    /// - Parameters:
    ///   - closure: `nil` where nobody looked: every library that is not the C library's own may then stay.
    ///   - index: the image's, where it is at hand.
    /// - Returns: also the first reason that no vouch lifts, where there is one.
    package static func classify(
        _ image: ELFImage, manifest: PluginManifest?, closure: ClosureFacts? = nil,
        index: ImageIndex? = nil
    ) -> (unloadClass: UnloadClass, reasons: [String], fact: String?) {
        let brought = closure?.comingAlong ?? []
        let own = index ?? ImageIndex(image, manifest)
        let others = brought.map { library, image in (library, image, ImageIndex(image, nil)) }
        func all(_ reasons: (ELFImage, ImageIndex) -> [String]) -> [String] {
            reasons(image, own)
                + others.flatMap { library, image, index in
                    reasons(image, index).map { clause($0, of: library) }
                }
        }
        let facts = all(residentFacts) + unknownLibraries(image, closure)
        let doubts = all(residentDoubts)
        let isVouchedFor = (manifest?.vouchesForUnload ?? false) && facts.isEmpty
        let delays = all { _, index in
            index.delayingImports.map {
                "imports \($0): glibc keeps the image while thread-local destructors are pending"
            }
        }
        if !facts.isEmpty || (!doubts.isEmpty && !isVouchedFor) {
            return (.resident, facts + doubts + delays, facts.first)
        }
        let vouched = doubts.map { "\($0), vouched for by unload = clean" }
        return (delays.isEmpty ? .unloadable : .deferred, delays + vouched, nil)
    }

    /// "brings libb.so (through liba.so): imports sigaction, …".
    private static func clause(_ reason: String, of library: ClosureFacts.Library) -> String {
        let way = library.through.isEmpty ? "" : " (through \(library.through.joined(separator: ", ")))"
        return "brings \(library.name)\(way): \(reason)"
    }

    /// Libraries that would be unmapped together with the image, and may hold Swift code, for which nobody can vouch.
    private static func unknownLibraries(_ image: ELFImage, _ closure: ClosureFacts?) -> [String] {
        guard let closure else {
            return (image.dynamic?.needed ?? [])
                .filter { !ELFImage.isSwiftLibrary($0) && !harmlessLibraries.contains($0) }
                .map { "needs \($0), which is not loaded yet and may have to stay" }
        }
        let missing = closure.libraries.filter { if case .missing = $0.outcome { true } else { false } }
        return missing.map { "needs \($0.name), which was not found and may have to stay" }
            + (closure.cutShort.map { [$0] } ?? [])
    }

    /// Libraries of glibc and libgcc: in every process, or free of anything that outlives them.
    private static let harmlessLibraries: Set<String> = [
        "libc.so.6", "libm.so.6", "libdl.so.2", "libpthread.so.0", "librt.so.1", "libutil.so.1",
        "libgcc_s.so.1",
        "ld-linux-x86-64.so.2", "ld-linux-aarch64.so.1",
    ]

    /// Reasons that no vouch lifts.
    private static func residentFacts(_ image: ELFImage, _ index: ImageIndex) -> [String] {
        var reasons = index.swiftUses.map(\.reason)
        if !image.kind.hasTablesToLoad {
            reasons.append("the file is \(image.kind), so what it shows may be incomplete")
        } else if !image.problems.isEmpty {
            reasons.append("the file is broken, so what it shows may be incomplete")
        }
        if case .unknown(let reason) = image.sections {
            reasons.append("\(reason), so nothing shows that it holds no Swift code")
        }
        if let dynamic = image.dynamic, dynamic.isNeverUnmapped {
            reasons.append("is linked with -z nodelete")
        }
        // STB_GNU_UNIQUE: the first dlopen that binds one makes glibc keep the image.
        if let unique = index.unique {
            let rest = unique.count > 1 ? " and \(unique.count - 1) more" : ""
            reasons.append(
                "defines the unique symbol \(unique.first)\(rest); compile with -fno-gnu-unique")
        }
        return reasons
    }

    /// Reasons that an author may know better.
    private static func residentDoubts(_ image: ELFImage, _ index: ImageIndex) -> [String] {
        index.lastingImports.map { "imports \($0.name), which may leave \($0.leftover) behind" }
    }
}
