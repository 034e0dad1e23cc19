internal import LinuxSystem
internal import PluginHost

/// Binding an export through the host, against dlsym(3).
struct BindScenario {
    private let arguments: Arguments

    init(_ arguments: Arguments) { self.arguments = arguments }

    /// On a route that is there, and on one that the binding makes: a range that nobody wrote before.
    func rows() async throws -> [Row] {
        let folder = try benchFolder()
        let sample = try SampleImage(SampleSource(), as: "sample", in: folder, include: arguments.include)
        let path = try sample.copy(name: 1)
        let library = try BareLibrary(opening: sample.path)
        return try await withHost { host in
            _ = try await host.load(path)
            var (again, fresh) = (Events(), Events())
            for number in 0..<300 {
                let found = try Clock.time { try library.find("f0") }
                again.add(try host.timeBind(1, "^1"), beside: found)
                fresh.add(try host.timeBind(1, sampleRange(number)), beside: found)
            }
            let base = "dlsym"
            return [
                Row("bind", base, to: base, again.baseline),
                Row("bind", "a route that is there", to: base, again),
                Row("bind", "a new route, up to 300 of them", to: base, fresh),
            ]
        }
    }
}

/// One of a thousand ranges that all admit a sample, each a route of its own.
func sampleRange(_ number: Int) -> String { ">=1.0.\(number) <2.0.0" }

extension PluginHost {
    /// How long binding `f0` of a sample takes.
    func timeBind(_ name: Int, _ range: String) throws -> Int {
        let plugin = SampleImage.name(name)
        let export = Export("f0", as: Add.self)
        return try Clock.time { _ = try bind(plugin, range, export) }
    }
}
