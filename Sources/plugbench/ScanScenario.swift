internal import Compatibility
internal import PluginHost

/// Reading and judging 1,000 plugin files one after the other, as `plugctl scan` does, against one `readelf -n` over them
/// all, whose notes hold the manifests; both in turns.
struct ScanScenario {
    private let arguments: Arguments
    private let facts: HostFacts

    init(_ arguments: Arguments) throws {
        self.arguments = arguments
        facts = try HostFacts.current()
    }

    func rows() throws -> [Row] {
        let folder = try benchFolder()
        let sample = try SampleImage(
            SampleSource(), as: "scanned", in: folder,
            include: arguments.include)
        let files = try (0..<1000).map { try sample.copy(name: $0) }
        var events = Events()
        for _ in 0..<10 {
            let readelf = try Clock.time {
                try compile(["sh", "-c", "exec readelf -n \"$@\" >/dev/null", "readelf"] + files)
            }
            let scanned = try Clock.time { for file in files { try scan(file) } }
            events.add(scanned, beside: readelf)
        }
        let base = "readelf -n of 1,000 plugins"
        return [
            Row("scan", base, to: base, events.baseline),
            Row("scan", "1,000 plugins, every gate", to: base, events),
        ]
    }

    private func scan(_ file: String) throws {
        guard case .plugin(let candidate) = try PluginFile.look(at: file) else {
            throw BenchError.wrong("scan: \(file) is no plugin")
        }
        try admit(candidate, facts)
    }
}
