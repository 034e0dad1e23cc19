package import Compatibility
import ELFReader
import LinuxSystem
package import PluginLoading

extension Candidate {
    /// Reads everything that the gates look at from the bytes of one file.
    ///
    /// - Parameters:
    ///   - path: the operator's file, for messages.
    ///   - surroundings: where the libraries that it needs are looked for; `nil` where the host is another machine's.
    package init(
        reading bytes: RawSpan, of path: String, identity: FileIdentity, permissions: UInt32, for purpose: Purpose,
        in surroundings: ProcessLinker? = .shared
    ) {
        let image: Result<ELFImage, ELFProblem>
        do throws(ELFProblem) { image = .success(try ELFImage.parse(bytes)) } catch { image = .failure(error) }
        let parsed = try? image.get()  // the failure is kept in `image`
        self.init(
            path: path, identity: identity, permissions: permissions, image: image,
            manifest: parsed.map { ManifestReading.read(from: $0.notes) } ?? .absent,
            id: ImageID.identify(image: parsed, bytes: bytes), purpose: purpose,
            closure: surroundings.flatMap { linker in parsed.map { Self.closure(of: $0, at: path, linker) } })
    }

    /// The same for a staged copy of the operator's file.
    init(reading staged: StagedImage, of path: String, for purpose: Purpose) throws(SystemError) {
        self = try staged.map().withBytes { bytes in
            Candidate(
                reading: bytes, of: path, identity: staged.identity, permissions: staged.sourcePermissions, for: purpose
            )
        }
    }

    /// The lifecycle functions that dlsym would find, sorted.
    ///
    /// Data of such a name is none: calling it would be a crash.
    package var lifecycleFunctions: [String] {
        guard case .success(let image) = image else { return [] }
        return image.exportedFunctions.intersection(PluginManifest.lifecycleSymbols).sorted()
    }

    /// What the image leads to in this process: its private copy lies alone, so its own `$ORIGIN` leads nowhere.
    private static func closure(of image: ELFImage, at path: String, _ linker: ProcessLinker) -> ClosureFacts {
        let folder = path.utf8.lastIndex(of: UInt8(ascii: "/")).map { String(path[..<$0]) }
        return ClosureFacts.walk(
            from: image, at: .init(origin: nil, operatorsFolder: folder == "" ? "/" : folder ?? "."), linker)
    }
}
