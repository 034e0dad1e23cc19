import Compatibility
import Glibc
import LinuxSystem
import PluginLoading

extension HostConfiguration {
    /// Why a host would not start with it, in its own sentences, as far as this process can tell; changes nothing.
    ///
    /// What is read or made at the start is looked at here: the keys, the contracts, the audit log, the folder for private
    /// copies.
    package var obstacles: [String] {
        var obstacles: [String] = []
        do throws(PluginHostError) { try PluginHost.refuseUnusableKeys(signatures) } catch {
            obstacles.append("\(error)")
        }
        do throws(PluginHostError) { _ = try ContractShelf(reading: contracts) } catch { obstacles.append("\(error)") }
        if let auditLog {
            do throws(PluginHostError) { try AuditLog.check(auditLog) } catch { obstacles.append("\(error)") }
        }
        do throws(LoadingError) { try StagingFolder.check(under: stagingDirectory) } catch {
            obstacles.append("\(PluginHostError.noStart(error))")
        }
        return obstacles
    }

    /// Why a host that starts with it would refuse whatever it is given, a sentence each; what `obstacles` names is left
    /// out.
    package var futilities: [String] {
        var futilities = policy.files.folders.compactMap(futility)
        if signatures.mode == .require, let folder = signatures.keyFolder,
            let keys = try? KeyFolder(reading: folder), keys.keys.isEmpty  // else an obstacle
        {
            futilities.append(
                "the key folder \(folder) holds no key, a file *.pub, so no signature can be valid: put the signers' public "
                    + "keys there")
        }
        return futilities
    }

    private func futility(of folder: String) -> String? {
        do throws(SystemError) {
            let file = try FileDescriptor(opening: folder, O_RDONLY | O_DIRECTORY)
            let status = try file.status(of: folder)
            let facts = FileFacts(of: file, status, at: folder)
            guard let path = facts.resolvedPath else { return nil }
            let own = FileFacts.Folder(
                path: path, owner: status.st_uid, permissions: UInt32(status.st_mode & 0o7777))
            return policy.files.refusal(of: facts.folders + [own]).map {
                "\($0.statement), so nothing is loaded from \(folder): \($0.remedy)"
            }
        } catch {
            // What is not there, or may not be entered, is somebody else's finding: nothing lies in it for this process.
            return nil
        }
    }
}
