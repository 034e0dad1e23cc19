package import Compatibility
package import ELFReader
import Glibc
package import LinuxSystem
package import PluginLoading

extension Candidate {
    /// Reads everything that the gates look at from the bytes of one file.
    ///
    /// - Parameters:
    ///   - file: the operator's, whose bytes these are or were copied from.
    ///   - sidecar: what was found beside it.
    ///   - closure: what the image leads to where it will be loaded; `nil` where that is another machine.
    ///   - signatures: looks for the signatures of image and sidecar where a policy asks for them.
    package init(
        reading bytes: RawSpan, of file: FileFacts, sidecar: SidecarReading, identity: FileIdentity,
        for purpose: Purpose, verifying signatures: SignatureVerifier = .init(.init()),
        following closure: (ELFImage) -> ClosureFacts?
    ) {
        let image: Result<ELFImage, NoImage>
        do throws(OtherFile) { image = .success(try ELFImage.parse(bytes)) } catch { image = .failure(.other(error)) }
        let parsed = try? image.get()  // the failure is kept in `image`
        self.init(
            path: file.path, identity: identity, permissions: file.permissions, image: image,
            manifest: ManifestReading.read(from: parsed?.notes ?? [], sidecar: sidecar),
            id: ImageID.identify(image: parsed, bytes: bytes), purpose: purpose, closure: parsed.flatMap(closure))
        takePlace(of: file)
        signature = signatures.facts(of: file.path, bytes)
        if case .read(let file, let text) = sidecar {
            // SAFETY: `bytes` is unsafe for types with padding; UInt8 has none, and the array outlives its span.
            signatures.add(file.path, unsafe text.span.bytes, to: &signature)
        }
        signatures.add(self.closure, to: &signature)
        if case .doubled = manifest { return }
        // Without a note the sidecar's words are the only ones.
        if let source = sidecar.source { manifestSource = source }
    }

    /// Says of a file that is not read what can be said without its bytes.
    package init(unread file: UnreadFile, for purpose: Purpose, verifying signatures: SignatureVerifier) {
        self.init(
            path: file.facts.path, identity: file.identity, permissions: file.facts.permissions,
            image: .failure(file.reason), manifest: .absent, id: .unread, purpose: purpose)
        takePlace(of: file.facts)
        signature = signatures.factsUnread(of: file.facts.path)
    }

    private mutating func takePlace(of file: FileFacts) {
        owner = file.owner
        resolvedPath = file.resolvedPath
        folders = file.folders
    }

    /// The same for a file that would be staged in this process.
    package init(
        reading bytes: RawSpan, of file: FileFacts, sidecar: SidecarReading, identity: FileIdentity,
        for purpose: Purpose, verifying signatures: SignatureVerifier = .init(.init())
    ) {
        self.init(
            reading: bytes, of: file, sidecar: sidecar, identity: identity, for: purpose, verifying: signatures
        ) { image in
            StagedImage.closure(of: image, at: file.path, sealed: signatures.isAsked, .shared)
        }
        readHelpers()
    }

    /// The same for a staged copy of the operator's file.
    ///
    /// - Parameter isRehearsed: whether it is opened in another process, too.
    package init(
        reading staged: StagedImage, for purpose: Purpose, verifying signatures: SignatureVerifier = .init(.init()),
        isRehearsed: Bool = false
    ) throws(SystemError) {
        self = try staged.map().withBytes { bytes in
            Candidate(
                reading: bytes, of: staged.sourceFacts, sidecar: staged.sidecar, identity: staged.identity,
                for: purpose, verifying: signatures
            ) { image in
                staged.closure(of: image, isRehearsed: isRehearsed, .shared)
            }
        }
        helpers = staged.helpers.map(\.source)
        read(staged.snapshot)
    }

    /// Reads the facts of the helpers' own files, where no copies were made of them.
    mutating func readHelpers() {
        for case (let library, _) in closure?.comingAlong ?? [] where library.isHelper {
            guard case .comesAlong(let path, _) = library.outcome else { continue }
            do throws(SystemError) {
                let file = try FileDescriptor(opening: path, O_RDONLY | O_NONBLOCK)
                helpers.append(FileFacts(of: file, try file.status(of: path), at: path))
            } catch {
                // It was there a moment ago; a load will miss it.
            }
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
}
