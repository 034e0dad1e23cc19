import ELFReader

extension Gate {
    /// `elf.sanitizer`: a plugin that a sanitizer has instrumented, or a library that comes along, needs a host with the same
    /// one.
    ///
    /// The instrumented code calls into the sanitizer's runtime, which must have been in the process from its start:
    /// AddressSanitizer ends a process that loads it late, without another it crashes.
    static let sanitizer = Gate.ofMembers("elf.sanitizer") { member, candidate, host in
        let code = "elf.sanitizer"
        let own = host.sanitizers.isEmpty ? "none" : host.sanitizers.joined(separator: ", ")
        let known = member.library == nil ? candidate.index?.sanitizers : nil
        let numbers = known ?? ImageIndex.sanitizers(of: member.image)
        let used = numbers.map { ImageIndex.sanitizerPrefixes[$0] }
        if used.isEmpty { return [.passed(code, plugin: "none", host: own)] }
        return used.map { sanitizer in
            if host.sanitizers.contains(sanitizer.name) {
                return .passed(code, plugin: sanitizer.name, host: own)
            }
            return .refused(
                code, plugin: member.side(sanitizer.name), host: own,
                "\(member.subject) was built with -fsanitize=\(sanitizer.name), this host with "
                    + (host.sanitizers.isEmpty ? "no sanitizer" : own),
                remedy:
                    "build \(member.object) without -fsanitize=\(sanitizer.name), or load it into a host built with it"
            )
        }
    }
}
