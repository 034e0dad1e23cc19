public import Compatibility
import FoundationEssentials
import Glibc
import LinuxSystem
public import PluginHost

/// A program's way to a host in another process: one connection per request, blocking, with a time limit.
public struct ControlClient: Sendable {
    /// Where the host listens.
    public let socketPath: String
    /// From connecting to the reply's last byte; a swap has twice its own drain limit on top of it.
    public let timeout: Duration

    private static let replyLimit = 64 << 20

    /// Creates a client; nothing is connected yet.
    public init(socketPath: String, timeout: Duration = .seconds(60)) {
        self.socketPath = socketPath
        self.timeout = timeout
    }

    /// Loads the plugin at an absolute path.
    public func load(_ path: String) throws(ControlError) -> LoadReply {
        try send(.load, LoadParameters(path: path))
    }

    /// Drains and retires one version, or all.
    public func unload(_ name: String, _ version: SemanticVersion? = nil) throws(ControlError) -> UnloadReply {
        try send(.unload, UnloadParameters(name: name, version: version))
    }

    /// What is loaded; with `all` also what stays in memory after retirement, with `host` the host's own facts.
    public func list(all: Bool = false, host: Bool = false) throws(ControlError) -> ListReply {
        try send(.list, ListParameters(all: all, host: host))
    }

    /// Calls a message export through the route (plugin, range).
    public func call(
        _ plugin: String, _ export: String, range: String = "*", _ request: [UInt8]
    ) throws(ControlError) -> [UInt8] {
        let wrapped = CallReply(request)
        let reply: CallReply = try send(
            .call,
            CallParameters(plugin: plugin, export: export, range: range, text: wrapped.text, base64: wrapped.base64))
        guard let bytes = reply.bytes else {
            throw .brokenReply(path: socketPath, detail: "it holds neither text nor base64")
        }
        return bytes
    }

    /// Sends one request and waits for its reply, `extra` longer than for others.
    func send<R: Decodable>(
        _ method: MethodName, _ parameters: some Encodable, waitingLonger extra: Duration = .zero
    ) throws(ControlError) -> R {
        let request: [UInt8]
        do {
            request = try ControlCodec.request(1, method, parameters)
        } catch {
            throw .system("cannot encode the request: \(error)")
        }
        let limit = ControlLimits().requestBytes
        guard request.count - 1 <= limit else { throw .requestTooLong(bytes: request.count - 1, limit: limit) }
        try SocketPath.check(socketPath, user: geteuid())
        let line = try exchange(request, within: timeout + extra)
        let reply: Received<R>
        do {
            reply = try JSONDecoder().decode(Received<R>.self, from: Data(line))
        } catch {
            throw .brokenReply(path: socketPath, detail: String(describing: error))
        }
        if let failure = reply.error { throw .failed(failure) }
        guard let result = reply.result else { throw .brokenReply(path: socketPath, detail: "it has no result") }
        return result
    }

    /// Sends one line and waits for one.
    private func exchange(_ request: [UInt8], within limit: Duration) throws(ControlError) -> [UInt8] {
        let deadline = ContinuousClock.now + limit
        let connection: FileDescriptor
        do throws(SystemError) {
            connection = try connectUnixSocket(to: socketPath, sendLimit: milliseconds(until: deadline))
        } catch {
            if error.code == EAGAIN { throw .timedOut(path: socketPath, limit: limit) }
            if error.code == EACCES { throw .forbidden(path: socketPath, reason: error.description) }
            throw .unreachable(path: socketPath, reason: error.description)
        }
        var sent = 0
        do throws(SystemError) {
            while sent < request.count { sent += try connection.send(request[sent...]) }
        } catch {
            // A host that turns us away says why and closes before it has read: its words tell more than this error.
        }
        var line: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 64 * 1024)
        while line.last != UInt8(ascii: "\n") {
            guard try isReadable(connection, until: deadline) else { throw .timedOut(path: socketPath, limit: limit) }
            // An error here is a connection that was reset: no more comes, as after the end.
            let count = (try? connection.receive(into: &buffer)) ?? 0
            guard count > 0 else {
                throw .unreachable(path: socketPath, reason: "\(socketPath) closed the connection before it replied")
            }
            line += buffer[..<count]
            guard line.count <= Self.replyLimit else {
                throw .brokenReply(path: socketPath, detail: "it has more than \(Self.replyLimit) bytes")
            }
        }
        return line
    }

    private func isReadable(
        _ connection: borrowing FileDescriptor, until deadline: ContinuousClock.Instant
    ) throws(ControlError) -> Bool {
        var polled = pollfd(fd: connection.raw, events: Int16(POLLIN), revents: 0)
        while true {
            let ready = unsafe poll(&polled, 1, Int32(clamping: milliseconds(until: deadline)))
            let code = errno
            if ready > 0 { return true }
            if ready == 0 && ContinuousClock.now >= deadline { return false }
            if ready < 0 && code != EINTR {
                throw .system(SystemError("wait for", on: socketPath, errno: code).description)
            }
        }
    }

    /// At most an hour, after which the deadline is looked at again, and at least 1: 0 means "for ever" to SO_SNDTIMEO.
    private func milliseconds(until deadline: ContinuousClock.Instant) -> Int64 {
        max(Int64(min((deadline - ContinuousClock.now) / .milliseconds(1), 3_600_000)), 1)
    }
}

/// A reply as it comes over the wire.
private struct Received<R: Decodable>: Decodable {
    var result: R?
    var error: ControlFailure?
}
