import Glibc
import PluginHost
import TestSupport
import Testing

@testable import ControlPlane

/// A plugin whose function does not return before the test lets it.
private struct Gatekeeper {
    let folder: TemporaryFolder
    let plugin: String

    init() throws {
        folder = try TemporaryFolder()
        plugin = try Fixture.build(
            """
            #include <fcntl.h>
            #include <string.h>
            #include <switchboard.h>
            #include <unistd.h>
            SWB_MANIFEST("name = gate\\n" "version = 1.0.0\\n" "export = wait message\\n" "export = echo message\\n"
                         "export = flood message\\n");
            /* Opening a pipe for reading returns when somebody opens it for writing (fifo(7)). */
            static void pass(const uint8_t *request, size_t count) {
              char path[256] = {0};
              memcpy(path, request, count < 255 ? count : 255);
              close(open(path, O_RDONLY));
            }
            SWB_MESSAGE(wait) {
              pass(request, count);
              return swb_reply_text(call, "let through");
            }
            /* More than a socket holds. */
            SWB_MESSAGE(flood) {
              pass(request, count);
              for (int i = 0; i < 100000; i++) swb_reply_text(call, "let through, ");
              return 0;
            }
            SWB_MESSAGE(echo) { return swb_reply(call, request, count); }
            """, into: folder)
    }

    /// Makes a gate that is shut; the request that makes `wait` stand before it.
    func shut(_ name: String) -> String {
        mkfifo(folder.file(name), 0o600)
        return folder.file(name)
    }

    /// Opens it; waits until somebody stands before it.
    func open(_ gate: String) {
        close(Glibc.open(gate, O_WRONLY))
    }

    static func call(_ id: Int, _ export: String, _ text: String) -> String {
        #"{"jsonrpc":"2.0","id":\#(id),"method":"call","params":{"plugin":"gate","export":"\#(export)","text":"\#(text)"}}"#
            + "\n"
    }
}

@Suite struct ControlOperationsTests {
    @Test func answersOthersWhileAPluginFunctionDoesNotReturn() async throws {
        let keeper = try Gatekeeper()
        var limits = ControlLimits()
        limits.calls = 1
        try await withServer(limits: limits) { path in
            _ = try ControlClient(socketPath: path).load(keeper.plugin)
            let gate = keeper.shut("gate")
            let client = try RawClient(path)
            try client.send(Gatekeeper.call(1, "wait", gate) + Gatekeeper.call(2, "echo", "x"))
            try client.send(#"{"jsonrpc":"2.0","id":3,"method":"list"}"# + "\n")
            #expect(try client.reply().id == 3, "the loop is free")
            keeper.open(gate)
            #expect(try client.reply().id == 1)
            #expect(try client.reply().id == 2, "one call at a time")
        }
    }

    @Test func readsNoFurtherWhileTooMuchIsInFlight() async throws {
        let keeper = try Gatekeeper()
        var limits = ControlLimits()
        limits.inFlight = 2
        try await withServer(limits: limits) { path in
            _ = try ControlClient(socketPath: path).load(keeper.plugin)
            let (first, second) = (keeper.shut("first"), keeper.shut("second"))
            let client = try RawClient(path)
            try client.send(Gatekeeper.call(1, "wait", first) + Gatekeeper.call(2, "wait", second))
            try client.send(#"{"jsonrpc":"2.0","id":3,"method":"list"}"# + "\n")
            // Somebody else is served all the same.
            #expect(try ControlClient(socketPath: path).list().plugins.count == 1)
            keeper.open(first)
            #expect(try client.reply().id == 1)
            #expect(try client.reply().id == 3)
            keeper.open(second)
            #expect(try client.reply().id == 2)
        }
    }

    @Test func forgetsTheWaitingCallsOfAClientThatIsGone() async throws {
        let keeper = try Gatekeeper()
        var limits = ControlLimits()
        limits.calls = 1
        try await withServer(limits: limits) { path in
            _ = try ControlClient(socketPath: path).load(keeper.plugin)
            let (gate, never) = (keeper.shut("gate"), keeper.shut("never"))
            do {
                let client = try RawClient(path)
                try client.send(Gatekeeper.call(1, "wait", gate) + Gatekeeper.call(2, "wait", never))
                try client.send(#"{"jsonrpc":"2.0","id":3,"method":"list"}"# + "\n")
                #expect(try client.reply().id == 3, "both were begun or wait")
            }
            while try ControlClient(socketPath: path).list(host: true).control?.clients != 1 {}
            keeper.open(gate)
            // With the forgotten call running instead, nobody would open its gate.
            #expect(try ControlClient(socketPath: path).call("gate", "echo", [1, 0xff]) == [1, 0xff])
        }
    }

    /// Connections were closed at once, and whoever had called never knew what had come of it.
    @Test(arguments: ["wait", "flood"])
    func answersWhatEndsWhileItStops(_ export: String) async throws {
        let keeper = try Gatekeeper()
        let gate = keeper.shut("gate")
        let host = try PluginHost()
        var limits = ControlLimits()
        limits.farewell = .seconds(30)
        let server = try ControlServer(host: host, socketPath: keeper.folder.file("host.sock"), limits: limits)
        _ = try await host.load(keeper.plugin)
        let client = try RawClient(server.socketPath)
        try client.send(Gatekeeper.call(1, export, gate) + #"{"jsonrpc":"2.0","id":2,"method":"list"}"# + "\n")
        #expect(try client.reply().id == 2)
        async let stopped: Void = onThread { server.stop() }
        try await eventually { access(server.socketPath, F_OK) != 0 }
        keeper.open(gate)
        let reply = try client.reply()
        #expect(reply.id == 1 && reply.error == nil)
        #expect(try client.line() == nil)
        try await stopped
        await host.shutdown()
    }

    @Test func stopsWhileAPluginFunctionDoesNotReturn() async throws {
        let keeper = try Gatekeeper()
        let gate = keeper.shut("gate")
        let host = try PluginHost()
        var limits = ControlLimits()
        limits.stopping = .milliseconds(20)
        let server = try ControlServer(host: host, socketPath: keeper.folder.file("host.sock"), limits: limits)
        _ = try await host.load(keeper.plugin)
        let client = try RawClient(server.socketPath)
        try client.send(Gatekeeper.call(1, "wait", gate) + #"{"jsonrpc":"2.0","id":2,"method":"list"}"# + "\n")
        #expect(try client.reply().id == 2)
        server.stop()
        #expect(try client.line() == nil)
        #expect(access(server.socketPath, F_OK) != 0)
        keeper.open(gate)
        await host.shutdown()
    }
}
