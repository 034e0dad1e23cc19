import FoundationEssentials
import Glibc
import LinuxSystem
import Testing

/// A client without manners: sends any bytes, reads what comes.
final class RawClient {
    private let descriptor: FileDescriptor
    private var received: [UInt8] = []
    private static let patience: Int32 = 20_000  // milliseconds: only a server that hangs lets it pass

    private static let floodLimit = 16 << 20

    init(_ path: String) throws {
        descriptor = try connectUnixSocket(to: path, sendLimit: Int64(Self.patience))
    }

    func send(_ text: String) throws {
        var rest = Array(text.utf8)[...]
        while !rest.isEmpty { rest = rest.dropFirst(try descriptor.send(rest)) }
    }

    /// Sends until the server takes no more, or far too much; the number of bytes that it took.
    func flood(_ line: String) throws -> Int {
        _ = fcntl(descriptor.raw, F_SETFL, O_NONBLOCK)
        let bytes = Array(String(repeating: line + "\n", count: 100).utf8)
        var sent = 0
        while sent < Self.floodLimit {
            do throws(SystemError) {
                // Whole lines only matter to the server, not to this test.
                sent += try descriptor.send(bytes[(sent % bytes.count)...])
            } catch {
                guard error.code == EAGAIN else { throw error }
                // A moment for the loop to take more, then the verdict.
                var polled = pollfd(fd: descriptor.raw, events: Int16(POLLOUT), revents: 0)
                if poll(&polled, 1, 500) == 0 { return sent }
            }
        }
        return sent
    }

    /// The next line without its newline; `nil` when the server has closed.
    func line() throws -> String? {
        var buffer = [UInt8](repeating: 0, count: 64 * 1024)
        while true {
            if let end = received.firstIndex(of: 10) {
                defer { received.removeFirst(end + 1) }
                return String(decoding: received[..<end], as: UTF8.self)
            }
            var polled = pollfd(fd: descriptor.raw, events: Int16(POLLIN), revents: 0)
            try #require(poll(&polled, 1, Self.patience) > 0, "the server says nothing")
            do throws(SystemError) {
                let count = try descriptor.receive(into: &buffer)
                if count == 0 { return nil }
                received += buffer[..<count]
            } catch {
                if error.code == ECONNRESET { return nil }
                throw error
            }
        }
    }

    /// The next reply.
    func reply() throws -> Reply {
        let line = try #require(try line(), "the server closed the connection")
        return try JSONDecoder().decode(Reply.self, from: Data(line.utf8))
    }

    func finishSending() {
        shutdown(descriptor.raw, Int32(SHUT_WR))
    }

    struct Reply: Decodable {
        struct Problem: Decodable {
            var code: Int
            var message: String
        }
        var id: Int?
        var error: Problem?
    }

    static let list = #"{"jsonrpc":"2.0","id":1,"method":"list"}"#
}
