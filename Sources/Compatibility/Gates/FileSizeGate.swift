extension Gate {
    /// `file.size`: the file has no more bytes than are read of any.
    static let fileSize = Gate(codes: ["file.size"]) { candidate, _ in
        let code = "file.size"
        let size = "\(candidate.identity.size) bytes"
        guard case .failure(.tooLarge(let limit)) = candidate.image else { return [.passed(code, plugin: size)] }
        return [
            .refused(
                code, plugin: size, host: "at most \(limit) bytes",
                "plugin has \(size), this host reads files of at most \(limit)",
                remedy: "strip its debug information, and keep large data in files of their own")
        ]
    }
}
