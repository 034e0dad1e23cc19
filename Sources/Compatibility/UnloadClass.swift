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
    /// A vouch (`unload = clean`) answers doubts, not facts: it lifts what imports only suggest. It is never believed for an image that uses Swift, or where a missing section table or damage could hide that it
    /// does.
    package static func classify(
        _ image: ELFImage, manifest: PluginManifest?, needed: [String: NeededLibrary] = [:]
    ) -> (unloadClass: UnloadClass, reasons: [String]) {
        let facts = residentFacts(image, needed)
        let doubts = residentDoubts(image)
        let isVouchedFor = (manifest?.vouchesForUnload ?? false) && facts.isEmpty
        if !facts.isEmpty || (!doubts.isEmpty && !isVouchedFor) { return (.resident, facts + doubts) }
        let vouched = doubts.map { "\($0), vouched for by unload = clean" }
        let delays = image.imports(in: ["__cxa_thread_atexit", "__cxa_thread_atexit_impl"]).map {
            "imports \($0): glibc keeps the image while thread-local destructors are pending"
        }
        return (delays.isEmpty ? .unloadable : .deferred, delays + vouched)
    }

    /// Reasons that no vouch lifts.
    private static func residentFacts(_ image: ELFImage, _ needed: [String: NeededLibrary]) -> [String] {
        var reasons = image.swiftUses.map(\.reason)
        if !image.problems.isEmpty { reasons.append("the file is broken, so what it shows may be incomplete") }
        if case .unknown(let reason) = image.sections {
            reasons.append("\(reason), so nothing shows that it holds no Swift code")
        }
        if let dynamic = image.dynamic, dynamic.isNeverUnmapped { reasons.append("is linked with -z nodelete") }
        // STB_GNU_UNIQUE: the first dlopen that binds one makes glibc keep the image.
        let unique = image.symbols.filter { $0.isDefined && $0.binding == 10 }
        if let first = unique.first {
            let rest = unique.count > 1 ? " and \(unique.count - 1) more" : ""
            reasons.append("defines the unique symbol \(first.name)\(rest); compile with -fno-gnu-unique")
        }
        for name in image.dynamic?.needed ?? [] where !ELFImage.isSwiftLibrary(name) {
            switch needed[name] ?? (NeededLibrary.harmless.contains(name) ? .loaded : .unknown) {
            case .loaded, .unloadable: break
            case .resident(let reason): reasons.append("needs \(name), which \(reason)")
            // It would be unmapped together with the image, and may hold Swift code, for which nobody can vouch.
            case .unknown: reasons.append("needs \(name), which is not loaded yet and may have to stay")
            }
        }
        return reasons
    }

    /// Reasons that an author may know better.
    private static func residentDoubts(_ image: ELFImage) -> [String] {
        LastingImport.all(of: image).map { "imports \($0.name), which may leave \($0.leftover) behind" }
    }
}

extension ELFImage {
    /// The undefined symbols among `names`, sorted.
    fileprivate func imports(in names: Set<String>) -> [String] {
        Set(symbols.filter { !$0.isDefined && names.contains($0.name) }.map(\.name)).sorted()
    }
}
