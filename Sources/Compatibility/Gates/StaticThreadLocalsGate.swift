import ELFReader

extension Gate {
    /// `elf.static-tls`: thread-local variables that must lie in the room which threads already have, fit into it, by size and
    /// by alignment.
    ///
    /// glibc keeps little of it for images that come later; an image without DF_STATIC_TLS needs none.
    static let staticThreadLocals = Gate.ofImage("elf.static-tls") { image, candidate, host in
        let code = "elf.static-tls"
        let members =
            [("plugin", image)] + (candidate.closure?.comingAlong ?? []).map { ($0.library.name, $0.image) }
        let blocks = members.compactMap { name, image in image.staticThreadLocals.map { (name, $0) } }
        guard !blocks.isEmpty else { return [.passed(code, plugin: "none")] }
        let need = blocks.reduce(0) { $0 + $1.1.size }
        let names = blocks.map(\.0).joined(separator: ", ")
        guard var room = candidate.closure?.staticThreadLocals ?? host.staticThreadLocals else {
            return [.skipped(code, because: "how much static thread-local storage the host has left is not known")]
        }
        if let most = room.alignment, let (name, block) = blocks.first(where: { $0.1.alignment > most }) {
            return [
                .refused(
                    code, plugin: "aligned to \(block.alignment) bytes (\(name))", host: "aligned to \(most) bytes",
                    "plugin needs static thread-local storage that is aligned to \(block.alignment) bytes (\(name)), "
                        + "this host's is aligned to \(most)",
                    remedy:
                        "compile without -ftls-model=initial-exec, or align thread-local variables to \(most) bytes "
                        + "at most")
            ]
        }
        let free = room.free
        let fits = blocks.allSatisfy { room.take($0.1) }
        guard !fits else { return [.passed(code, plugin: "\(need) bytes (\(names))", host: "\(free) bytes left")] }
        return [
            .refused(
                code, plugin: "\(need) bytes (\(names))", host: "\(free) bytes left",
                "plugin needs \(need) bytes of static thread-local storage (\(names)), this host has \(free) left",
                remedy: "compile without -ftls-model=initial-exec, or start the host with "
                    + "GLIBC_TUNABLES=glibc.rtld.optional_static_tls=\(512 + need)")
        ]
    }
}
