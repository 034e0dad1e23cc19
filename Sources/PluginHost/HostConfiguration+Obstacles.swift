extension HostConfiguration {
    /// Why a host would not start with it, in its own sentences, as far as this process can tell; changes nothing.
    ///
    /// What is read at the start is looked at here: the keys and the audit log.
    package var obstacles: [String] {
        var obstacles: [String] = []
        do throws(PluginHostError) { try PluginHost.refuseUnusableKeys(signatures) } catch {
            obstacles.append("\(error)")
        }
        guard let auditLog else { return obstacles }
        do throws(PluginHostError) { try AuditLog.check(auditLog) } catch { obstacles.append("\(error)") }
        return obstacles
    }
}
