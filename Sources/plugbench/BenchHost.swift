internal import Compatibility
internal import Glibc
internal import LinuxSystem
internal import PluginHost

/// A private folder for what is built while measuring; removed with its last owner, or by the next process where this one
/// is killed.
func benchFolder() throws -> ProcessFolder { try ProcessFolder(under: "/tmp/switchboard-\(geteuid())") }

/// Runs `body` with a host that is shut down afterwards, whatever happens.
func withHost<Value>(_ body: (PluginHost) async throws -> Value) async throws -> Value {
    let host = try PluginHost(HostConfiguration(log: { _ in }))
    do {
        let value = try await body(host)
        await host.shutdown()
        return value
    } catch {
        await host.shutdown()
        throw error
    }
}

/// Judges a sample by every gate; one that is refused is a mistake of this program.
func admit(_ candidate: Candidate, _ host: HostFacts) throws {
    let report = GateReport.judge(candidate, host: host)
    guard report.isAdmissible else { throw BenchError.wrong("\(candidate.path): \(report.refusalCodes)") }
}

extension PluginHost {
    /// Loads a plugin and unloads it again; how long the load took.
    func timeLoad(_ path: String) async throws -> Int {
        let begin = Clock.now()
        let reply = try await load(path)
        let time = Clock.now() - begin
        _ = try await unload(reply.plugin, reply.loaded.version)
        return time
    }
}

/// How long bare dlopen(3) and dlsym(3) of so many exports of a sample take.
func timeBareLoad(_ path: String, exports: Int = 1) throws -> Int {
    let begin = Clock.now()
    let library = try BareLibrary(opening: path)
    for index in 0..<exports { try library.find("f\(index)") }
    let time = Clock.now() - begin
    withExtendedLifetime(library) {}
    return time
}
