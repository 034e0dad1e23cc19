import Glibc
import LinuxSystem
import PluginHost

/// The one thread of a control socket: poll(2) over the listener, the mailbox and every connection.
///
/// Nothing here blocks but poll itself: what takes time is begun as an operation and comes back through the mailbox.
///
/// `@unchecked Sendable`: made on one thread and handed over to the loop's before that runs; all state is that thread's
/// alone from then on. Other threads reach it through the mailbox only.
final class ControlLoop: @unchecked Sendable {
    private let host: PluginHost
    private let limits: ControlLimits
    private let mailbox: ControlMailbox
    private let operations: ControlOperations
    private var listener: UnixListener?
    private var connections: [Int: ControlConnection] = [:]
    private var counters = ControlCounters()
    private var acceptsAgain: ContinuousClock.Instant?  // after running out of descriptors
    private var buffer = [UInt8](repeating: 0, count: 16 * 1024)
    private let clock = ContinuousClock()

    init(host: PluginHost, listener: consuming UnixListener, mailbox: ControlMailbox, limits: ControlLimits) {
        self.host = host
        self.listener = consume listener
        self.mailbox = mailbox
        self.limits = limits
        operations = ControlOperations(host: host, mailbox: mailbox, limits: limits)
    }

    /// Serves until the mailbox says stop; then closes the socket, waits for the operations, and closes every connection.
    ///
    /// What comes to its end meanwhile is still answered: who asked for it need not wonder whether it was done.
    func run() {
        while !takeMail() { _ = serve(until: nil) }
        listener = nil
        for connection in connections.values { connection.stopReading() }
        operations.cancel()
        let limit = clock.now + limits.stopping
        while !operations.isIdle, clock.now < limit {
            _ = serve(until: limit)
            _ = takeMail()
        }
        operations.finish()
        // Who reads has the rest; who does not is not waited for.
        while connections.values.contains(where: \.hasUnsent), serve(until: min(limit, clock.now + limits.farewell)) {}
        connections = [:]
    }

    /// One round: waits until a descriptor is ready, no longer than a deadline, and serves those that are; whether any was.
    private func serve(until deadline: ContinuousClock.Instant?) -> Bool {
        let served = connections.values.sorted { $0.number < $1.number }
        let events = wait(for: served, until: deadline)
        for (connection, events) in zip(served, events.connections) where events != 0 {
            connection.serve(events, buffer: &buffer)
            handleLines(of: connection)
        }
        closeHalfLines()
        if events.listener != 0 { acceptWaiting() }
        return events.listener != 0 || events.connections.contains { $0 != 0 }
    }

    // MARK: - Waiting

    private func wait(
        for served: [ControlConnection], until deadline: ContinuousClock.Instant?
    ) -> (listener: Int32, connections: [Int32]) {
        if let again = acceptsAgain, clock.now >= again { acceptsAgain = nil }
        let listening = acceptsAgain == nil ? listener?.raw ?? -1 : -1  // poll(2) passes over negative descriptors
        var polled = [
            pollfd(fd: mailbox.raw, events: Int16(POLLIN), revents: 0),
            pollfd(fd: listening, events: Int16(POLLIN), revents: 0),
        ]
        polled += served.map(\.watched)
        let deadlines =
            served.compactMap(\.halfLineSince).map { $0 + limits.halfLine }
            + [acceptsAgain, deadline].compactMap(\.self)
        poll(&polled, until: deadlines.min())
        return (Int32(polled[1].revents), polled.dropFirst(2).map { Int32($0.revents) })
    }

    private func poll(_ polled: inout [pollfd], until deadline: ContinuousClock.Instant?) {
        var milliseconds: Int32 = -1
        if let deadline {
            // Rounded up: waking early would find nothing due and come back at once.
            let rest = (deadline - clock.now) / .milliseconds(1)
            milliseconds = Int32(min(max(rest.rounded(.up), 0), 3_600_000))
        }
        // EINTR leaves `revents` as they were, zero: the loop comes round again. Other errors are ENOMEM, the same.
        if unsafe Glibc.poll(&polled, nfds_t(polled.count), milliseconds) < 0 {
            for index in polled.indices { polled[index].revents = 0 }
        }
    }

