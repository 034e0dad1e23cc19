import FoundationEssentials
import Glibc
import LinuxSystem
import PluginHost
import TestSupport
import Testing

@testable import ControlPlane

/// A server over a real socket, for one test.
///
/// The body blocks, so it runs on a thread of its own: the host's changes need the cooperative pool.
func withServer(
    limits: ControlLimits = ControlLimits(), _ body: @escaping @Sendable (String) throws -> Void
) async throws {
    let folder = try TemporaryFolder()
    let host = try PluginHost()
    let server = try ControlServer(host: host, socketPath: folder.file("host.sock"), limits: limits)
    let thread = try SerialThread(name: "test-body")
    let result = await withCheckedContinuation { continuation in
        _ = thread.enqueue { continuation.resume(returning: Result { try body(server.socketPath) }) }
    }
    _ = thread.finish(within: 20_000_000_000)
    server.stop()
    await host.shutdown()
    try result.get()
    #expect(access(server.socketPath, F_OK) != 0, "stopping leaves no socket")
}

@Suite struct ControlServerTests {
    @Test func answersSplitAndPipelinedLines() async throws {
        try await withServer { path in
            let client = try RawClient(path)
            for character in RawClient.list + "\n" { try client.send(String(character)) }
            #expect(try client.reply().id == 1)
            let lines = (2...40).map { #"{"jsonrpc":"2.0","id":\#($0),"method":"list"}"# }
            try client.send(lines.joined(separator: "\n") + "\n")
            for id in 2...40 { #expect(try client.reply().id == id) }
        }
    }

    @Test func surviesBadLinesAndAnswersTheNextOne() async throws {
        try await withServer { path in
            let client = try RawClient(path)
            try client.send("nonsense\n[1]\n\n \r\n{}\n\(RawClient.list)\n")
            #expect(try client.reply().error?.code == -32700)
            #expect(try client.reply().error?.code == -32600)
            #expect(try client.reply().error?.code == -32600)
            let reply = try client.reply()
            #expect(reply.id == 1 && reply.error == nil)
        }
    }

    @Test func doesNotAnswerNotifications() async throws {
        try await withServer { path in
            let client = try RawClient(path)
            try client.send(
                #"{"jsonrpc":"2.0","method":"list"}"# + "\n" + #"{"jsonrpc":"2.0","method":"nothing"}"# + "\n")
            try client.send(
                #"{"jsonrpc":"2.0","method":"load","params":{"path":"/nowhere.so"}}"# + "\n" + RawClient.list + "\n")
            #expect(try client.reply().id == 1)
        }
    }

    @Test func saysWhyItClosesOnAnOverlongLine() async throws {
        try await withServer { path in
            let client = try RawClient(path)
            // Exactly what the socket buffers hold may still be on its way when the server closes.
            try? client.send(String(repeating: "x", count: 200_000))
            let reply = try client.reply()
            #expect(reply.error?.code == -32600)
            #expect(reply.error?.message == "a line has more than 65536 bytes")
            #expect(try client.line() == nil)
        }
    }

    @Test func takesALineOfExactlyTheLimit() async throws {
        try await withServer { path in
            let client = try RawClient(path)
            let head = #"{"jsonrpc":"2.0","id":1,"method":"list","x":""#
            try client.send(head + String(repeating: "x", count: 65536 - head.utf8.count - 2) + "\"}\n")
            #expect(try client.reply().id == 1)
        }
    }

    @Test func answersAClientThatHasFinishedSending() async throws {
        try await withServer { path in
            let client = try RawClient(path)
            try client.send(#"{"jsonrpc":"2.0","id":7,"method":"load","params":{"path":"/nowhere.so"}}"# + "\n")
            client.finishSending()
            let reply = try client.reply()
            #expect(reply.id == 7 && reply.error?.code == -32000)
            #expect(try client.line() == nil)
        }
    }

    @Test func servesBesideIdleClients() async throws {
        try await withServer { path in
            let idle = try (0..<60).map { _ in try RawClient(path) }
            let reply = try ControlClient(socketPath: path).list(host: true)
            #expect(reply.control?.clients == 61)
            withExtendedLifetime(idle) {}
        }
    }

    @Test func turnsAwayMoreClientsThanItHasPlacesFor() async throws {
        var limits = ControlLimits()
        limits.clients = 2
        try await withServer(limits: limits) { path in
            let (first, second) = (try RawClient(path), try RawClient(path))
            try first.send(RawClient.list + "\n")
            #expect(try first.reply().id == 1)
            #expect { try ControlClient(socketPath: path).list() } throws: {
                if case ControlError.failed(let failure) = $0 { failure.code == "control.busy" } else { false }
            }
            withExtendedLifetime(second) {}
        }
    }

    /// Clients that came and went before the loop looked take nobody's place.
    @Test func placesOfClientsThatHungUpAreFree() async throws {
        var limits = ControlLimits()
        limits.clients = 2
        try await withServer(limits: limits) { path in
            for _ in 0..<20 {
                for _ in 0..<50 { _ = try RawClient(path) }
                #expect(try ControlClient(socketPath: path).list(host: true).control?.turnedAway == 0)
            }
        }
    }

    @Test func stopsReadingAClientThatDoesNotRead() async throws {
        try await withServer { path in
            let flooder = try RawClient(path)
            let taken = try flooder.flood(RawClient.list)
            // What the server holds for it is bounded; the rest lies in the kernel's buffers.
            #expect(taken < 8 << 20)
            #expect(try ControlClient(socketPath: path).list().plugins.isEmpty)
            // Once it reads, it is served again.
            for _ in 0..<1000 { #expect(try flooder.reply().id == 1) }
        }
    }

    @Test func closesOnALineThatIsNotFinished() async throws {
        var limits = ControlLimits()
        limits.halfLine = .milliseconds(50)
        try await withServer(limits: limits) { path in
            let idle = try RawClient(path)
            let slow = try RawClient(path)
            try slow.send(#"{"jsonrpc""#)
            #expect(try slow.reply().error?.message.contains("not finished") == true)
            #expect(try slow.line() == nil)
            // A client that says nothing may stay.
            try idle.send(RawClient.list + "\n")
            #expect(try idle.reply().id == 1)
        }
    }

    @Test func sendsTheHostsErrorsWithTheirExitCodes() async throws {
        try await withServer { path in
            let client = ControlClient(socketPath: path)
            #expect { try client.load("/nowhere.so") } throws: { ($0 as? ControlError)?.exit == 4 }
            #expect { try client.unload("nobody") } throws: { ($0 as? ControlError)?.exit == 4 }
            #expect { try client.call("nobody", "greet", []) } throws: { ($0 as? ControlError)?.exit == 4 }
            #expect { try client.call("nobody", "greet", range: "one", []) } throws: {
                ($0 as? ControlError)?.exit == 2
            }
        }
    }

    @Test func stopsWithClientsConnectedAndASecondTime() async throws {
        let folder = try TemporaryFolder()
        let host = try PluginHost()
        let server = try ControlServer(host: host, socketPath: folder.file("host.sock"))
        let client = try RawClient(server.socketPath)
        server.stop()
        #expect(try client.line() == nil)
        server.stop()
        await host.shutdown()
    }
}
