import Glibc
import LinuxSystem

/// One client's connection: what it sent and has not been handled, what waits for it to read.
///
/// Owned by the loop.
final class ControlConnection {
    /// Never given twice by one loop.
    let number: Int
    /// Who is at the other end.
    let user: UInt32
    /// Requests that the host works on.
    var inFlight = 0
    /// When the line that is half here began; `nil` where none is.
    private(set) var halfLineSince: ContinuousClock.Instant?

    private let descriptor: FileDescriptor
    private let limits: ControlLimits
    private var input: LineBuffer
    private(set) var output: [UInt8] = []  // for the client; what it has taken may still be at the front
    private var sent = 0  // bytes of `output`
    private var isEnding = false  // nothing more is read; what was asked for is still answered
    private var isClosing = false  // the last reply is said; nothing more is read
    private var hasEnded = false  // the client will send nothing more
    private var isBroken = false  // nobody is there to read replies

    init(number: Int, user: UInt32, owning descriptor: consuming FileDescriptor, limits: ControlLimits) {
        self.number = number
        self.user = user
        self.descriptor = descriptor
        self.limits = limits
        input = LineBuffer(limit: limits.requestBytes)
    }

    /// Whether a further request may be handled now: a client that does not read replies is not read either.
    var takesRequests: Bool {
        !isEnding && !isClosing && !isBroken && inFlight < limits.inFlight && output.count - sent < limits.unreadBytes
    }

    /// Whether there are replies that the client has not taken.
    var hasUnsent: Bool { !output.isEmpty }

    /// Whether the connection has served its purpose.
    ///
    /// Meaningful when no request was left to be handled.
    var isFinished: Bool {
        isBroken || (output.isEmpty && (isClosing || (hasEnded && inFlight == 0)))
    }

    /// What poll(2) is to watch.
    var watched: pollfd {
        var events: Int32 = 0
        if takesRequests && !hasEnded { events |= POLLIN }
        if !output.isEmpty { events |= POLLOUT }
        return pollfd(fd: descriptor.raw, events: Int16(events), revents: 0)
    }

    /// Moves bytes both ways as far as that goes without waiting.
    func serve(_ events: Int32, buffer: inout [UInt8]) {
        let isGone = events & (POLLHUP | POLLERR) != 0
        if events & POLLIN != 0 || (isGone && takesRequests && !hasEnded) { receive(into: &buffer) }
        // A client that hung up reads no reply. What it sent before is handled as long as it is read above.
        if isGone && (hasEnded || !takesRequests) { isBroken = true }
        send()
    }

    /// The next whole line; `nil` where there is none, or the client has to wait.
    func nextLine(at now: ContinuousClock.Instant) -> [UInt8]? {
        guard takesRequests else {
            halfLineSince = nil  // it is not the client that keeps the rest of the line waiting
            return nil
        }
        if let line = input.next() {
            halfLineSince = nil
            return line
        }
        if input.isOverlong {
            close(saying: .malformed("a line has more than \(limits.requestBytes) bytes"))
        } else if input.isEmpty {
            halfLineSince = nil
        } else if halfLineSince == nil {
            halfLineSince = now
        }
        return nil
    }

    /// Takes no further request.
    func stopReading() { isEnding = true }

    /// Puts a reply behind those that wait.
    func reply(_ line: [UInt8]) {
        if !isClosing { output += line }
    }

    /// Says a last thing, after which nothing is read or said any more.
    func close(saying failure: ControlFailure) {
        reply(ControlCodec.reply(to: .null, failure))
        isClosing = true
        halfLineSince = nil
    }

    /// Sends as much as the client takes now.
    func send() {
        do throws(SystemError) {
            while sent < output.count && !isBroken { sent += try descriptor.send(output[sent...]) }
            (output, sent) = ([], 0)
        } catch {
            if error.code != EAGAIN { isBroken = true }
            // A client that always leaves a little unread must not make us keep all that it has read.
            if sent > output.count / 2 {
                output.removeFirst(sent)
                sent = 0
            }
        }
    }

    private func receive(into buffer: inout [UInt8]) {
        do throws(SystemError) {
            let count = try descriptor.receive(into: &buffer)
            input.append(buffer[..<count])
            if count == 0 { hasEnded = true }
        } catch {
            if error.code != EAGAIN { isBroken = true }
        }
    }
}
