package import Compatibility
import ELFReader
import LinuxSystem
package import PluginLoading

extension Candidate {
    /// Reads everything that the gates look at from the bytes of one file.
    ///
    /// - Parameters:
    ///   - file: the operator's, whose bytes these are or were copied from.
    ///   - sidecar: what was found beside it.
    ///   - origin: the folder of the private copy that is loaded; `nil` where there is none yet.
    ///   - signatures: looks for the signatures of image and sidecar where a policy asks for them.
    ///   - surroundings: where the libraries that it needs are looked for; `nil` where the host is another machine's.
    package init(
        reading bytes: RawSpan, of file: FileFacts, sidecar: SidecarReading, identity: FileIdentity,
        for purpose: Purpose, verifying signatures: SignatureVerifier = .init(.init()), origin: String? = nil,
        in surroundings: ProcessLinker? = .shared
    ) {
        let image: Result<ELFImage, ELFProblem>
        do throws(ELFProblem) { image = .success(try ELFImage.parse(bytes)) } catch { image = .failure(error) }
        let parsed = try? image.get()  // the failure is kept in `image`
        self.init(
            path: file.path, identity: identity, permissions: file.permissions, image: image,
            manifest: ManifestReading.read(from: parsed?.notes ?? [], sidecar: sidecar),
            id: ImageID.identify(image: parsed, bytes: bytes), purpose: purpose,
            closure: surroundings.flatMap { linker in
                parsed.map { Self.closure(of: $0, at: file.path, origin, linker) }
            })
        owner = file.owner
        resolvedPath = file.resolvedPath
        folders = file.folders
        signature = signatures.facts(of: file.path, bytes)
        if case .read(let file, let text) = sidecar {
            // SAFETY: `bytes` is unsafe for types with padding; UInt8 has none, and the array outlives its span.
            signatures.add(file.path, unsafe text.span.bytes, to: &signature)
        }
        signatures.add(closure, to: &signature)
        if case .doubled = manifest { return }
        // Without a note the sidecar's words are the only ones.
        if let source = sidecar.source { manifestSource = source }
    }

    /// The same for a staged copy of the operator's file.
    init(
        reading staged: StagedImage, for purpose: Purpose, verifying signatures: SignatureVerifier = .init(.init())
    ) throws(SystemError) {
        self = try staged.map().withBytes { bytes in
            Candidate(
                reading: bytes, of: staged.sourceFacts, sidecar: staged.sidecar, identity: staged.identity,
                for: purpose, verifying: signatures, origin: staged.originFolder)
        }
    }

    /// The lifecycle functions that dlsym would find, sorted.
    ///
    /// Data of such a name is none: calling it would be a crash. Nor does a foreign library have any, whatever its
    /// functions are called.
    package var lifecycleFunctions: [String] {
        guard case .success(let image) = image, !isForeign else { return [] }
        return image.exportedFunctions.intersection(PluginManifest.lifecycleSymbols).sorted()
    }

    /// What the image leads to in this process, loaded from a private copy in the folder `origin`.
    private static func closure(
        of image: ELFImage, at path: String, _ origin: String?, _ linker: ProcessLinker
    ) -> ClosureFacts {
        let folder = path.utf8.lastIndex(of: UInt8(ascii: "/")).map { String(path[..<$0]) }
        return ClosureFacts.walk(
            from: image, at: .init(origin: origin, operatorsFolder: folder == "" ? "/" : folder ?? "."), linker)
    }
}
