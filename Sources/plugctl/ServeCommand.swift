import Compatibility
import ControlPlane
import Dispatch
import Glibc
import PluginHost
import Synchronization

/// `serve [--plugins DIR]… [--policy FILE]`: the reference host.
struct ServeCommand {
    let folders: [String]
    let policy: String?

    /// What is true when the host is ready.
    private struct Ready: Encodable {
        var socket: String
        var process: Int32
        var loaded: [LoadReply]
        var failed: [Failed]
    }

    private struct Failed: Encodable {
        var file: String
        var error: CommandFailure
    }

    @MainActor
    func run(in context: CommandContext) async throws {
        let signals = StopSignals()
        let host = try PluginHost(try configuration())
        let control: ControlServer
        do {
            control = try ControlServer(host: host, socketPath: context.socketPath)
        } catch {
            await host.shutdown()
            throw error
        }
        do {
            let ready = try await load(into: host, context, unless: signals)
            if !signals.haveArrived { greet(ready, context) }
        } catch {
            host.cancelCalls()
            control.stop()
            await host.shutdown()
            throw error
        }
        await signals.wait()
        // Cooperative calls come to their end before their clients are sent away.
        host.cancelCalls()
        control.stop()
        await host.shutdown()
    }

    private func greet(_ ready: Ready, _ context: CommandContext) {
        let count = ready.loaded.count
        do {
            try context.show(
                ready,
                "serving on \(ready.socket), process \(ready.process), \(count) plugin\(count == 1 ? "" : "s") loaded\n"
            )
        } catch {
            // The socket is what a host is for: it serves, whoever reads its greeting.
            context.terminal.warn("warning: \(CommandFailure(error).message); serving on \(ready.socket)")
        }
    }

    /// As the policy has it; a host does not start with a policy that it cannot follow.
    private func configuration() throws(CommandFailure) -> HostConfiguration {
        guard let policy else { return HostConfiguration() }
        let file = try PolicyFile(policy)
        try file.requireWhatItNames()
        return file.configuration
    }

    /// Loads what the folders hold, newest first, so that the newest of a line becomes current.
    ///
    /// A plugin may require one that comes later: what failed is tried again as long as a round gets further, and nobody
    /// wants the host to end.
    @MainActor
    private func load(
        into host: PluginHost, _ context: CommandContext, unless signals: StopSignals
    ) async throws -> Ready {
        let finder = try PluginFinder(in: folders) { _, _ in }
        for problem in finder.problems { context.terminal.warn("warning: \(problem)") }
        if let passedOver = finder.passedOver { context.terminal.warn(passedOver) }
        var waiting = finder.plugins.map(\.path)
        var loaded: [LoadReply] = []
        var failed: [Failed] = []
        var isProgressing = true
        while isProgressing {
            failed = []
            let before = loaded.count
            for file in waiting where !signals.haveArrived {
                do {
                    loaded.append(try await host.load(absolutePath(file)))
                } catch {
                    failed.append(Failed(file: file, error: CommandFailure(error)))
                }
            }
            waiting = failed.map(\.file)
            isProgressing = loaded.count > before && !waiting.isEmpty
        }
        for failure in failed {
            context.terminal.warn("error[\(failure.error.code)]: \(failure.error.message)")
            for finding in failure.error.report?.refusals ?? [] { context.terminal.warn("  \(finding.sentence)") }
        }
        return Ready(socket: context.socketPath, process: getpid(), loaded: loaded, failed: failed)
    }
}

/// SIGTERM and SIGINT as something to wait for, from its creation on.
private final class StopSignals {
    private let stream: AsyncStream<Void>
    private let sources: [any DispatchSourceSignal]
    private let arrivals: Arrivals

    /// Shared with the sources' handlers.
    private final class Arrivals: Sendable {
        let haveBegun = Mutex(false)
    }

    init() {
        let (stream, continuation) = AsyncStream<Void>.makeStream()
        self.stream = stream
        let arrivals = Arrivals()
        self.arrivals = arrivals
        sources = [SIGTERM, SIGINT].map { number in
            // Without this the default action would end the process before the source is asked.
            signal(number, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
            source.setEventHandler {
                arrivals.haveBegun.withLock { $0 = true }
                continuation.yield()
            }
            source.activate()
            return source
        }
    }

    /// Whether one has arrived.
    var haveArrived: Bool { arrivals.haveBegun.withLock { $0 } }

    /// Returns when one has arrived.
    @MainActor
    func wait() async {
        for await _ in stream { return }
    }

    deinit {
        for source in sources { source.cancel() }
    }
}
