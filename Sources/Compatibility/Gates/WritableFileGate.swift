extension Gate {
    /// `file.writable`: only the owner can change the plugin's files (inode(7), S_IWGRP and S_IWOTH).
    static let writableFile = Gate(codes: ["file.writable"]) { candidate, _ in
        let code = "file.writable"
        let (files, helpers) = (candidate.files, candidate.helpers)
        return candidate.judgeFiles { file in
            let mode = octal(file.permissions)
            let host = "writable by its owner only"
            let name = file == files[0] ? "the file" : helpers.contains(file) ? file.path : "the sidecar"
            if file.permissions & 0o002 != 0 {
                return [
                    .refused(
                        code, plugin: mode, host: host, "every user can change \(name) (mode \(mode))",
                        remedy: "chmod o-w \(name), and find out who wrote to it")
                ]
            }
            if file.permissions & 0o020 != 0 {
                return [
                    .warning(
                        code, plugin: mode, host: host, "\(name)'s group can change \(name) (mode \(mode))",
                        remedy: "chmod g-w \(name)")
                ]
            }
            return [.passed(code, plugin: mode, host: host)]
        }
    }
}