    /// Deals out results; whether to stop.
    private func takeMail() -> Bool {
        let mail = mailbox.take()
        for result in mail.results {
            operations.end(result.operation)
            guard let connection = connections[result.connection] else { continue }
            connection.inFlight -= 1
            if let line = result.line { connection.reply(line) }
            handleLines(of: connection)
        }
        return mail.isStopping
    }

    // MARK: - Connections

    /// Lets in as many as there are places, or turns away whoever waits where none was left to begin with.
    ///
    /// Not one after the other until nobody waits: clients that hung up in the meantime would fill the places, and only
    /// the next round of the loop notices that they are gone.
    private func acceptWaiting() {
        let wasFull = connections.count >= limits.clients
        do throws(SystemError) {
            while wasFull || connections.count < limits.clients, let descriptor = try listener?.accept() {
                admit(descriptor)
            }
        } catch {
            // EMFILE, ENFILE, ENOMEM: the listener stays readable, so looking again at once would spin.
            counters.failedAccepts += 1
            acceptsAgain = clock.now + limits.acceptPause
        }
    }

    private func admit(_ descriptor: consuming FileDescriptor) {
        guard let user = peerUser(of: descriptor), user == geteuid() || user == 0 else {
            counters.refusedUsers += 1
            return
        }
        let isFull = connections.count >= limits.clients
        let connection = ControlConnection(
            number: counters.accepted + 1, user: user, owning: descriptor, limits: limits)
        guard !isFull else {
            counters.turnedAway += 1
            connection.close(saying: .busy("\(limits.clients) clients are connected already; try again"))
            connection.send()
            return
        }
        counters.accepted += 1
        connections[connection.number] = connection
    }

    private func handleLines(of connection: ControlConnection) {
        while let line = connection.nextLine(at: clock.now) {
            if line.allSatisfy(ControlCodec.isWhitespace) { continue }
            handle(ControlCodec.request(from: line, nesting: limits.nesting), of: connection)
        }
        connection.send()
        if connection.isFinished { remove(connection) }
    }

    private func closeHalfLines() {
        let now = clock.now
        for connection in connections.values {
            guard let since = connection.halfLineSince, since + limits.halfLine <= now else { continue }
            connection.close(saying: .malformed("a line was not finished within \(limits.halfLine)"))
            connection.send()
            if connection.isFinished { remove(connection) }
        }
    }

    private func remove(_ connection: ControlConnection) {
        connections[connection.number] = nil
        operations.forget(connection.number)
    }

    // MARK: - Requests

    private func handle(_ request: ControlRequest, of connection: ControlConnection) {
        switch request.method {
        case .success(.change(let change)):
            connection.inFlight += 1
            operations.begin(change, id: request.id, for: connection.number, requestedBy: connection.user)
        case .success(.call(let call)):
            connection.inFlight += 1
            operations.begin(call, id: request.id, for: connection.number)
        case .success(.list(let all, let host)):
            answer(request, ControlOutcome(list(all: all, host: host)), to: connection)
        case .success(.routes(let plugin, let range)):
            answer(request, ControlOutcome(routesOf: host, plugin: plugin, range: range), to: connection)
        case .failure(let failure):
            answer(request, ControlOutcome(failure), to: connection)
        }
    }

    private func answer(_ request: ControlRequest, _ outcome: ControlOutcome, to connection: ControlConnection) {
        guard let id = request.id else { return }
        connection.reply(outcome.line(replyingTo: id, limit: limits.replyBytes))
    }

    private func list(all: Bool, host wanted: Bool) -> ListReply {
        counters.clients = connections.count
        return ListReply(
            plugins: host.list(includingRetired: all), host: wanted ? host.status() : nil,
            control: wanted ? counters : nil)
    }
}
