extension HostConfiguration {
    /// Why a host would not start with it, in its own sentences, as far as this process can tell; changes nothing.
    ///
    /// What is read at the start is looked at here: the keys and the audit log.
    package var obstacles: [String] {
        let looks: [() throws(PluginHostError) -> Void] = [
            { () throws(PluginHostError) in try PluginHost.refuseUnusableKeys(signatures) },
            { () throws(PluginHostError) in if let auditLog { try AuditLog.check(auditLog) } },
        ]
        return looks.compactMap { look in
            do throws(PluginHostError) {
                try look()
                return nil
            } catch { return "\(error)" }
        }
    }
}
