extension Gate {
    /// `file.folder`: the plugin lies in a folder that the policy names, and nobody else can put another file there.
    ///
    /// Judged by where the open file really lies, links resolved. A folder that others can write to is tolerated above the
    /// allowed one where it is sticky (inode(7), S_ISVTX), as /tmp is: there nobody can rename what is not theirs.
    static let fileFolder = Gate(
        codes: ["file.folder"],
        underPolicy: { candidate, _, policy in
            let code = "file.folder"
            let rules = policy.files
            guard !rules.folders.isEmpty else {
                return [.passed(code, plugin: candidate.folders.last?.path ?? "", host: "any")]
            }
            let host = rules.folders.joined(separator: ", ")
            return candidate.judgeFiles { file in
                guard let path = file.resolvedPath, let own = file.folders.last else {
                    return [
                        .refused(
                            code, plugin: "unknown", host: host,
                            "nobody can tell where \(file.path) lies: it was moved or removed while it was read",
                            remedy: "try again")
                    ]
                }
                guard let allowed = rules.folder(around: path) else {
                    let verb = rules.folders.count == 1 ? "allowed is" : "allowed are"
                    return [
                        .refused(
                            code, plugin: own.path, host: host, "\(path) lies in \(own.path), \(verb) \(host)",
                            remedy: "move it into an allowed folder, or add folder = \(own.path) to the policy")
                    ]
                }
                let findings = file.folders.compactMap { finding(code, $0, under: allowed, rules) }
                return findings.isEmpty ? [.passed(code, plugin: own.path, host: host)] : findings
            }
        })

    fileprivate static func finding(
        _ code: String, _ folder: FileFacts.Folder, under allowed: String, _ rules: FileRules
    ) -> Finding? {
        let isAbove = allowed != folder.path && (folder.path == "/" || allowed.hasPrefix(folder.path + "/"))
        let mode = octal(folder.permissions)
        let host = "writable by its owner only"
        if folder.permissions & 0o002 != 0, !(isAbove && folder.permissions & 0o1000 != 0) {
            return .refused(
                code, plugin: mode, host: host, "every user can put files into \(folder.path) (mode \(mode))",
                remedy: "chmod o-w the folder, and find out who wrote to it")
        }
        let trusted = [0, rules.hostUser] + rules.owners.map(\.uid)
        guard trusted.contains(folder.owner) else {
            return .refused(
                code, plugin: "user \(folder.owner)", host: "root, the host's user, an allowed owner",
                "the folder \(folder.path) belongs to user \(folder.owner), who can put files into it",
                remedy: "chown the folder to root, or add owner = \(folder.owner) to the policy")
        }
        guard folder.permissions & 0o020 != 0, !(isAbove && folder.permissions & 0o1000 != 0) else { return nil }
        return .warning(
            code, plugin: mode, host: host, "the group of \(folder.path) can put files into it (mode \(mode))",
            remedy: "chmod g-w the folder")
    }

    /// "0755".
    static func octal(_ permissions: UInt32) -> String {
        let digits = String(permissions & 0o7777, radix: 8)
        return String(repeating: "0", count: 4 - digits.count) + digits
    }
}

extension FileRules {
    /// Why nothing in an allowed folder passes `file.folder`, whatever it is: of the folders from "/" down to it the first
    /// that others have a hand in.
    package func refusal(of folders: [FileFacts.Folder]) -> Finding? {
        guard let allowed = folders.last?.path else { return nil }
        return folders.lazy.compactMap { Gate.finding("file.folder", $0, under: allowed, self) }
            .first { $0.verdict == .refused }
    }
}
