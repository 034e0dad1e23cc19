import Glibc
import LinuxSystem
import PluginHost
import TestSupport
import Testing

@testable import ControlPlane

@Suite struct ControlClientTests {
    @Test func saysThatNobodyAnswers() throws {
        let folder = try TemporaryFolder()
        let client = ControlClient(socketPath: folder.file("host.sock"))
        #expect { try client.list() } throws: {
            ($0 as? ControlError)?.exit == 5 && "\($0)".contains(folder.file("host.sock"))
        }
    }

    @Test func endsWaitingForAHostThatDoesNotReply() throws {
        let folder = try TemporaryFolder()
        let listener = try UnixListener(at: folder.file("host.sock"))
        let client = ControlClient(socketPath: folder.file("host.sock"), timeout: .milliseconds(20))
        #expect { try client.list() } throws: { ($0 as? ControlError)?.exit == 7 }
        _ = listener.raw
    }

    /// A drain that was allowed to take long is no reason to give up: the old version's, and the new one's where the swap is
    /// taken back.
    @Test func waitsForTheDrainsOfASwapBesides() throws {
        let folder = try TemporaryFolder()
        let listener = try UnixListener(at: folder.file("host.sock"))
        let client = ControlClient(socketPath: folder.file("host.sock"), timeout: .milliseconds(20))
        func limit(_ error: any Error) -> Duration? {
            if case .timedOut(_, let limit) = error as? ControlError { limit } else { nil }
        }
        let options = SwapOptions(drainLimit: .milliseconds(10))
        #expect { try client.swap("a", to: "/a.so", options) } throws: { limit($0) == .milliseconds(40) }
        #expect { try client.swap(together: [("a", "/a.so"), ("b", "/b.so")], options) } throws: {
            limit($0) == .milliseconds(60)
        }
        #expect { try client.swap("a", to: "/a.so") } throws: { limit($0) == .milliseconds(20) }
        _ = listener.raw
    }

    @Test func refusesToSendWhatNoHostReads() throws {
        let client = ControlClient(socketPath: "/nowhere")
        #expect { try client.call("a", "b", [UInt8](repeating: 65, count: 70_000)) } throws: {
            ($0 as? ControlError)?.exit == 2
        }
    }

    @Test(arguments: ["nonsense\n", "{}\n", "[]\n", #"{"jsonrpc":"2.0","id":1,"result":7}"# + "\n", ""])
    func doesNotTrustTheHost(reply: String) throws {
        let folder = try TemporaryFolder()
        let listener = try UnixListener(at: folder.file("host.sock"))
        let thread = try SerialThread(name: "fake-host")
        let raw = listener.raw
        let path = folder.file("host.sock")
        thread.enqueue {
            var polled = pollfd(fd: raw, events: Int16(POLLIN), revents: 0)
            poll(&polled, 1, 20_000)
            let connection = accept(raw, nil, nil)
            var request = [UInt8](repeating: 0, count: 1000)
            _ = read(connection, &request, request.count)
            _ = Array(reply.utf8).withUnsafeBytes { write(connection, $0.baseAddress, $0.count) }
            close(connection)
        }
        #expect { try ControlClient(socketPath: path).list() } throws: {
            switch $0 {
            case ControlError.brokenReply: !reply.isEmpty
            case ControlError.unreachable: reply.isEmpty
            default: false
            }
        }
        #expect(thread.finish(within: 20_000_000_000))
        _ = listener.raw
    }
}
