internal import PluginHost
internal import PluginRegistry

/// The plugin of a host that is measured while the host grows around it: two builds that are swapped for each other, and a
/// third under another name to load and unload.
struct GrowthPlugin {
    let host: PluginHost
    let binding: Binding<Add>
    private let name: Int
    private let builds: [String]
    private let guest: String
    private let exports: Int

    /// Loads the first build and binds its last export.
    init(_ sample: SampleImage, exports: Int, number: Int, in host: PluginHost) async throws {
        self.host = host
        self.exports = exports
        name = number
        builds = [try sample.copy(name: number, version: 0), try sample.copy(name: number, version: 1)]
        guest = try sample.copy(name: 1000)
        _ = try await host.load(builds[0])
        binding = try host.bind(SampleImage.name(number), "^1", Export("f\(exports - 1)", as: Add.self))
    }

    /// How long binding takes on the route that is there.
    func timeBind() throws -> Int { try host.timeBind(name, "^1") }

    /// How long a gated load of one more plugin takes, and a bare one.
    func timeLoad() async throws -> (gated: Int, bare: Int) {
        (try await host.timeLoad(guest), try timeBareLoad(guest, exports: exports))
    }

    /// Swaps in the build with this number, 0 or 1, which is not the one that serves; how long that took, drained and retired
    /// included, and how long its publication alone.
    func timeSwap(to build: Int) async throws -> (whole: Int, publication: Int) {
        let begin = Clock.now()
        let reply = try await host.swap(SampleImage.name(name), to: builds[build])
        guard !reply.unchanged else { throw BenchError.wrong("growth: a swap changed nothing") }
        return (Clock.now() - begin, reply.publishNanoseconds)
    }
}
