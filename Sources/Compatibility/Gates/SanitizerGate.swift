import ELFReader

extension Gate {
    /// `elf.sanitizer`: a plugin that a sanitizer has instrumented needs a host with the same one.
    ///
    /// The instrumented code calls into the sanitizer's runtime, which must have been in the process from its start:
    /// AddressSanitizer ends a process that loads it late, without another it crashes.
    static let sanitizer = Gate.ofImage("elf.sanitizer") { image, _, host in
        let code = "elf.sanitizer"
        let own = host.sanitizers.isEmpty ? "none" : host.sanitizers.joined(separator: ", ")
        let used = sanitizers.filter { sanitizer in
            // A weak import is a question whether the sanitizer is there, not a need.
            image.symbols.contains { $0.isImported && $0.name.hasPrefix(sanitizer.prefix) }
        }
        if used.isEmpty { return [.passed(code, plugin: "none", host: own)] }
        return used.map { sanitizer in
            if host.sanitizers.contains(sanitizer.name) {
                return .passed(code, plugin: sanitizer.name, host: own)
            }
            return .refused(
                code, plugin: sanitizer.name, host: own,
                "plugin was built with -fsanitize=\(sanitizer.name), this host with "
                    + (host.sanitizers.isEmpty ? "no sanitizer" : own),
                remedy: "build the plugin without -fsanitize=\(sanitizer.name), or load it into a host built with it")
        }
    }

    /// As in `-fsanitize=`, with what the names of its runtime's functions start with.
    private static let sanitizers: [(name: String, prefix: String)] = [
        ("address", "__asan_"), ("hwaddress", "__hwasan_"), ("thread", "__tsan_"), ("memory", "__msan_"),
        ("undefined", "__ubsan_"), ("dataflow", "__dfsan_"), ("realtime", "__rtsan_"), ("type", "__tysan_"),
    ]
}

extension DynamicSymbol {
    /// Whether the image counts on another to define it: undefined and not weak.
    var isImported: Bool { !isDefined && binding != 2 }
}
