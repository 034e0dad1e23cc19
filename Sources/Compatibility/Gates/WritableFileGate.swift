extension Gate {
    /// `file.writable`: only the file's owner can change it (inode(7), S_IWGRP and S_IWOTH).
    static let writableFile = Gate(codes: ["file.writable"]) { candidate, _ in
        let code = "file.writable"
        let permissions = candidate.permissions & 0o7777
        let octal = String(permissions, radix: 8)
        let mode = String(repeating: "0", count: 4 - octal.count) + octal
        let host = "writable by its owner only"
        if permissions & 0o002 != 0 {
            return [
                .refused(
                    code, plugin: mode, host: host, "every user can change the file (mode \(mode))",
                    remedy: "chmod o-w the file, and find out who wrote to it")
            ]
        }
        if permissions & 0o020 != 0 {
            return [
                .warning(
                    code, plugin: mode, host: host, "the file's group can change the file (mode \(mode))",
                    remedy: "chmod g-w the file")
            ]
        }
        return [.passed(code, plugin: mode, host: host)]
    }
}
