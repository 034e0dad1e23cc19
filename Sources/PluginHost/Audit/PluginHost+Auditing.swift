import Compatibility
import LinuxSystem
import PluginLoading

// What a host remembers of what it opened and refused.

extension PluginHost {
    /// Appends an entry; a load that cannot be remembered is refused.
    func append(_ entry: inout AuditEntry, _ verdict: AuditEntry.Verdict) throws(PluginHostError) {
        entry.verdict = verdict
        guard let audit else { return }
        do throws(AuditLog.Fault) { try audit.append(entry) } catch {
            throw .system("\(entry.path) is not loaded, because the audit log \(error.clause)")
        }
    }

    /// Appends why an image was not opened; the error itself, which counts whether or not it can be remembered.
    func audited(_ error: PluginHostError, _ entry: AuditEntry) -> PluginHostError {
        guard let audit else { return error }
        var entry = entry
        entry.note(error)
        do throws(AuditLog.Fault) { try audit.append(entry) } catch let fault {
            report(
                "audit.lost", entry.plugin ?? "",
                "a refusal of \(entry.path) is not remembered, because the audit log \(fault.clause)")
        }
        return error
    }

    /// Takes the digests of all that was staged.
    func note(_ staged: StagedImage, in entry: inout AuditEntry) throws(SystemError) {
        entry.digest = try digest(of: staged)
        entry.helpers = []
        for helper in staged.helpers {
            let digest = try helper.map().withBytes {
                CryptoLibrary.digest(of: $0, by: configuration.signatureLibraries)
            }
            entry.helpers.append((helper.source.path, digest))
        }
    }

    /// SHA-256 of the very bytes that are judged.
    func digest(of staged: StagedImage) throws(SystemError) -> [UInt8] {
        try staged.map().withBytes { CryptoLibrary.digest(of: $0, by: configuration.signatureLibraries) }
    }
}
