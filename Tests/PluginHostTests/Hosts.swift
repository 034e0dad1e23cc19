import PluginHost
import PluginLoading
import PluginRegistry
import Synchronization
import TestSupport
import Testing

/// Runs a body with a folder and a host that stages in it, and shuts the host down however the body ends.
func withHost(
    _ configure: (inout HostConfiguration) -> Void = { _ in },
    _ body: (PluginHost, TemporaryFolder) async throws -> Void
) async throws {
    let folder = try TemporaryFolder()
    var configuration = HostConfiguration(stagingDirectory: folder.file("staging"), log: { _ in })
    configure(&configuration)
    let host = try PluginHost(configuration)
    do { try await body(host, folder) } catch {
        await host.shutdown()
        throw error
    }
    await host.shutdown()
}

/// `int32_t answer(void)` of the fixtures.
let answer = Export("answer", as: (@convention(c) () -> Int32).self)

/// Calls an `answer` once.
func call(_ binding: Binding<@convention(c) () -> Int32>) throws -> Int32 { try binding { $0() } }

/// What plugins logged, in order.
final class Log: Sendable {
    private let lines = Mutex<[PluginLogLine]>([])

    /// The sink for a `HostConfiguration`.
    var sink: @Sendable (PluginLogLine) -> Void { { line in self.lines.withLock { $0.append(line) } } }
    /// All lines so far.
    var all: [PluginLogLine] { lines.withLock { $0 } }
    /// Their texts.
    var texts: [String] { all.map(\.text) }
}

/// The objects of this process that were mapped from a host's private copies under `folder`.
func mappedCopies(under folder: TemporaryFolder) -> [String] {
    LoadedObjects.all().map(\.name).filter { $0.hasPrefix(folder.path) }
}

/// The error that `body` ends with; fails the test where it ends with another or none.
func hostError(
    _ body: () async throws -> Void, sourceLocation: SourceLocation = #_sourceLocation
) async throws -> PluginHostError {
    try await #require(throws: PluginHostError.self, sourceLocation: sourceLocation) { try await body() }
}
