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
        package let id: ImageID
        package let unloadClass: UnloadClass
        package let unloadReasons: [String]
    }

    /// Judges the file by all gates.
    ///
    /// - Parameter facts: of the host that is to load it, this one or another.
    /// - Throws: `notFound` or `system` where the file cannot be read; a bad file is a report, not an error.
    package static func judge(
        path: String, against facts: HostFacts, policy: GatePolicy = .init()
    ) throws(PluginHostError) -> GateReport {
        GateReport.judge(try candidate(path), host: facts, policy: policy)
    }

    /// Reads the file's facts and manifest.
    ///
    /// - Throws: `notFound` or `system` where the file cannot be read, `invalidRequest` where it is not an ELF file.
    package static func facts(path: String) throws(PluginHostError) -> Facts {
        let candidate = try candidate(path)
        let image: ELFImage
        do throws(ELFProblem) { image = try candidate.image.get() } catch {
            throw .invalidRequest("\(path) is not an ELF file: \(error)")
        }
        let report = GateReport.judge(candidate, host: try HostFacts.current(), policy: .init())
        return Facts(
            image: image, manifest: candidate.manifest, id: candidate.id, unloadClass: report.unloadClass,
            unloadReasons: report.unloadReasons)
    }

    private static func candidate(_ path: String) throws(PluginHostError) -> Candidate {
        do throws(SystemError) {
            let descriptor = try FileDescriptor(opening: path, O_RDONLY | O_NONBLOCK)
            let status = try descriptor.status(of: path)
            if status.st_mode & S_IFMT == S_IFREG {
                // Copied and not mapped: somebody else may truncate the file while we read, and a mapping would kill us.
                return try MappedFile(copying: descriptor, at: path).withBytes { bytes in
                    Candidate(
                        reading: bytes, of: path, identity: FileIdentity(status),
                        permissions: UInt32(status.st_mode & 0o7777), for: .check)
                }
            }
        } catch {
            throw PluginHostError(.unreadable(error), opening: path)
        }
        throw PluginHostError(.notAFile(path: path), opening: path)
    }
}
