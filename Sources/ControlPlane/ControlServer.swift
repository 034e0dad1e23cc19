import LinuxSystem
public import PluginHost
import Synchronization

/// The control socket of a host: JSON-RPC 2.0, one object a line, over a Unix stream socket.
///
/// ```swift
/// let control = try ControlServer(host: host, socketPath: path)
/// defer { control.stop() }
/// ```
///
/// Methods: `load {path}`, `swap {name, path | version, options?}`, `swapTogether {plugins [{name, path}], options?}`,
/// `revert {name}`, `commit {name}`, `unload {name, version?}`, `list {all?, host?}`, `routes {plugin?, range?}`,
/// `route {plugin, range, change, …}`, `call {plugin, export, range?, text | base64}`. Errors carry `data {code, exit,
/// report?}`.
///
/// `options` are `probation`, `drainLimit` (seconds), `onDrainTimeout`, `state`, `dryRun`, as `SwapOptions` has them.
/// `change` is `canary` (with `version`, `basisPoints`), `closeCanary`, `label` (`label`, `version`), `removeLabel`
/// (`label`), `fix` (`version`), `follow`, `fallback` (`fallback`) or `noFallback`. What is unknown there is refused.
///
/// The socket has mode 0600, and only the host's user and root are served (SO_PEERCRED). One thread of its own; calls of
/// plugin functions run on up to 16 more. Every bound is fixed: 64 clients, 64 KiB a request, 4 MiB a reply, 8 requests
/// in flight per client; a client that does not read its replies is not read either.
public final class ControlServer: Sendable {
    /// Where it listens.
    public let socketPath: String
    private let mailbox: ControlMailbox
    private let thread: SerialThread
    private let limits: ControlLimits

    /// Opens the socket and serves until `stop`.
    ///
    /// - Parameters:
    ///   - host: what clients command; the server does not shut it down.
    ///   - socketPath: at most 107 bytes. Missing folders above it are made with mode 0700. A socket that a dead host left
    ///     there is taken over; `PATH.lock` keeps living hosts apart.
    /// - Throws: `ControlError.held` where another host serves the path, `.unusablePath`, `.system`.
    public convenience init(host: PluginHost, socketPath: String) throws(ControlError) {
        try self.init(host: host, socketPath: socketPath, limits: ControlLimits())
    }

    package init(host: PluginHost, socketPath: String, limits: ControlLimits) throws(ControlError) {
        try SocketPath.makeFolders(above: socketPath)
        do throws(UnixSocketError) {
            let listener = try UnixListener(at: socketPath)
            do throws(SystemError) {
                mailbox = try ControlMailbox()
                thread = try SerialThread(name: "swb-control")
            } catch {
                throw .system(error)
            }
            let loop = ControlLoop(host: host, listener: listener, mailbox: mailbox, limits: limits)
            thread.enqueue { loop.run() }
        } catch {
            throw ControlError(error)
        }
        self.socketPath = socketPath
        self.limits = limits
    }

    /// Removes the socket file, waits for what is still being done, whose clients have their answers, and closes every
    /// connection.
    ///
    /// Blocking, at most about 10 s. Further calls wait as well and change nothing. A plugin function that does not return
    /// by then keeps its thread: nothing can end it from outside.
    public func stop() {
        mailbox.stop()
        // The loop bounds its own end; the extra second only covers its last steps.
        let limit = limits.stopping + .seconds(2)
        _ = thread.finish(within: UInt64(limit / .nanoseconds(1)))
    }

    deinit {
        stop()
    }
}
