extension Gate {
    /// `file.owner`: the plugin's files belong to somebody whom the policy names (inode(7), st_uid).
    static let fileOwner = Gate(
        codes: ["file.owner"],
        underPolicy: { candidate, _, policy in
            let code = "file.owner"
            let owners = policy.files.owners
            guard !owners.isEmpty else {
                return [.passed(code, plugin: candidate.owner.map { "\($0)" } ?? "", host: "any")]
            }
            let host = owners.map(\.text).joined(separator: ", ")
            return candidate.judgeFiles { file in
                guard let owner = file.owner else {
                    return [
                        .refused(
                            code, plugin: "unknown", host: host, "nobody looked whose \(file.path) is",
                            remedy: "try again")
                    ]
                }
                if let allowed = owners.first(where: { $0.uid == owner }) {
                    return [.passed(code, plugin: allowed.text, host: host)]
                }
                return [
                    .refused(
                        code, plugin: "\(owner)", host: host,
                        "\(file.path) belongs to user \(owner), allowed \(owners.count == 1 ? "is" : "are") \(host)",
                        remedy: "chown the file to an allowed owner, or add owner = \(owner) to the policy")
                ]
            }
        })
}
