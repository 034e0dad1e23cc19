package import Compatibility
import ELFReader
import PluginLoading

extension Candidate {
    /// Reads everything that the gates look at from the bytes of one file.
    ///
    /// - Parameter path: the operator's file, for messages.
    package init(
        reading bytes: RawSpan, of path: String, identity: FileIdentity, permissions: UInt32, for purpose: Purpose
    ) {
        let image: Result<ELFImage, ELFProblem>
        do throws(ELFProblem) { image = .success(try ELFImage.parse(bytes)) } catch { image = .failure(error) }
        let parsed = try? image.get()  // the failure is kept in `image`
        self.init(
            path: path, identity: identity, permissions: permissions, image: image,
            manifest: parsed.map { ManifestReading.read(from: $0.notes) } ?? .absent,
            id: ImageID.identify(image: parsed, bytes: bytes), purpose: purpose,
            needed: Self.judge(needed: parsed?.dynamic?.needed ?? []))
    }

    /// The lifecycle functions that dlsym would find, sorted.
    ///
    /// Data of such a name is none: calling it would be a crash.
    package var lifecycleFunctions: [String] {
        guard case .success(let image) = image else { return [] }
        return image.exportedFunctions.intersection(PluginManifest.lifecycleSymbols).sorted()
    }

    /// What this process knows of the libraries that an image needs: those that it has loaded stay whatever happens.
    ///
    /// Looks for those few among what may be a thousand loaded objects, most of them plugins.
    private static func judge(needed: [String]) -> [String: NeededLibrary] {
        var known = Dictionary(needed.map { ($0, NeededLibrary.unknown) }) { first, _ in first }
        for object in LoadedObjects.all() {
            let path = object.name.utf8
            let name = Substring(
                path[(path.lastIndex(of: UInt8(ascii: "/")).map(path.index(after:)) ?? path.startIndex)...])
            if let key = known.index(forKey: String(name)) { known.values[key] = .loaded }
        }
        return known
    }
}
