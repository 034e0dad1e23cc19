package import Compatibility
package import ELFReader
import Glibc
import LinuxSystem
import PluginLoading

/// A file looked at without loading it: what `inspect`, `check` and `scan` show.
///
/// Runs nothing of it.
package enum PluginFile {
    /// Everything that an image's bytes tell.
    package struct Facts: Sendable {
        package let image: ELFImage
        package let manifest: ManifestReading
        package let manifestSource: ManifestSource
        package let id: ImageID
        package let unloadClass: UnloadClass
        package let unloadReasons: [String]
    }

    /// Judges the file by all gates.
    ///
    /// - Parameters:
    ///   - facts: of the host that is to load it, this one or another.
    ///   - isThisHost: whether it is to be loaded on this machine, so that what is installed here counts.
    /// - Throws: `notFound` or `system` where the file cannot be read; a bad file is a report, not an error.
    package static func judge(
        path: String, against facts: HostFacts, isThisHost: Bool = true, policy: GatePolicy = .init(),
        signatures: SignaturePolicy = .init()
    ) throws(PluginHostError) -> GateReport {
        let candidate = try candidate(path, isThisHost ? .shared : nil, signatures)
        return GateReport.judge(
            candidate, host: isThisHost ? facts.completed(for: candidate) : facts, policy: policy)
    }

    /// Judges the file as `judge`, and rehearses what the gates let pass, as a host of this process would.
    ///
    /// It is copied first, and the copy removed afterwards. The one function here that runs code of the file: in a process
    /// of its own.
    ///
    /// - Throws: besides, where there is no program for rehearsals, or none of them took place.
    package static func rehearse(
        path: String, policy: GatePolicy = .init(), signatures: SignaturePolicy = .init(), _ rehearsal: RehearsalPolicy,
        stagingDirectory: String? = nil
    ) throws(PluginHostError) -> GateReport {
        let staged: StagedImage
        let candidate: Candidate
        let verifier = SignatureVerifier(signatures)
        do throws(LoadingError) {
            staged =
                signatures.mode == .off
                ? try StagedImage(copying: path, into: try StagingFolder(under: stagingDirectory))
                : try StagedImage(sealing: path, verifying: verifier)
        } catch {
            guard case .unread(let file) = error else { throw PluginHostError(error, opening: path) }
            return GateReport.judge(
                Candidate(unread: file, for: .check, verifying: verifier), host: try HostFacts.current(),
                policy: policy)
        }
        do throws(SystemError) {
            candidate = try Candidate(
                reading: staged, for: .check, verifying: verifier, isRehearsed: true)
        } catch {
            throw .system("\(error)")
        }
        let report = GateReport.judge(
            candidate, host: try HostFacts.current().completed(for: candidate), policy: policy)
        let findings = try Rehearsal.findings(
            of: staged, candidate, report, .none(because: "a check has none"), rehearsal)
        return report.adding(findings, policy: policy)
    }

    /// Reads the file's facts and manifest.
    ///
    /// - Throws: `notFound` or `system` where the file cannot be read, `invalidRequest` where it is not an ELF file,
    ///   `refused` where it must not be read.
    package static func facts(path: String) throws(PluginHostError) -> Facts {
        let candidate = try candidate(path, .shared)
        let report = GateReport.judge(candidate, host: try HostFacts.current(), policy: .init())
        let image: ELFImage
        switch candidate.image {
        case .success(let read): image = read
        case .failure(.other(let file)): throw .invalidRequest("\(path) is \(file): \(file.remedy)")
        case .failure(.tooLarge), .failure(.unsigned): throw .refused(report)
        }
        return Facts(
            image: image, manifest: candidate.manifest, manifestSource: candidate.manifestSource, id: candidate.id,
            unloadClass: report.unloadClass,
            unloadReasons: report.unloadReasons)
    }

    /// What a file is to somebody who searches for plugins.
    package enum Look: Sendable {
        /// Nothing that begins as an ELF file.
        case other
        /// An ELF file that can be read, without a manifest.
        case withoutManifest
        /// It begins as an ELF file, and no manifest of it could be read.
        case damaged
        /// It has a manifest, sound or not.
        case plugin(Candidate)
    }

    /// Reads a file once, whole only if it begins as an ELF file does.
    ///
    /// - Throws: as `judge`.
    package static func look(
        at path: String, signatures: SignaturePolicy = .init()
    ) throws(PluginHostError) -> Look {
        let file = try open(path)
        do throws(SystemError) {
            guard try file.read(4, at: 0, from: path) == [0x7f, 0x45, 0x4c, 0x46] else { return .other }
        } catch {
            // EIO: shorter than that. Of the others the whole reading tells.
            if error.code == EIO { return .other }
        }
        let candidate = try candidate(file, path, .shared, signatures)
        guard candidate.manifest == .absent else { return .plugin(candidate) }
        guard case .success(let image) = candidate.image, image.problems.isEmpty else { return .damaged }
        return .withoutManifest
    }

    private static func candidate(
        _ path: String, _ surroundings: ProcessLinker?, _ signatures: SignaturePolicy = .init()
    ) throws(PluginHostError) -> Candidate {
        try candidate(try open(path), path, surroundings, signatures)
    }

    private static func candidate(
        _ file: borrowing FileDescriptor, _ path: String, _ surroundings: ProcessLinker?, _ signatures: SignaturePolicy
    ) throws(PluginHostError) -> Candidate {
        let status = try status(of: file, at: path)
        let verifier = SignatureVerifier(signatures)
        if let reason = obstacle(toReading: path, size: Int64(status.st_size), verifier) {
            let unread = UnreadFile(file, status, at: path, because: reason)
            return Candidate(unread: unread, for: .check, verifying: verifier)
        }
        do throws(SystemError) {
            // Copied and not mapped: somebody else's file may be truncated while we read, and a mapping would kill us.
            let facts = FileFacts(of: file, status, at: path)
            var candidate = try MappedFile(copying: file, at: path).withBytes { bytes in
                Candidate(
                    reading: bytes, of: facts, sidecar: .find(beside: facts), identity: FileIdentity(status),
                    for: .check, verifying: verifier
                ) { image in
                    surroundings.map {
                        StagedImage.closure(of: image, at: path, sealed: signatures.mode != .off, $0)
                    }
                }
            }
            candidate.readHelpers()
            candidate.read(.find(.contract, beside: facts))
            return candidate
        } catch {
            throw PluginHostError(.unreadable(error), opening: path)
        }
    }

    /// Why the file is not read, as where it is staged.
    private static func obstacle(toReading path: String, size: Int64, _ verifier: SignatureVerifier) -> NoImage? {
        let limit = MappedFile.sizeLimit
        return size > limit ? .tooLarge(limit: limit) : verifier.obstacle(toReading: path, size: size)
    }

    private static func open(_ path: String) throws(PluginHostError) -> FileDescriptor {
        do throws(SystemError) {
            return try FileDescriptor(opening: path, O_RDONLY | O_NONBLOCK)
        } catch {
            throw PluginHostError(.unreadable(error), opening: path)
        }
    }

    /// Refuses what is no regular file, in the words in which a load refuses it.
    private static func status(of file: borrowing FileDescriptor, at path: String) throws(PluginHostError) -> stat {
        let status: stat
        do throws(SystemError) { status = try file.status(of: path) } catch {
            throw PluginHostError(.unreadable(error), opening: path)
        }
        guard status.st_mode & S_IFMT == S_IFREG else {
            throw PluginHostError(.notAFile(status, at: path), opening: path)
        }
        return status
    }
}
