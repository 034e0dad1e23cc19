package import Compatibility
import Glibc
import LinuxSystem

/// Verifies minisign signatures that lie beside files, with the keys of one folder and a library of the system's.
///
/// On the loader thread: the library is opened at first need. It judges nothing; the gates do.
package struct SignatureVerifier: Sendable {
    private let mode: SignaturePolicy.Mode
    private let keyFolder: String?
    private let libraries: [CryptoLibrary.Source]

    /// Verifies by a policy.
    ///
    /// - Parameter libraries: what may verify, in the order in which it is looked for.
    package init(_ policy: SignaturePolicy, libraries: [CryptoLibrary.Source] = CryptoLibrary.Source.standard) {
        mode = policy.mode
        keyFolder = policy.keyFolder
        self.libraries = libraries
    }

    /// Whether the policy asks for signatures, so that private copies are sealed memory.
    package var isAsked: Bool { mode != .off }

    /// What is to be known of the file's signature; nothing where the policy does not ask.
    ///
    /// The file with the signature is read once, here, and no more of it than a signature may have.
    ///
    /// - Parameters:
    ///   - path: the operator's file, beside which the signature lies.
    ///   - bytes: what is judged and loaded in its name; never read from `path` again.
    package func facts(of path: String, _ bytes: RawSpan) -> SignatureFacts {
        guard mode != .off else { return SignatureFacts() }
        var facts = SignatureFacts(mode: mode)
        add(path, bytes, to: &facts)
        return facts
    }

    /// What is to be known without the file's bytes.
    package func factsUnread(of path: String) -> SignatureFacts {
        guard mode != .off, case .failure(let failure) = means(for: path) else { return SignatureFacts(mode: mode) }
        return SignatureFacts(mode: mode, files: [.init(path: path, outcome: failure.outcome)])
    }

    /// Why a file of so many bytes must not be read: none of them will be loaded, whatever they are, and they are too many
    /// for a report of everything else; `nil` where it may be read.
    ///
    /// Where the policy requires signatures, a copy goes into memory, and anybody who can name a file to the host could
    /// have it filled.
    package func obstacle(toReading path: String, size: Int64) -> NoImage? {
        guard mode == .require, size > Self.unsignedLimit, case .failure = means(for: path) else { return nil }
        return .unsigned(limit: Self.unsignedLimit)
    }

    /// Larger files are read only if they can be verified: three times the largest plugins that were seen.
    package static let unsignedLimit: Int64 = 64 << 20

    /// Adds another file that the image depends on, a manifest beside it.
    package func add(_ path: String, _ bytes: RawSpan, to facts: inout SignatureFacts) {
        guard mode != .off else { return }
        facts.files.append(.init(path: path, outcome: outcome(path, bytes, &facts.library)))
    }

    /// Adds the places of the libraries that dlopen of the image maps with it.
    package func add(_ closure: ClosureFacts?, to facts: inout SignatureFacts) {
        guard mode != .off, let closure else { return }
        facts.libraries = closure.libraries.compactMap { library in
            let path: String
            switch library.outcome {
            case .comesAlong(let found, _): path = found
            // By its file, after a search that could have ended elsewhere; by its name alone, nothing is searched.
            case .loaded(let loaded, _) where !library.searchedBefore.isEmpty: path = loaded.path
            case .loaded, .missing: return nil
            }
            let ownFault = Self.fault { () throws(TrustedPlace.Fault) in try TrustedPlace.check(path) }
            let fault = searchFault(library) ?? ownFault
            return .init(name: library.name, path: path, fault: fault)
        }
    }

    /// Who else could put another library where the dynamic linker looks first, a clause; `nil` where nobody can.
    private func searchFault(_ library: ClosureFacts.Library) -> String? {
        for folder in library.searchedBefore {
            let fault = Self.fault { () throws(TrustedPlace.Fault) in try TrustedPlace.check(wouldBe: folder) }
            if let fault { return "\(folder) is searched before that, and \(fault)" }
        }
        return nil
    }

    private static func fault(_ check: () throws(TrustedPlace.Fault) -> String) -> String? {
        do throws(TrustedPlace.Fault) {
            _ = try check()
            return nil
        } catch {
            return "\(error)"
        }
    }

    private func outcome(_ path: String, _ bytes: RawSpan, _ library: inout String?) -> SignatureFacts.Outcome {
        switch means(for: path) {
        case .failure(let failure): return failure.outcome
        case .success(let means):
            library = means.library.name
            return Self.verify(means.signature, of: bytes, by: means.key, with: means.library)
        }
    }

    /// What a signature is verified with, besides the signed bytes.
    private struct Means {
        let signature: MinisignSignature
        let key: MinisignPublicKey
        let library: CryptoLibrary
    }

    private func means(for path: String) -> Result<Means, Failure> {
        let signature: MinisignSignature
        switch Self.signature(of: path) {
        case .success(let found): signature = found
        case .failure(let failure): return .failure(failure)
        }
        let keys: KeyFolder?
        do throws(TrustedPlace.Fault) {
            keys = if let keyFolder { try KeyFolder(reading: keyFolder) } else { nil }
        } catch {
            return .failure(
                .init(outcome: .keysUnusable("\(error)", remedy: error.remedy ?? KeyFolder.keptFromOthers)))
        }
        guard let key = keys?.keys[signature.keyID] else {
            return .failure(.init(outcome: .unknownKey("\(signature.keyID)", known: keys?.ids ?? [])))
        }
        switch CryptoLibrary.first(of: libraries) {
        case .failure(let error): return .failure(.init(outcome: .noLibrary(error.reasons)))
        case .success(let library): return .success(Means(signature: signature, key: key, library: library))
        }
    }

    private static func verify(
        _ signature: MinisignSignature, of bytes: RawSpan, by key: MinisignPublicKey, with library: CryptoLibrary
    ) -> SignatureFacts.Outcome {
        let isSigned: Bool
        // SAFETY: of both: `bytes` is unsafe for types with padding; UInt8 has none, and the arrays outlive their spans.
        switch signature.algorithm {
        case .legacy: isSigned = library.verifies(signature.signature, of: bytes, by: key.key)
        case .prehashed:
            guard let digest = library.blake2b512(of: bytes) else { return .otherContent(key: "\(key.id)") }
            isSigned = unsafe library.verifies(signature.signature, of: digest.span.bytes, by: key.key)
        }
        guard isSigned else { return .otherContent(key: "\(key.id)") }
        let comment = signature.signedComment
        guard unsafe library.verifies(signature.commentSignature, of: comment.span.bytes, by: key.key) else {
            return .forgedComment(key: "\(key.id)")
        }
        return .verified(key: "\(key.id)", comment: signature.trustedComment)
    }

    private struct Failure: Error { let outcome: SignatureFacts.Outcome }

    private static func signature(of path: String) -> Result<MinisignSignature, Failure> {
        let file = SignatureFacts.SignedFile.signaturePath(of: path)
        let bytes: [UInt8]
        do throws(SystemError) {
            let descriptor = try FileDescriptor(opening: file, O_RDONLY | O_NONBLOCK)
            guard try descriptor.status(of: file).st_mode & S_IFMT == S_IFREG else {
                return .failure(.init(outcome: .malformed("it is not a regular file")))
            }
            // One byte more tells a file that is too long.
            bytes = try descriptor.read(atMost: MinisignSignature.sizeLimit + 1, from: file)
        } catch {
            return .failure(.init(outcome: error.code == ENOENT ? .missing : .malformed("\(error)")))
        }
        do throws(MinisignError) { return .success(try MinisignSignature(parsing: bytes)) } catch {
            return .failure(.init(outcome: .malformed("\(error)")))
        }
    }
}
